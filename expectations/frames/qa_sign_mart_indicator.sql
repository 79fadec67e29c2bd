-- All values but the differences of two others, which alone may be negative.
select
    value.indicator_id,
    value.variant,
    value.region_key,
    value.period_end,
    value.group_key,
    value.dataset_ids,
    cast(value.value as double) as value,
    cast(value.numerator as double) as numerator,
from mart_indicator as value
inner join dim_indicator_variant as variant using (indicator_id, variant)
where variant.formula <> 'difference'
order by all
