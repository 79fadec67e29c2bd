-- Figures on the territory of another day, at every time: counts times the shares of their Kreise, complete or none. A
-- hidden part hides the whole; a share that nobody knows leaves a row that says so. A Kreis that no step touched since
-- then keeps its figure as it is.
with part as (
    select *,
    from {{ ref('int_territory_part') }}
),

described as (
    select distinct
        sum_id,
        sum_kind,
        territory_key,
        {% for column in cell_key() %}
            {{ column }},
        {% endfor %}
        region_level,
    from part
),

moment as (
    {% for time in ['known_from', 'known_to'] %}
        {{ 'union distinct' if not loop.first }}
        select
            axis,
            sum_id,
            {{ time }} as at_time,
        from part
        where {{ time }} is not null
    {% endfor %}
),

span as (
    select
        *,
        lead(at_time) over (partition by axis, sum_id order by at_time) as known_to,
    from moment
),

state as (
    select
        span.axis,
        span.sum_id,
        span.at_time,
        span.known_to,
        count(*) as n_parts,
        max(part.n_required) as n_required,
        bool_and(part.is_usable) as is_usable,
        bool_and(part.weight is not null) as is_convertible,
        count(*) = 1 and bool_and(part.weight = 1) as is_unchanged,
        bool_or(part.quality <> 'exact') as is_estimate,
        bool_or(part.quality = 'estimate_weak') as is_weak,
        bool_or(part.is_rounded) as is_rounded,
        max(part.reason) as reason,
        max(part.after_step) as after_step,
        sum(coalesce(part.value, 0) * part.weight) as value,
        sum(part.value_low * part.weight_low) as value_low,
        sum(part.value_high * part.weight_high) as value_high,
        {{ value_at_max('part.status', status_weight('part.status')) }} as status,
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
),

complete as (
    select
        *,
        is_usable and is_convertible and not (is_unchanged and status = 'rounded_to_zero') as has_value,
        is_usable and is_convertible as has_bounds,
    from state
    where n_parts = n_required
)

select
    complete.sum_id,
    described.* exclude (sum_id),
    complete.axis,
    target.target_date as territory_date,
    complete.at_time as known_from,
    complete.known_to,
    coalesce(complete.revision_kind, 'correction') as revision_kind,
    case when complete.has_value then cast(complete.value as decimal(24, 6)) end as value,
    case when complete.has_bounds then cast(complete.value_low as decimal(24, 6)) end as value_low,
    case when complete.has_bounds then cast(complete.value_high as decimal(24, 6)) end as value_high,
    case
        when complete.is_unchanged or not complete.is_usable then complete.status
        when not complete.is_convertible then 'not_convertible'
        when complete.value = 0 and complete.value_high = 0 then 'zero'
        else 'value'
    end as status,
    complete.source_known_from,
    complete.recorded_at,
    {{ merge_words([
        'complete.flags',
        "case when not is_convertible then complete.reason end",
        "case when is_convertible and not is_unchanged and not is_estimate then 'territory_sum' end",
        "case when is_convertible and n_parts > 1 and is_rounded then 'sum_of_rounded' end",
        "case when is_convertible and is_estimate then 'estimate' end",
        "case when is_convertible and (is_weak or (is_estimate and described.nationality = 'auslaendisch')) "
        "then 'estimate_weak' end",
        "case when after_step <> '' then 'territory_step' end",
    ]) }} as flags,
from complete
inner join described on complete.sum_id = described.sum_id
inner join {{ ref('stg_catalog__territory_target') }} as target on described.territory_key = target.territory_key
