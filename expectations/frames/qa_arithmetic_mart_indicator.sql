-- Computed and estimated values, computed once more from the numerator and denominator that stand beside them.
with recomputed as (
    select
        *,
        case
            when unit in ('Prozent', 'Index') then numerator * 100 / nullif(denominator, 0)
            when unit like 'je 1%000 %' then numerator * 1000 / nullif(denominator, 0)
            when denominator is null then numerator
        end as expected,
    from mart_indicator
    where method in ('computed', 'estimated') and value is not null
)

select
    indicator_id,
    variant,
    region_key,
    period_end,
    group_key,
    dataset_ids,
    cast(value as double) as value,
    cast(expected as double) as expected,
    abs(cast(value as double) - cast(expected as double)) as difference,
from recomputed
order by all
