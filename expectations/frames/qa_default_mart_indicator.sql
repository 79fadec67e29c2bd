-- How many variants claim to speak for an indicator, per territory, region, period and group. Of the territories that values
-- are converted to, one speaks: the others are left out. A withdrawn value speaks on, without a number: no other variant
-- may step in unseen.
with speaking as (
    select indicator_id, variant, may_default from dim_indicator_variant
),

target as (
    select distinct territory_date from mart_indicator where territory = 'harmonised' and is_default
)

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
    count(*) filter (
        is_default and value is null and not list_contains(string_split(flags, '|'), 'withdrawn')
    ) > 0
    and count(value) filter (may_default) > 0 as is_default_empty,
from mart_indicator
left join speaking using (indicator_id, variant)
left join target using (territory_date)
where mart_indicator.territory = 'as_published' or target.territory_date is not null
group by indicator_id, territory, region_key, period_type, period_start, period_end, group_key
order by all
