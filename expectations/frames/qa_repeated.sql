-- What stands in two tables: how many rows say something else than the table that they repeat, one row per repetition.
with said_flag as (
    select value_id, list_sort(list(flag)) as flags from mart_indicator_flag group by value_id
),

said_dataset as (
    select value_id, list_sort(list(dataset_id)) as datasets from mart_indicator_dataset group by value_id
),

repeated as (
    select
        'mart_indicator_latest wie mart_indicator' as repetition,
        copy.value_id as id,
        (copy.value, copy.value_low, copy.value_high, copy.numerator, copy.denominator, copy.unit, copy.status)
        is distinct from (value.value, value.value_low, value.value_high, value.numerator, value.denominator, value.unit, value.status)
        or (copy.indicator_id, copy.variant, copy.region_key, copy.period_end, copy.group_key, copy.territory_date)
        <> (value.indicator_id, value.variant, value.region_key, value.period_end, value.group_key, value.territory_date)
        as is_different,
    from mart_indicator_latest as copy inner join mart_indicator as value using (value_id)
    union all
    select
        'mart_indicator_wide wie mart_indicator',
        copy.value_id,
        (copy.value, copy.value_low, copy.value_high, copy.numerator, copy.denominator, copy.unit, copy.status)
        is distinct from (value.value, value.value_low, value.value_high, value.numerator, value.denominator, value.unit, value.status)
        or (copy.indicator_id, copy.variant, copy.region_key, copy.period_end, copy.group_key, copy.territory_date)
        <> (value.indicator_id, value.variant, value.region_key, value.period_end, value.group_key, value.territory_date),
    from mart_indicator_wide as copy inner join mart_indicator as value using (value_id)
    union all
    select
        'mart_indicator_latest wie mart_indicator_wide',
        last.value_id,
        (last.change_previous_year, last.gap_insgesamt, last.ratio_insgesamt, last.index_2010, last.mean_three_years, last.position)
        is distinct from (wide.change_previous_year, wide.gap_insgesamt, wide.ratio_insgesamt, wide.index_2010, wide.mean_three_years, wide.position),
    from mart_indicator_latest as last inner join mart_indicator_wide as wide using (value_id)
    union all
    select 'mart_signal wie mart_indicator', signal.value_id, (signal.value, signal.previous_value) is distinct from (now.value, earlier.value),
    from mart_signal as signal
    inner join mart_indicator as now using (value_id)
    inner join mart_indicator as earlier on signal.previous_value_id = earlier.value_id
    union all
    select 'mart_signal wie mart_indicator_change', signal.value_id, signal.change is distinct from change.value,
    from mart_signal as signal
    inner join mart_indicator_change as change
        on
            signal.value_id = change.value_id
            and change.measure in ('change_previous_year_abs', 'change_previous_year_pp')
    union all
    select 'mart_comparison wie mart_indicator', comparison.value_id, comparison.comparator_value is distinct from there.value,
    from mart_comparison as comparison inner join mart_indicator as there on comparison.comparator_value_id = there.value_id
    union all
    -- of a value that is withheld, provenance tells no number
    select
        'mart_provenance wie fct_observation',
        provenance.observation_id,
        (provenance.raw_sha256, provenance.dataset_id, provenance.region_key)
        <> (observation.raw_sha256, observation.dataset_id, observation.region_key)
        or case
            when regexp_matches(value.flags, '(^|\|)(withdrawn|confidential)(\||$)')
                then provenance.used_value is not null or provenance.status <> 'withheld'
            else (provenance.used_value, provenance.status) is distinct from (observation.value, observation.status)
        end,
    from mart_provenance as provenance
    inner join fct_observation as observation using (observation_id)
    inner join mart_indicator as value using (value_id)
    union all
    select
        'mart_indicator_flag wie mart_indicator',
        value.value_id,
        said.flags is distinct from case when value.flags <> '' then list_sort(string_split(value.flags, '|')) end,
    from mart_indicator as value left join said_flag as said using (value_id)
    union all
    select
        'mart_indicator_dataset wie mart_indicator',
        value.value_id,
        said.datasets
        is distinct from case when value.dataset_ids <> '' then list_sort(list_distinct(string_split(value.dataset_ids, '|'))) end,
    from mart_indicator as value left join said_dataset as said using (value_id)
    where value.status not in ('not_recorded', 'withheld')
    union all
    select 'rpt_diagramm_1 wie mart_indicator', drawn.value_id, (drawn.value, drawn.status) is distinct from (value.value, value.status),
    from rpt_diagramm_1 as drawn inner join mart_indicator as value using (value_id)
    union all
    select 'rpt_diagramm_2 wie mart_indicator', drawn.value_id, drawn.value is distinct from value.value,
    from rpt_diagramm_2 as drawn inner join mart_indicator as value using (value_id)
    union all
    select 'mart_correction wie fct_observation', correction.observation_id, correction.published_value is distinct from observation.value,
    from mart_correction as correction inner join fct_observation as observation using (observation_id)
    where correction.is_applied
)

select
    repetition,
    split_part(repetition, ' ', 1) as table_name,
    count(*) filter (is_different) as n_different,
    coalesce(min(id) filter (is_different), '') as example,
from repeated
group by repetition
order by all
