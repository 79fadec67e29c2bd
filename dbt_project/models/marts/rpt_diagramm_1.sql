-- The picture of 2019: foreign employees at their workplace in Thüringen, 2010 to 2019, in total and by group of
-- origin. No table that is held tells groups of origin: each year says so, with the reason that E09 gives.
with total as (
    select *,
    from {{ ref('mart_indicator') }}
    where
        indicator_id = 'E01'
        and variant = 'arbeitsort'
        and group_key = 'auslaender'
        and territory = 'as_published'
        and region_key = '16'
        and period_end between cast('2010-06-30' as date) and cast('2019-06-30' as date)
),

by_origin as (
    select *,
    from {{ ref('dim_indicator') }}
    where indicator_id = 'E09'
)

select
    total.period_end,
    'insgesamt' as origin_group,
    total.value,
    total.unit,
    total.status,
    cast(null as varchar) as missing_de,
    total.value_id,
    total.flags,
    attribution.source_de,
from total
left join {{ ref('int_value_attribution') }} as attribution on total.value_id = attribution.value_id
union all
select
    total.period_end,
    'herkunftsgruppen' as origin_group,
    null as value,
    total.unit,
    by_origin.availability as status,
    by_origin.missing_de,
    null as value_id,
    '' as flags,
    null as source_de,
from total
cross join by_origin
where by_origin.availability <> 'computed'
order by 1, 2
