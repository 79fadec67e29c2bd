-- How many variants claim to speak for an indicator, per territory, region, period and group.
select
    indicator_id,
    territory,
    region_key,
    period_type,
    period_start,
    period_end,
    group_key,
    count(*) as n_variants,
    count(*) filter (is_default) as n_default,
    count(*) filter (is_default and value is null) > 0 and count(value) > 0 as is_default_empty,
from mart_indicator
group by all
order by all
