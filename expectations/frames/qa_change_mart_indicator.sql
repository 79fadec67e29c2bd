-- Every change computed once more from the two values it lies between, and whether these may be compared at all.
with pair as (
    select
        change.*,
        later.indicator_id,
        later.variant,
        later.region_key,
        later.period_end,
        later.group_key,
        cast(later.value as double) as value_then,
        cast(earlier.value as double) as value_before,
        (later.indicator_id, later.variant, later.territory, later.region_key, later.group_key, later.period_type)
        = (earlier.indicator_id, earlier.variant, earlier.territory, earlier.region_key, earlier.group_key, earlier.period_type)
        and (later.territory = 'as_published' or later.territory_date = earlier.territory_date)
        and year(later.period_end) = year(earlier.period_end) + 1 as is_one_series,
        (later.basis, later.place) = (earlier.basis, earlier.place) as is_one_basis,
        list_contains(string_split(concat(later.flags, '|', earlier.flags), '|'), 'doubtful_source') as is_doubtful,
    from mart_indicator_change as change
    inner join mart_indicator as later using (value_id)
    left join mart_indicator as earlier on change.previous_value_id = earlier.value_id
    where change.value is not null
)

select
    indicator_id,
    variant,
    region_key,
    period_end,
    group_key,
    measure,
    cast(value as double) as value,
    case measure
        when 'change_previous_year_pct' then value_then * 100 / nullif(value_before, 0) - 100
        else value_then - value_before
    end as expected,
    abs(cast(value as double) - expected) as difference,
    coalesce(is_one_series and is_one_basis and not is_doubtful, false) as is_comparable,
from pair
order by all
