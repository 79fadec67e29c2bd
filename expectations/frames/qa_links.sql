-- Keys that point to nothing.
select 'mart_indicator.indicator_id → dim_indicator' as link, count(*) as n_orphans, coalesce(min(indicator_id), '') as example
from mart_indicator anti join dim_indicator using (indicator_id)
union all
select 'mart_indicator.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_indicator anti join dim_region using (region_key)
union all
select 'mart_indicator.group_key → dim_group', count(*), coalesce(min(group_key), '')
from mart_indicator anti join dim_group using (group_key)
union all
select 'mart_indicator_dataset.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_indicator_dataset anti join dim_dataset using (dataset_id)
union all
select 'mart_indicator_dataset.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_dataset anti join mart_indicator using (value_id)
union all
select 'mart_indicator.value_id → mart_indicator_dataset', count(*), coalesce(min(value_id), '')
from mart_indicator anti join mart_indicator_dataset using (value_id)
union all
select 'mart_indicator_flag.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_flag anti join mart_indicator using (value_id)
union all
select 'fct_observation.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from fct_observation anti join dim_dataset using (dataset_id)
union all
select 'fct_observation.region_key → dim_region', count(*), coalesce(min(region_key), '')
from fct_observation anti join dim_region using (region_key)
union all
select 'mart_correction.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_correction anti join dim_dataset using (dataset_id)
union all
select 'mart_correction.observation_id → fct_observation', count(*), coalesce(min(observation_id), '')
from mart_correction anti join fct_observation using (observation_id)
where observation_id is not null
union all
select 'dim_region.successor_key → dim_region', count(*), coalesce(min(old.successor_key), '')
from dim_region as old anti join dim_region as new on old.successor_key = new.region_key
where coalesce(old.successor_key, '') <> ''
