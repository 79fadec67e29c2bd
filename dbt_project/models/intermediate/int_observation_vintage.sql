-- One row per real change of a cell, in the order in which the source's answers were known. A repeated figure is no
-- change. A cell is withdrawn by a later answer that covers its period, holds figures of its table and lacks it.
with answer as (
    select
        dataset_id,
        raw_sha256,
        parse_key,
        source_known_from,
        known_from_quality,
        recorded_at,
        scope_from,
        scope_to,
        row_number() over (
            partition by dataset_id
            order by source_known_from, recorded_at, delivery_seq
        ) as answer_no,
    from {{ ref('stg_inputs__delivery') }}
    where is_current_parse
),

presence as (
    select
        reading.cell_id,
        reading.dataset_id,
        answer.answer_no,
        reading.territory_date,
        reading.value,
        reading.sign,
        reading.status,
        reading.quality,
        reading.raw_locator,
        reading.stated_known_from,
        reading.stated_known_from_quality,
        reading.citation,
    from {{ ref('int_observation_reading') }} as reading
    inner join answer using (dataset_id, raw_sha256, parse_key)
),

first_presence as (
    select
        cell_id,
        min(answer_no) as first_answer_no,
    from presence
    group by cell_id
),

cell as (
    select
        cell.cell_id,
        cell.dataset_id,
        cell.measure,
        cell.basis,
        cell.period_type,
        cell.period_start,
        cell.period_end,
        first_presence.first_answer_no,
    from {{ ref('int_observation_cell') }} as cell
    inner join first_presence using (cell_id)
),

answered_table as (
    select distinct
        cell.dataset_id,
        cell.measure,
        cell.basis,
        cell.period_type,
        cell.period_start,
        cell.period_end,
        presence.answer_no,
    from presence
    inner join cell using (cell_id)
),

absence as (
    select
        cell.cell_id,
        cell.dataset_id,
        answer.answer_no,
    from cell
    inner join answered_table
        on
            cell.dataset_id = answered_table.dataset_id
            and cell.measure = answered_table.measure
            and cell.basis = answered_table.basis
            and cell.period_type = answered_table.period_type
            and cell.period_start = answered_table.period_start
            and cell.period_end = answered_table.period_end
            and cell.first_answer_no < answered_table.answer_no
    inner join answer
        on
            answered_table.dataset_id = answer.dataset_id
            and answered_table.answer_no = answer.answer_no
            and cell.period_end between answer.scope_from and answer.scope_to
    left join presence
        on
            cell.cell_id = presence.cell_id
            and answered_table.answer_no = presence.answer_no
    where presence.cell_id is null
),

event as (
    select
        true as is_present,
        *,
    from presence
    union all by name
    select
        false as is_present,
        cell_id,
        dataset_id,
        answer_no,
        cast(null as date) as territory_date,
        cast(null as decimal(18, 6)) as value,
        cast(null as varchar) as sign,
        'not_published' as status,
        cast(null as varchar) as quality,
        cast(null as varchar) as raw_locator,
        cast(null as date) as stated_known_from,
        cast(null as varchar) as stated_known_from_quality,
        cast(null as varchar) as citation,
    from absence
),

event_beside_the_one_before as (
    select
        *,
        lag(is_present) over before as was_present,
        lag(value) over before as value_before,
        lag(sign) over before as sign_before,
        lag(status) over before as status_before,
        lag(quality) over before as quality_before,
    from event
    window before as (partition by cell_id order by answer_no)
),

change as (
    select
        event.* exclude (dataset_id),
        answer.* exclude (answer_no, scope_from, scope_to, parse_key, source_known_from, known_from_quality),
        -- A curated figure says itself from when it is known; for all others the answer does.
        coalesce(cast(event.stated_known_from as timestamp), answer.source_known_from) as source_known_from,
        coalesce(event.stated_known_from_quality, answer.known_from_quality) as known_from_quality,
        row_number() over (partition by event.cell_id order by event.answer_no) as vintage_no,
    from event_beside_the_one_before as event
    inner join answer using (dataset_id, answer_no)
    where
        event.was_present is distinct from event.is_present
        or event.value is distinct from event.value_before
        or event.sign is distinct from event.sign_before
        or event.status is distinct from event.status_before
        or event.quality is distinct from event.quality_before
)

select
    change.cell_id,
    change.vintage_no,
    case
        when not change.is_present then 'withdrawn'
        when own_correction.cell_id is not null then 'own_correction'
        when change.vintage_no = 1 then 'first'
        else 'revision'
    end as change_kind,
    change.territory_date,
    change.value,
    change.sign,
    change.status,
    change.quality,
    change.raw_sha256,
    change.raw_locator,
    change.citation,
    change.source_known_from,
    change.known_from_quality,
    change.recorded_at,
    lead(change.source_known_from) over within_cell as known_to,
    lead(change.vintage_no) over within_cell is null as is_current,
from change
left join {{ ref('int_own_correction') }} as own_correction
    on
        change.dataset_id = own_correction.dataset_id
        and change.raw_sha256 = own_correction.raw_sha256
        and change.cell_id = own_correction.cell_id
window within_cell as (partition by change.cell_id order by change.vintage_no)
