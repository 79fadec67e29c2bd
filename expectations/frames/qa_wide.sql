-- The measures of mart_indicator_wide beside those of mart_indicator_change, per value and measure.
with long as (
    unpivot (
        select
            value_id,
            change_previous_year,
            change_previous_year_pct,
            change_previous_period,
            change_previous_period_pct,
            gap_insgesamt,
            ratio_insgesamt,
            gap_deutsche,
            ratio_deutsche,
            index_2010,
            mean_three_years,
            position,
        from mart_indicator_wide
    )
    on columns(* exclude (value_id))
    into name measure value value
),

change as (
    select value_id, regexp_replace(measure, '_(abs|pp)$', '') as measure, value,
    from mart_indicator_change semi join mart_indicator_wide using (value_id)
    where value is not null
)

select
    measure,
    count(*) filter (long.value is not null) as n_wide,
    count(*) filter (change.value is not null) as n_long,
    count(*) filter (long.value is distinct from change.value) as n_different,
    coalesce(min(value_id) filter (long.value is distinct from change.value), '') as example,
from long full join change using (value_id, measure)
group by measure
order by all
