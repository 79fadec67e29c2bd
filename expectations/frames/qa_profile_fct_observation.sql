-- fct_observation in a few numbers per dataset, measure and period: what may be 0 only is counted as n_….
select
    observation.dataset_id,
    observation.measure,
    observation.period_type,
    observation.period_end,
    count(*) as n_rows,
    count(distinct (
        region_key, period_start, sex, nationality, citizenship_key, citizenship_scheme, age_group, dimensions, unit,
        basis, place
    )) as n_cells,
    count(*) filter (value is null and status in ('value', 'zero')) as n_value_missing,
    count(*) filter (value is not null and status not in ('value', 'zero')) as n_value_despite_status,
    count(*) filter (status = 'zero' and value <> 0) as n_zero_not_zero,
    count(*) filter (unit = 'Anzahl' and value < 0) as n_negative,
    count(*) filter (unit = 'Prozent' and not value between 0 and 100) as n_share_out_of_range,
    count(*) filter (period_start > observation.period_end) as n_period_reversed,
    count(*) filter (not regexp_full_match(raw_sha256, '[0-9a-f]{64}')) as n_without_source,
    count(*) filter (source_known_from > recorded_at) as n_known_after_recorded,
    count(*) filter (
        value is not null
        and observation.period_type in ('stichtag', 'jahressumme', 'jahresdurchschnitt')
        and observation.period_end > recorded_at
    ) as n_recorded_too_early,
    count(*) filter (value < value_low or value > value_high) as n_out_of_bounds,
from fct_observation as observation
group by all
order by all
