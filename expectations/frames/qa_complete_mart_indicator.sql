-- Where all datasets behind an indicator's Kreis values say in their files that the Kreise are complete: is there a row
-- for each Kreis that existed at the period's end, per variant, group and period?
with behind as (
    select
        bridge.value_id,
        bool_and(declared.complete in ('all', 'listed') and declared.kreise_required) as is_declared_complete,
    from mart_indicator_dataset as bridge
    left join declared_dataset as declared using (dataset_id)
    group by bridge.value_id
),

series as (
    select
        indicator_id, variant, territory, period_type, period_start, period_end, group_key,
        any_value(dataset_ids) as dataset_ids,
        list(region_key) as regions,
    from mart_indicator
    inner join behind using (value_id)
    where region_level = 'kreis' and territory = 'as_published'
    group by indicator_id, variant, territory, period_type, period_start, period_end, group_key
    having bool_and(is_declared_complete)
),

kreis as (
    select region_key, coalesce(valid_from, date '0001-01-01') as since, coalesce(valid_to, date '9999-12-31') as until
    from dim_region
    where region_level = 'kreis'
)

select
    indicator_id,
    variant,
    group_key,
    period_type,
    period_end,
    dataset_ids,
    count(*) as n_expected,
    count(*) filter (list_contains(regions, region_key)) as n_found,
    coalesce(
        string_agg(region_key, ' ' order by region_key) filter (not list_contains(regions, region_key)), ''
    ) as missing_kreise,
from series
inner join kreis on series.period_end between kreis.since and kreis.until
group by all
order by all
