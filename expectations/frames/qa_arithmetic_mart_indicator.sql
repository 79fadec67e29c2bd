-- Computed and estimated values, computed once more by the formula of their variant: from the numerator and denominator
-- that stand beside them, or from the two values that they are made of.
with recomputed as (
    select
        value.*,
        case variant.formula
            when 'count' then value.numerator
            when 'relation' then made_of.value * variant.factor / nullif(against.value, 0)
            when 'difference' then
                case
                    when value.denominator is null then made_of.value - against.value
                    else value.numerator * of_variant.factor / nullif(value.denominator, 0)
                end
            else value.numerator * variant.factor / nullif(value.denominator, 0)
        end as expected,
    from mart_indicator as value
    inner join dim_indicator_variant as variant using (indicator_id, variant)
    left join dim_indicator_variant as of_variant
        on variant.of_indicator_id = of_variant.indicator_id and variant.of_variant = of_variant.variant
    left join mart_indicator as made_of
        on
            variant.of_indicator_id = made_of.indicator_id
            and variant.of_variant = made_of.variant
            and (value.territory, value.region_key, value.period_type) = (made_of.territory, made_of.region_key, made_of.period_type)
            and (value.territory_date, value.period_start, value.period_end)
            = (made_of.territory_date, made_of.period_start, made_of.period_end)
    left join mart_indicator as against
        on
            variant.against_indicator_id = against.indicator_id
            and variant.against_variant = against.variant
            and (value.territory, value.region_key, value.period_type) = (against.territory, against.region_key, against.period_type)
            and (value.territory_date, value.period_start, value.period_end)
            = (against.territory_date, against.period_start, against.period_end)
    where value.method in ('computed', 'estimated') and value.value is not null
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
