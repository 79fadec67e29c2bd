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
        bool_or(statement.is_curated) as is_curated,
        min(statement.source_known_from) as first_known_from,
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

-- A figure that a later edition of a file of ours no longer holds was never one: that is our transcription.
absence as (
    select
        false as is_present,
        'not_published' as status,
        cell.cell_id,
        cell.dataset_id,
        cell.is_curated,
        cell.is_curated as is_restated,
        false as is_reread,
        true as is_in_force,
        answer.answer_no,
        0 as parse_seq,
        answer.raw_sha256,
        answer.recorded_at,
        answer.recorded_at as held_from,
        case when cell.is_curated then cell.first_known_from else answer.source_known_from end as source_known_from,
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
            and statement.is_present
    where statement.cell_id is null
),

-- What a re-reading no longer finds in an answer it never said: then the answer before it holds, unless this one
-- withdraws the cell. Only our archive's axis ever knew better.
fallback as (
    select
        lost.cell_id,
        lost.answer_no,
        lost.parse_seq,
        lost.held_from,
        lost.recorded_at,
        true as is_present,
        true as is_reread,
        earlier.* exclude (cell_id, answer_no, parse_seq, held_from, recorded_at, is_present, is_own_correction),
    from statement as lost
    inner join statement as earlier
        on
            lost.cell_id = earlier.cell_id
            and lost.answer_no > earlier.answer_no
            and earlier.is_in_force
            and earlier.is_present
    left join absence
        on
            lost.cell_id = absence.cell_id
            and lost.answer_no = absence.answer_no
    where
        not lost.is_present
        and absence.cell_id is null
    qualify row_number() over (
        partition by lost.cell_id, lost.answer_no, lost.parse_seq
        order by earlier.answer_no desc
    ) = 1
),

told as (
    select
        * exclude (is_own_correction),
        is_own_correction as is_reread,
        -- Another edition of a curated file that changes what an earlier one said of the same time: our transcription.
        coalesce(
            is_curated
            and source_known_from <= max(source_known_from) over earlier_editions
            and (
                value is distinct from lag(value) over editions
                or status is distinct from lag(status) over editions
            ),
            false
        ) as is_restated,
    from statement
    where is_present
    window
        editions as (partition by cell_id order by answer_no, parse_seq),
        earlier_editions as (
            partition by cell_id
            order by answer_no, parse_seq
            rows between unbounded preceding and 1 preceding
        )
),

-- Of curated figures each edition of the file tells all there is: one that repeats adds nothing, and one that tells
-- another day or place of the same number replaces the one before it.
edition as (
    select *,
    from told
    where
        is_curated
        and is_in_force
    union all by name
    select *,
    from absence
    where is_curated
),

new_edition as (
    select *,
    from edition
    window before as (partition by cell_id order by answer_no)
    qualify
        lag(answer_no) over before is null
        {% for column in ['is_present', 'value', 'status', 'source_known_from', 'citation'] %}
            or {{ column }} is distinct from lag({{ column }}) over before
        {% endfor %}
),

edition_in_force as (
    select *,
    from new_edition
    window
        after as (partition by cell_id order by answer_no),
        following_editions as (
            partition by cell_id
            order by answer_no
            rows between 1 following and unbounded following
        )
    qualify
        lead(answer_no) over after is null
        or (
            source_known_from < min(source_known_from) over following_editions
            and (
                is_present is distinct from lead(is_present) over after
                or value is distinct from lead(value) over after
                or status is distinct from lead(status) over after
            )
        )
),

source_told as (
    select *,
    from told
    where
        is_in_force
        and not is_curated
    union all by name
    select *,
    from absence
    where not is_curated
    union all by name
    select *,
    from edition_in_force
),

recorded_told as (
    select *,
    from told
    union all by name
    select *,
    from absence
    union all by name
    select *,
    from fallback
    union all by name
    select
        lost.* exclude (is_own_correction),
        true as is_reread,
        false as is_restated,
    from statement as lost
    left join fallback using (cell_id, answer_no, parse_seq)
    where
        not lost.is_present
        and fallback.cell_id is null
),

-- A warehouse as of a moment knows nothing that the source said later, and has no axis but that one. The source's axis
-- leaves out what only repeats the answer before it, so that a figure keeps the bytes in which it came first.
source_event as (
    select
        'source' as axis,
        source_told.source_known_from as known_from,
        -- when the source was last heard of this cell, a repetition included
        lag(source_told.source_known_from) over before as told_before,
        source_told.*,
    from source_told
    cross join {{ ref('stg_inputs__as_of') }} as as_of
    where source_told.source_known_from <= coalesce(as_of.moment, source_told.source_known_from)
    window before as (partition by source_told.cell_id order by source_told.answer_no, source_told.parse_seq)
    qualify
        lag(source_told.answer_no) over before is null
        {% for column in said %}
            or source_told.{{ column }} is distinct from lag(source_told.{{ column }}) over before
        {% endfor %}
),

axis_event as (
    select *,
    from source_event
    union all by name
    select
        'recorded' as axis,
        recorded_told.held_from as known_from,
        lag(recorded_told.source_known_from) over (
            partition by recorded_told.cell_id
            order by recorded_told.answer_no, recorded_told.parse_seq
        ) as told_before,
        recorded_told.*,
    from recorded_told
    cross join {{ ref('stg_inputs__as_of') }} as as_of
    where as_of.moment is null
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
        {% for column in said %}
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
        when change.is_restated then 'own_correction'
        -- For the source it is ours only if there were no change without it.
        when
            change.is_reread
            and (
                axis = 'recorded'
                or change.vintage_no = 1
                or (
                    change.value_at_first is not distinct from change.value_before
                    and change.status_at_first is not distinct from change.status_before
                )
            )
            then 'own_correction'
        when not is_present then 'withdrawn'
        when change.vintage_no = 1 and basis like 'Fortschreibung%' and figure_known_from < known_from
            then 'census_rebase'
        when change.vintage_no = 1 then 'first'
        when
            is_present_before
            and value_before is null
            and status_before in ('not_yet', 'not_published', 'outage')
            and change.status in ('value', 'zero', 'rounded_to_zero')
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
