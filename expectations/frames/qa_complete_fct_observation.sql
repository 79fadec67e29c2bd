-- For every dataset whose file says `complete: all` with all Kreise required: does every combination of its axes hold
-- a row for each Kreis that existed at the period's end? (A row without a value counts: it says why there is none.)
with combination as (
    select
        observation.dataset_id, measure, observation.period_type, period_start, period_end, sex, nationality,
        citizenship_key, citizenship_scheme, age_group, dimensions, basis,
        list(region_key) as regions,
    from fct_observation as observation
    inner join declared_dataset as declared
        on observation.dataset_id = declared.dataset_id and declared.complete = 'all' and declared.kreise_required
    where region_level in ('kreis', 'land', 'bund')
    group by all
),

missing as (
    select
        combination.*,
        (
            select list(region_key order by region_key)
            from dim_region
            where
                region_level = 'kreis'
                and combination.period_end between coalesce(valid_from, combination.period_end)
                and coalesce(valid_to, combination.period_end)
                and not list_contains(combination.regions, region_key)
        ) as missing_kreise,
    from combination
)

select
    dataset_id,
    measure,
    period_type,
    period_end,
    count(*) as n_combinations,
    count(*) filter (len(missing_kreise) > 0) as n_incomplete,
    coalesce(max(array_to_string(missing_kreise, ' ')) filter (len(missing_kreise) > 0), '') as missing_kreise,
from missing
group by all
order by all
