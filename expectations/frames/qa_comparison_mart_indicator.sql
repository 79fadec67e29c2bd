-- Every difference between two regions computed once more from their values, and whether these may be compared at all.
with pair as (
    select
        comparison.*,
        here.indicator_id,
        here.variant,
        here.region_key,
        here.period_end,
        here.group_key,
        cast(here.value as double) as value_here,
        cast(there.value as double) as value_there,
        there.region_key = comparison.comparator_key
        and (here.indicator_id, here.variant, here.group_key) = (there.indicator_id, there.variant, there.group_key)
        and (here.period_type, here.period_start, here.period_end)
        = (there.period_type, there.period_start, there.period_end)
        and (here.basis, here.place) = (there.basis, there.place)
        and here.territory = 'as_published'
        and there.territory = 'as_published' as is_alike,
        list_contains(string_split(concat(here.flags, '|', there.flags), '|'), 'doubtful_source') as is_doubtful,
    from mart_comparison as comparison
    inner join mart_indicator as here on comparison.value_id = here.value_id
    left join mart_indicator as there on comparison.comparator_value_id = there.value_id
    where comparison.difference is not null
)

select
    indicator_id,
    variant,
    region_key,
    period_end,
    group_key,
    comparator_key,
    cast(difference as double) as difference,
    abs(cast(difference as double) - (value_here - value_there)) as distance,
    coalesce(is_alike and not is_doubtful, false) as is_comparable,
from pair
order by all
