-- mart_indicator_vintage in a few numbers per axis and indicator: what may be 0 only is counted as n_….
with beside as (
    select
        axis, indicator_id, value_id, vintage_no, known_from, known_to, value, value_low, value_high, status,
        lead(known_from) over (partition by axis, value_id order by known_from) as next_from,
    from mart_indicator_vintage
)

select
    axis,
    indicator_id,
    count(*) as n_vintages,
    count(distinct (value_id, vintage_no)) as n_keys,
    count(*) filter (next_from is not null and (known_to is null or known_to > next_from)) as n_overlapping,
    count(*) filter (known_to <= known_from) as n_reversed,
    count(*) filter (value is not null and status not in ('value', 'zero')) as n_value_despite_status,
    count(*) filter (value is null and status in ('value', 'zero')) as n_value_missing,
    count(*) filter (value < value_low or value > value_high) as n_out_of_bounds,
from beside
group by axis, indicator_id
order by all
