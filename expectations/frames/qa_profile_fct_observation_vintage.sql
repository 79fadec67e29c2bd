-- fct_observation_vintage in a few numbers per axis and dataset: what may be 0 only is counted as n_….
with beside as (
    select
        axis, dataset_id, observation_id, vintage_no, known_from, known_to, value, status,
        lead(known_from) over (partition by axis, observation_id order by known_from) as next_from,
    from fct_observation_vintage
)

select
    axis,
    dataset_id,
    count(*) as n_vintages,
    count(distinct (observation_id, vintage_no)) as n_keys,
    count(*) filter (next_from is not null and (known_to is null or known_to > next_from)) as n_overlapping,
    count(*) filter (known_to <= known_from) as n_reversed,
    count(*) filter (value is not null and status not in ('value', 'zero')) as n_value_despite_status,
    count(*) filter (value is null and status in ('value', 'zero')) as n_value_missing,
from beside
group by axis, dataset_id
order by all
