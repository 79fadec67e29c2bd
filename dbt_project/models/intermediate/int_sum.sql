-- Complete sums, at every time, where the source itself gives no such row. A sum is complete or there is none: every
-- part must be there with a value or a true zero, on one basis. Rounded parts give a rounded sum with bounds; a cell
-- rounded to zero counts as 0, up to its upper bound.
with part as (
    select *,
    from {{ ref('int_sum_part') }}
),

described as (
    select distinct
        sum_id,
        sum_kind,
        {% for column in cell_key() %}
            {{ column }},
        {% endfor %}
        region_level,
    from part
),

printed_itself as (
    select
        known.axis,
        known.cell_id as sum_id,
        known.known_from,
        known.known_to,
    from {{ ref('int_observation_known') }} as known
    inner join described on known.cell_id = described.sum_id
),

moment as (
    {% for relation in ['part', 'printed_itself'] %}
        {% for time in ['known_from', 'known_to'] %}
            {{ 'union distinct' if not (loop.first and relation == 'part') }}
            select
                axis,
                sum_id,
                {{ time }} as at_time,
            from {{ relation }}
            where {{ time }} is not null
        {% endfor %}
    {% endfor %}
),

span as (
    select
        *,
        lead(at_time) over (partition by axis, sum_id order by at_time) as known_to,
    from moment
),

spared as (
    select distinct
        span.axis,
        span.sum_id,
        span.at_time,
    from span
    inner join printed_itself
        on
            span.axis = printed_itself.axis
            and span.sum_id = printed_itself.sum_id
            and {{ holds_at('printed_itself', 'span.at_time') }}
),

state as (
    select
        span.axis,
        span.sum_id,
        span.at_time,
        span.known_to,
        count(*) as n_parts,
        max(part.n_required) as n_required,
        bool_and(part.is_exact) as is_exact,
        bool_and(part.is_exact or part.is_usable_rounded) as is_usable,
        max(part.territory_date) as territory_date,
        sum(coalesce(part.value, 0)) as value,
        sum(part.value_low) as value_low,
        sum(part.value_high) as value_high,
        max(case when part.known_from = span.at_time then part.revision_kind end) as revision_kind,
        max(part.source_known_from) as source_known_from,
        max(part.recorded_at) as recorded_at,
        {{ collect_words("nullif(part.flags, '')") }} as flags,
    from span
    inner join part
        on
            span.axis = part.axis
            and span.sum_id = part.sum_id
            and {{ holds_at('part', 'span.at_time') }}
    group by
        span.axis,
        span.sum_id,
        span.at_time,
        span.known_to
)

select
    state.sum_id,
    described.* exclude (sum_id),
    state.axis,
    state.at_time as known_from,
    state.known_to,
    coalesce(state.revision_kind, 'correction') as revision_kind,
    state.territory_date,
    cast(state.value as decimal(24, 6)) as value,
    cast(state.value_low as decimal(24, 6)) as value_low,
    cast(state.value_high as decimal(24, 6)) as value_high,
    case when state.value = 0 and state.is_exact then 'zero' else 'value' end as status,
    state.source_known_from,
    state.recorded_at,
    {{ merge_words([
        'state.flags',
        "case when state.is_exact then 'sum_of_parts' else 'sum_of_rounded' end",
    ]) }} as flags,
from state
inner join described on state.sum_id = described.sum_id
left join spared
    on
        state.axis = spared.axis
        and state.sum_id = spared.sum_id
        and state.at_time = spared.at_time
where
    state.n_parts = state.n_required
    and state.is_usable
    and spared.sum_id is null
