-- Whether the values of each indicator are what the dimensions say of them: what may be 0 only is counted as n_….
select
    value.indicator_id,
    count(*) as n_rows,
    count(*) filter (value.unit <> indicator.unit) as n_other_unit,
    count(*) filter (value.decimals <> indicator.decimals) as n_other_decimals,
    count(*) filter (value.definition_version <> indicator.definition_version) as n_other_definition,
    count(*) filter ((value.region_name, value.region_level) <> (region.region_name, region.region_level)) as n_other_region,
    count(*) filter (
        value.status <> 'not_existing'
        and (value.territory_date < region.valid_from or value.territory_date > region.valid_to)
    ) as n_outside_territory,
    count(distinct value.territory_date) filter (value.territory = 'harmonised' and value.is_default) as n_default_territories,
    coalesce(min(value.value_id) filter (
        value.unit <> indicator.unit
        or (value.region_name, value.region_level) <> (region.region_name, region.region_level)
        or value.territory_date < region.valid_from
        or value.territory_date > region.valid_to
    ), '') as example,
from mart_indicator as value
inner join dim_indicator as indicator using (indicator_id)
inner join dim_region as region using (region_key)
group by value.indicator_id
order by all
