-- Keys that point to nothing: one row per link.
select 'dim_indicator_variant.indicator_id → dim_indicator' as link, count(*) as n_orphans, coalesce(min(indicator_id), '') as example
from dim_indicator_variant anti join dim_indicator using (indicator_id)
union all
select 'dim_indicator_variant.of_indicator_id → dim_indicator', count(*), coalesce(min(here.of_indicator_id), '')
from dim_indicator_variant as here anti join dim_indicator as there on here.of_indicator_id = there.indicator_id
where here.of_indicator_id is not null
union all
select 'dim_indicator_variant.against_indicator_id → dim_indicator', count(*), coalesce(min(here.against_indicator_id), '')
from dim_indicator_variant as here anti join dim_indicator as there on here.against_indicator_id = there.indicator_id
where here.against_indicator_id is not null
union all
select 'dim_region.successor_key → dim_region', count(*), coalesce(min(here.successor_key), '')
from dim_region as here anti join dim_region as there on here.successor_key = there.region_key
where coalesce(here.successor_key, '') <> ''
union all
select 'dim_reception_centre.region_key → dim_region', count(*), coalesce(min(region_key), '')
from dim_reception_centre anti join dim_region using (region_key)
union all
select 'dim_region_type.region_key → dim_region', count(*), coalesce(min(region_key), '')
from dim_region_type anti join dim_region using (region_key)
union all
select 'dim_region_version.region_key → dim_region', count(*), coalesce(min(region_key), '')
from dim_region_version anti join dim_region using (region_key)
union all
select 'dim_sum_explanation.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from dim_sum_explanation anti join dim_dataset using (dataset_id)
union all
select 'fct_observation.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from fct_observation anti join dim_dataset using (dataset_id)
union all
select 'fct_observation.region_key → dim_region', count(*), coalesce(min(region_key), '')
from fct_observation anti join dim_region using (region_key)
union all
select 'fct_observation.observation_id → fct_observation_vintage', count(*), coalesce(min(observation_id), '')
from fct_observation anti join fct_observation_vintage using (observation_id)
union all
select 'fct_observation_vintage.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from fct_observation_vintage anti join dim_dataset using (dataset_id)
union all
select 'fct_observation_vintage.region_key → dim_region', count(*), coalesce(min(region_key), '')
from fct_observation_vintage anti join dim_region using (region_key)
union all
select 'mart_citizenship.citizenship_key → dim_citizenship', count(*), coalesce(min(citizenship_key), '')
from mart_citizenship anti join dim_citizenship using (citizenship_key)
union all
select 'mart_citizenship.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_citizenship anti join dim_dataset using (dataset_id)
union all
select 'mart_citizenship.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_citizenship anti join dim_region using (region_key)
union all
select 'mart_comparison.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_comparison anti join mart_indicator using (value_id)
union all
select 'mart_comparison.comparator_value_id → mart_indicator', count(*), coalesce(min(here.comparator_value_id), '')
from mart_comparison as here anti join mart_indicator as there on here.comparator_value_id = there.value_id
where here.comparator_value_id is not null
union all
select 'mart_comparison.comparator_key → dim_region', count(*), coalesce(min(here.comparator_key), '')
from mart_comparison as here anti join dim_region as there on here.comparator_key = there.region_key
union all
select 'mart_correction.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_correction anti join dim_dataset using (dataset_id)
union all
select 'mart_correction.observation_id → fct_observation', count(*), coalesce(min(observation_id), '')
from mart_correction anti join fct_observation using (observation_id)
where observation_id is not null
union all
select 'mart_coverage.indicator_id → dim_indicator', count(*), coalesce(min(indicator_id), '')
from mart_coverage anti join dim_indicator using (indicator_id)
where indicator_id is not null
union all
select 'mart_indicator.indicator_id → dim_indicator', count(*), coalesce(min(indicator_id), '')
from mart_indicator anti join dim_indicator using (indicator_id)
union all
select 'mart_indicator.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_indicator anti join dim_region using (region_key)
union all
select 'mart_indicator.group_key → dim_group', count(*), coalesce(min(group_key), '')
from mart_indicator anti join dim_group using (group_key)
union all
select 'mart_indicator.value_id → mart_indicator_dataset', count(*), coalesce(min(value_id), '')
from mart_indicator anti join mart_indicator_dataset using (value_id)
where status <> 'not_recorded' and (status <> 'withheld' or dataset_ids <> '')
union all
select 'mart_indicator.value_id → mart_provenance', count(*), coalesce(min(value_id), '')
from mart_indicator anti join mart_provenance using (value_id)
where status <> 'not_recorded'
union all
select 'mart_indicator.value_id → mart_indicator_vintage', count(*), coalesce(min(value_id), '')
from mart_indicator anti join mart_indicator_vintage using (value_id)
where mart_indicator.value is not null
union all
select 'mart_indicator_change.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_change anti join mart_indicator using (value_id)
union all
select 'mart_indicator_change.compared_value_id → mart_indicator', count(*), coalesce(min(here.compared_value_id), '')
from mart_indicator_change as here anti join mart_indicator as there on here.compared_value_id = there.value_id
where here.compared_value_id is not null
union all
select 'mart_indicator_dataset.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_indicator_dataset anti join dim_dataset using (dataset_id)
union all
select 'mart_indicator_dataset.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_dataset anti join mart_indicator using (value_id)
union all
select 'mart_indicator_flag.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_flag anti join mart_indicator using (value_id)
union all
select 'mart_indicator_latest.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_latest anti join mart_indicator using (value_id)
union all
select 'mart_indicator_wide.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_indicator_wide anti join mart_indicator using (value_id)
union all
select 'mart_nationalities.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_nationalities anti join dim_dataset using (dataset_id)
union all
select 'mart_nationalities.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_nationalities anti join dim_region using (region_key)
union all
select 'mart_provenance.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_provenance anti join mart_indicator using (value_id)
union all
select 'mart_provenance.observation_id → fct_observation', count(*), coalesce(min(observation_id), '')
from mart_provenance anti join fct_observation using (observation_id)
union all
select 'mart_revision.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_revision anti join dim_dataset using (dataset_id)
union all
select 'mart_revision.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_revision anti join dim_region using (region_key)
union all
select 'mart_signal.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from mart_signal anti join mart_indicator using (value_id)
union all
select 'mart_signal.previous_value_id → mart_indicator', count(*), coalesce(min(here.previous_value_id), '')
from mart_signal as here anti join mart_indicator as there on here.previous_value_id = there.value_id
union all
select 'mart_sum_check.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_sum_check anti join dim_dataset using (dataset_id)
union all
select 'mart_sum_violation.dataset_id → dim_dataset', count(*), coalesce(min(dataset_id), '')
from mart_sum_violation anti join dim_dataset using (dataset_id)
union all
select 'mart_sum_violation.region_key → dim_region', count(*), coalesce(min(region_key), '')
from mart_sum_violation anti join dim_region using (region_key)
union all
select 'mart_sum_violation.explanation_id → dim_sum_explanation', count(*), coalesce(min(explanation_id), '')
from mart_sum_violation anti join dim_sum_explanation using (explanation_id)
where explanation_id is not null
union all
select 'rpt_diagramm_1.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from rpt_diagramm_1 anti join mart_indicator using (value_id)
where value_id is not null
union all
select 'rpt_diagramm_2.value_id → mart_indicator', count(*), coalesce(min(value_id), '')
from rpt_diagramm_2 anti join mart_indicator using (value_id)
where value_id is not null
union all
select 'rpt_diagramm_2.share_value_id → mart_indicator', count(*), coalesce(min(here.share_value_id), '')
from rpt_diagramm_2 as here anti join mart_indicator as there on here.share_value_id = there.value_id
union all
select 'rpt_diagramm_2.region_key → dim_region', count(*), coalesce(min(region_key), '')
from rpt_diagramm_2 anti join dim_region using (region_key)
union all
select 'rpt_tabelle_1.region_key → dim_region', count(*), coalesce(min(region_key), '')
from rpt_tabelle_1 anti join dim_region using (region_key)
union all
select 'mart_indicator.variant → dim_indicator_variant', count(*), coalesce(min(variant), '')
from mart_indicator anti join dim_indicator_variant using (indicator_id, variant)
union all
select 'mart_indicator.period_end → dim_period', count(*), coalesce(min(cast(period_end as varchar)), '')
from mart_indicator anti join dim_period using (period_type, period_start, period_end)
union all
select 'mart_indicator_change.reason → dim_break', count(*), coalesce(min(reason), '')
from mart_indicator_change as change anti join dim_break on change.reason = concat('break:', dim_break.break_id)
where reason like 'break:%'
