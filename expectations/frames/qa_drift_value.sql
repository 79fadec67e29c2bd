-- Values per indicator and per region, in the last release and now. A value is lost without a reason where its indicator is
-- still defined as before, its variant is still computed, the observations behind it still have their numbers, and yet
-- there is no row that says why it has none.
with observed as (
    select last_mart_provenance.value_id
    from last_mart_provenance
    left join fct_observation using (observation_id)
    group by last_mart_provenance.value_id
    having bool_and(fct_observation.value is not null)
),

before as (
    select
        past.indicator_id,
        past.region_key,
        past.territory,
        past.value is not null as has_value,
        past.value is not null
        and now.value is null
        and coalesce(now.status, 'not_recorded') = 'not_recorded'
        and observed.value_id is not null
        and variant.variant is not null
        and withdrawal.value_id is null
        and indicator.definition_version = past.definition_version as is_lost,
    from last_mart_indicator as past
    left join mart_indicator as now using (value_id)
    left join observed using (value_id)
    left join mart_withdrawal as withdrawal using (value_id)
    left join dim_indicator as indicator on past.indicator_id = indicator.indicator_id
    left join dim_indicator_variant as variant
        on past.indicator_id = variant.indicator_id and past.variant = variant.variant and variant.missing is null
),

counted as (
    select
        case when grouping(indicator_id) = 0 then 'Indikator' else 'Region' end as subject,
        coalesce(indicator_id, region_key) as key,
        territory,
        count(*) as rows_before,
        count(*) filter (has_value) as values_before,
        count(*) filter (is_lost) as n_lost,
    from before
    group by grouping sets ((indicator_id, territory), (region_key, territory))
),

counted_now as (
    select
        case when grouping(indicator_id) = 0 then 'Indikator' else 'Region' end as subject,
        coalesce(indicator_id, region_key) as key,
        territory,
        count(*) as rows_now,
        count(value) as values_now,
    from mart_indicator
    group by grouping sets ((indicator_id, territory), (region_key, territory))
)

select
    subject,
    key,
    coalesce(indicator.name_de, region.region_name, '') as name_de,
    territory,
    values_before,
    coalesce(values_now, 0) as values_now,
    coalesce(values_now, 0) / values_before - 1 as change,
    coalesce(1 - values_now / rows_now, 1) - (1 - values_before / rows_before) as silent_more,
    coalesce(values_now, 0) = 0 and n_lost > 0 and territory = 'as_published' as is_lost,
from counted
left join counted_now using (subject, key, territory)
left join dim_indicator as indicator on counted.subject = 'Indikator' and counted.key = indicator.indicator_id
left join dim_region as region on counted.subject = 'Region' and counted.key = region.region_key
where values_before > 0
order by all
