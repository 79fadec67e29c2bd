-- One row per real change of a cell, on two axes: `source` tells when the source knew it, read as we read today;
-- `recorded` tells when our archive held it, read as we read then. A repeated figure is no change. A cell is withdrawn
-- by a later answer that covers its period, holds figures of its table and lacks it.
{% set said = ['is_present', 'value', 'sign', 'status', 'quality', 'territory_date'] %}
with answer as (
    select
        dataset_id,
        raw_sha256,
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

statement as (
    select
        statement.* exclude (stated_known_from, stated_known_from_quality, parse_key, parsed_at),
        answer.answer_no,
        answer.recorded_at,
        -- A curated figure says itself from when it is known; for all others the answer does.
        coalesce(cast(statement.stated_known_from as timestamp), answer.source_known_from) as source_known_from,
        coalesce(statement.stated_known_from_quality, answer.known_from_quality) as known_from_quality,
        statement.stated_known_from is not null as is_curated,
        case
            when statement.is_own_correction then greatest(statement.parsed_at, answer.recorded_at)
            else answer.recorded_at
        end as held_from,
    from {{ ref('int_observation_statement') }} as statement
    inner join answer using (dataset_id, raw_sha256)
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
        min(statement.answer_no) as first_answer_no,
    from {{ ref('int_observation_cell') }} as cell
    inner join statement using (cell_id)
    where
        statement.is_in_force
        and statement.is_present
    group by all
),

answered_table as (
    select distinct
        cell.dataset_id,
        cell.measure,
        cell.basis,
        cell.period_type,
        cell.period_start,
        cell.period_end,
        statement.answer_no,
    from statement
    inner join cell using (cell_id)
    where
        statement.is_in_force
        and statement.is_present
),

absence as (
    select
        cell.cell_id,
        cell.dataset_id,
        answer.answer_no,
        answer.raw_sha256,
        answer.recorded_at,
        answer.source_known_from,
        answer.known_from_quality,
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
    left join statement
        on
            cell.cell_id = statement.cell_id
            and answered_table.answer_no = statement.answer_no
            and statement.is_in_force
    where statement.cell_id is null
),

told as (
    select
        *,
        -- Another edition of a curated file that changes what an earlier one said of the same time: our transcription.
        is_curated
        and source_known_from <= max(source_known_from) over earlier_editions
        and (
            value is distinct from first_value(value) over all_editions
            or status is distinct from first_value(status) over all_editions
        ) as is_restated,
    from statement
    window
        earlier_editions as (
            partition by cell_id order by answer_no, parse_seq rows between unbounded preceding and 1 preceding
        ),
        all_editions as (partition by cell_id order by answer_no, parse_seq)
),

event as (
    select
        is_present,
        cell_id,
        dataset_id,
        answer_no,
        parse_seq,
        is_in_force,
        is_own_correction or coalesce(is_restated, false) as is_own_correction,
        territory_date,
        value,
        sign,
        printed,
        status,
        quality,
        raw_sha256,
        raw_locator,
        citation,
        source_known_from,
        known_from_quality,
        recorded_at,
        held_from,
    from told
    union all by name
    select
        false as is_present,
        *,
        0 as parse_seq,
        true as is_in_force,
        false as is_own_correction,
        'not_published' as status,
        recorded_at as held_from,
    from absence
),

-- A warehouse as of a moment knows nothing that the source said later.
known_event as (
    select
        event.*,
        -- when the source was last heard of this cell, a repetition included
        lag(event.source_known_from) over (
            partition by event.cell_id, event.is_in_force
            order by event.answer_no, event.parse_seq
        ) as told_before,
    from event
    cross join {{ ref('stg_inputs__as_of') }} as as_of
    where event.source_known_from <= coalesce(as_of.moment, event.source_known_from)
),

-- The source's axis first leaves out what only repeats the answer before it, so that a figure keeps the bytes in which
-- it came first.
source_event as (
    select
        'source' as axis,
        source_known_from as known_from,
        *,
    from known_event
    where is_in_force
    window before as (partition by cell_id order by answer_no, parse_seq)
    qualify
        is_present is distinct from lag(is_present) over before
        or value is distinct from lag(value) over before
        or sign is distinct from lag(sign) over before
        or status is distinct from lag(status) over before
        or quality is distinct from lag(quality) over before
        or territory_date is distinct from lag(territory_date) over before
),

axis_event as (
    select *,
    from source_event
    union all by name
    select
        'recorded' as axis,
        held_from as known_from,
        *,
    from known_event
),

-- What a later answer had replaced before it was known itself never held.
effective_event as (
    select *,
    from axis_event
    qualify coalesce(
        known_from < min(known_from) over (
            partition by axis, cell_id
            order by answer_no, parse_seq
            rows between 1 following and unbounded following
        ),
        true
    )
),

event_beside_the_one_before as (
    select
        *,
        {% for column in said + ['source_known_from'] %}
            lag({{ column }}) over before as {{ column }}_before,
        {% endfor %}
    from effective_event
    window before as (partition by axis, cell_id order by answer_no, parse_seq)
),

change as (
    select
        event.*,
        cell.figure_id,
        cell.basis,
        cell.measure,
        cell.region_key,
        row_number() over within_cell as vintage_no,
        lead(event.known_from) over within_cell as known_to,
        min(event.known_from) over (partition by event.axis, cell.figure_id) as figure_known_from,
    from event_beside_the_one_before as event
    inner join {{ ref('int_observation_cell') }} as cell using (cell_id)
    where
        (event.is_present or coalesce(event.is_present_before, false))
        and (
            {% for column in said -%}
                {{ 'or ' if not loop.first }}event.{{ column }} is distinct from event.{{ column }}_before
            {% endfor -%}
        )
    window within_cell as (partition by event.axis, event.cell_id order by event.answer_no, event.parse_seq)
),

-- A break from which on the source delivers its history anew lies between this answer and the one before it.
redefined as (
    select distinct
        change.axis,
        change.cell_id,
        change.vintage_no,
    from change
    inner join {{ ref('stg_catalog__break') }} as definition
        on
            change.dataset_id = definition.dataset_id
            and definition.measure in ('*', change.measure)
            and definition.region_key in ('*', change.region_key)
            and change.told_before < definition.known_from
            and change.source_known_from >= definition.known_from
)

select
    change.axis,
    change.cell_id,
    change.vintage_no,
    case
        when change.is_own_correction then 'own_correction'
        when not is_present then 'withdrawn'
        when change.vintage_no = 1 and basis like 'Fortschreibung%' and figure_known_from < known_from
            then 'census_rebase'
        when change.vintage_no = 1 then 'first'
        when is_present_before and value_before is null and status_before in ('not_yet', 'not_published', 'outage')
            then 'late_delivery'
        when is_present_before and territory_date <> territory_date_before then 'territory_restated'
        when is_present_before and redefined.cell_id is not null then 'definition_change'
        when quality_before = 'p' and coalesce(quality, '') <> 'p' then 'provisional_to_final'
        else 'correction'
    end as revision_kind,
    known_from,
    known_to,
    known_to is null as is_current,
    not is_present as is_withdrawn,
    coalesce(territory_date, territory_date_before) as territory_date,
    value,
    sign,
    printed,
    status,
    quality,
    raw_sha256,
    raw_locator,
    citation,
    source_known_from,
    known_from_quality,
    recorded_at,
from change
left join redefined using (axis, cell_id, vintage_no)
