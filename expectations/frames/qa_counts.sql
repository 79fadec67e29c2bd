-- What one table counts of another, counted once more.
with kreise as (
    select day, count(*) as n_kreise
    from (select period_end as day from rpt_diagramm_2 union select as_of from rpt_tabelle_1) as days
    inner join dim_region
        on region_level = 'kreis' and day between coalesce(valid_from, day) and coalesce(valid_to, day)
    group by day
),

counted as (
    select
        'dim_indicator.n_values' as number,
        indicator_id as key,
        indicator.n_values as said,
        (
            select count(value.value) from mart_indicator as value
            where value.indicator_id = indicator.indicator_id and value.is_default and value.territory = 'as_published'
        ) as found,
    from dim_indicator as indicator
    union all
    select
        'dim_dataset.n_observations',
        dataset_id,
        dataset.n_observations,
        (select count(*) from fct_observation where fct_observation.dataset_id = dataset.dataset_id),
    from dim_dataset as dataset
    union all
    select
        'mart_sum_check.n_violated',
        dataset_id,
        sum(sum_check.n_violated),
        (select count(*) from mart_sum_violation where mart_sum_violation.dataset_id = sum_check.dataset_id),
    from mart_sum_check as sum_check
    group by dataset_id
    union all
    select
        'mart_indicator_latest.n_values',
        concat_ws(' ', indicator_id, territory),
        sum(latest.n_values),
        (
            select count(wide.value) from mart_indicator_wide as wide
            where wide.indicator_id = latest.indicator_id and wide.territory = latest.territory
        ),
    from mart_indicator_latest as latest
    group by indicator_id, territory
    union all
    select 'rpt_diagramm_2.region_key', cast(period_end as varchar), count(*), any_value(n_kreise),
    from rpt_diagramm_2 inner join kreise on period_end = day
    group by period_end
    union all
    select 'rpt_tabelle_1.region_key', cast(as_of as varchar), count(*), any_value(n_kreise),
    from rpt_tabelle_1 inner join kreise on as_of = day
    group by as_of
)

select
    number,
    split_part(number, '.', 1) as table_name,
    key,
    cast(said as bigint) as n_said,
    cast(found as bigint) as n_found,
from counted
order by all
