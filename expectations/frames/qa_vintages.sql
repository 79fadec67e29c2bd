-- The vintages of observations and of values, per table and axis: they follow each other without overlap.
with vintage as (
    select 'fct_observation_vintage' as table_name, axis, observation_id as id, known_from, known_to
    from fct_observation_vintage
    union all
    select 'mart_indicator_vintage', axis, value_id, known_from, known_to
    from mart_indicator_vintage
),

beside as (
    select *, lead(known_from) over (partition by table_name, axis, id order by known_from) as next_from
    from vintage
)

select
    table_name,
    axis,
    count(*) as n_vintages,
    count(*) filter (next_from is not null and (known_to is null or known_to > next_from)) as n_overlapping,
    count(*) filter (known_to <= known_from) as n_reversed,
from beside
group by all
order by all
