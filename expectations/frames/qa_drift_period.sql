-- Median and sum of the values of the Kreise per indicator, variant, group and period, in the last release and now, over
-- the same values. Differences may lie around zero, so that they move by their own measure; small counts may jump.
with pair as (
    select
        past.indicator_id, past.variant, past.territory, past.territory_date, past.group_key, past.period_type, past.period_end,
        past.unit, past.value as value_before, now.value as value_now,
    from last_mart_indicator as past
    inner join mart_indicator as now using (value_id)
    inner join dim_indicator_variant as variant
        on past.indicator_id = variant.indicator_id and past.variant = variant.variant and variant.formula <> 'difference'
    where
        past.region_level = 'kreis'
        and past.definition_version = now.definition_version
        and past.value is not null
        and now.value is not null
)

select
    indicator_id,
    variant,
    territory,
    territory_date,
    group_key,
    period_end,
    count(*) as n_values,
    median(value_before) as median_before,
    median(value_now) as median_now,
    median_now / nullif(median_before, 0) - 1 as median_moved,
    sum(value_before) as sum_before,
    sum(value_now) as sum_now,
    sum_now / nullif(sum_before, 0) - 1 as sum_moved,
from pair
group by indicator_id, variant, territory, territory_date, group_key, period_type, period_end
having count(*) >= 5
order by all
