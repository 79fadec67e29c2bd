-- Every series of mart_indicator_wide and its last value in mart_indicator_latest; a series without any shows its newest row.
with series as (
    select
        indicator_id, territory, group_key, region_key, period_type,
        coalesce(max(period_end) filter (value is not null), max(period_end)) as newest_with_value,
        max(period_end) as newest,
        count(value) as n_with_value,
    from mart_indicator_wide
    group by all
)

select
    indicator_id,
    territory,
    region_key,
    group_key,
    period_type,
    series.newest_with_value,
    last.period_end as shown_period_end,
    series.newest,
    last.newest_period_end as newest_shown,
    series.n_with_value as n_values,
    last.n_values as n_values_shown,
from series full join mart_indicator_latest as last using (indicator_id, territory, region_key, group_key, period_type)
order by all
