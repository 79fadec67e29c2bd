-- Of every series the last value with a number, and what stands in it since then; a series without any number shows its
-- newest row, and why it has none.
with in_series as (
    select
        *,
        row_number() over (series order by value is not null desc, period_end desc, territory_date desc) as place,
        first_value(period_end) over (series order by period_end desc, territory_date desc) as newest_period_end,
        first_value(status) over (series order by period_end desc, territory_date desc) as newest_status,
        count(value) over (series) as n_values,
    from {{ ref('mart_indicator_wide') }}
    window series as (partition by indicator_id, territory, region_key, group_key, period_type)
)

select
    * exclude (place, newest_period_end, newest_status, n_values),
    newest_period_end,
    newest_status,
    cast(n_values as integer) as n_values,
from in_series
where place = 1
order by
    indicator_id,
    territory,
    group_key,
    region_key
