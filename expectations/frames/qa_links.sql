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
where status <> 'not_recorded' and (status <> 'withheld' or dataset_ids <> '')
union all
select 'mart_indicator.variant → dim_indicator_variant', count(*), coalesce(min(variant), '')
from mart_indicator anti join dim_indicator_variant using (indicator_id, variant)
union all
select 'mart_indicator_change.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_change anti join mart_indicator using (value_id)
union all
select 'mart_indicator_change.compared_value_id → mart_indicator', count(*), coalesce(min(compared_value_id), '')
from mart_indicator_change as change anti join mart_indicator as value on change.compared_value_id = value.value_id
where compared_value_id is not null
union all
select 'mart_indicator_change.reason → dim_break', count(*), coalesce(min(reason), '')
from mart_indicator_change as change anti join dim_break on change.reason = concat('break:', dim_break.break_id)
where reason like 'break:%'
union all
select 'mart_indicator_flag.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_flag anti join mart_indicator using (value_id)
union all
select 'mart_provenance.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_provenance anti join mart_indicator using (value_id)
union all
select 'mart_indicator.value_id → mart_provenance', count(*), coalesce(min(value_id), '')
from mart_indicator anti join mart_provenance using (value_id)
where status <> 'not_recorded'
union all
select 'mart_provenance.observation_id → fct_observation', count(*), coalesce(min(observation_id), '')
from mart_provenance anti join fct_observation using (observation_id)
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
