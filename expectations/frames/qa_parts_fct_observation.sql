-- Totals against their parts, for every sum that a dataset's file promises (contract.sums) over sex, nationality,
-- citizenship or age. Every figure stands for an interval, as wide as its source's rounding (a single point where nothing
-- is rounded); parts and total fit when the intervals meet, or when they differ by no more than the promised tolerance.
-- Only cells of which total and all parts are known are compared. Germany and the other Länder come along for comparison;
-- their printed parts do not always add up at the source (docs/decisions/0008), so that theirs only warn; so do sums in
-- which a figure was replaced by ours.
with promised as (
    select
        dataset_id, measure, period_type, period_start, period_end, region_key, citizenship_scheme, dimensions, unit,
        basis, place, status, observation.value, promise.field, promise.total as total_word, promise.parts as part_words,
        promise.tolerance, list_contains(string_split(flags, '|'), 'replaced_by_us') as is_ours,
        case when observation.period_end >= promise.rounding_from then promise.rounding_low else 0 end as below,
        case when observation.period_end >= promise.rounding_from then promise.rounding_high else 0 end as above,
        case promise.field
            when 'sex' then sex
            when 'nationality' then nationality
            when 'citizenship_key' then citizenship_key
            when 'age_group' then age_group
        end as word,
        case when promise.field <> 'sex' then sex end as sex,
        case when promise.field <> 'nationality' then nationality end as nationality,
        case when promise.field <> 'citizenship_key' then citizenship_key end as citizenship_key,
        case when promise.field <> 'age_group' then age_group end as age_group,
    from fct_observation as observation
    inner join declared_sum as promise using (dataset_id, measure, unit)
),

marked as (
    select
        *,
        word = total_word as is_total,
        list_contains(part_words, word) as is_part,
        len(part_words) as n_parts,
        case when status = 'rounded_to_zero' and above > 0 then 0 when value < below then 0 else value - below end as value_low,
        case when status = 'rounded_to_zero' and above > 0 then above else value + above end as value_high,
    from promised
),

summed as (
    select
        dataset_id, measure, field, period_type, period_end, region_key,
        concat_ws(' ', sex, nationality, citizenship_key, age_group, dimensions) as other_axes,
        any_value(tolerance) as tolerance,
        bool_or(is_ours) as has_ours,
        max(value) filter (is_total) as total,
        max(value_low) filter (is_total) as total_low,
        max(value_high) filter (is_total) as total_high,
        coalesce(sum(value) filter (is_part), 0) as parts,
        sum(value_low) filter (is_part) as parts_low,
        sum(value_high) filter (is_part) as parts_high,
    from marked
    where is_total or is_part
    group by
        dataset_id, measure, field, period_type, period_start, period_end, region_key, sex, nationality,
        citizenship_key, citizenship_scheme, age_group, dimensions, unit, basis, place
    having
        count(*) filter (is_total) = 1
        and count(*) filter (is_part) = any_value(n_parts)
        and count(value_high) = count(*)
),

compared as (
    select
        *,
        (parts_low > total_high or parts_high < total_low) and abs(coalesce(total, 0) - parts) > tolerance as is_broken,
    from summed
)

select
    dataset_id,
    measure,
    field,
    case when has_ours then 'berichtigt' when region_key like '16%' then 'Thüringen' else 'Vergleich' end as scope,
    period_type,
    period_end,
    count(*) as n_compared,
    count(*) filter (is_broken) as n_broken,
    coalesce(min(concat_ws(' ', region_key, other_axes, 'total', total, 'parts', parts)) filter (is_broken), '') as example,
from compared
group by all
order by all
