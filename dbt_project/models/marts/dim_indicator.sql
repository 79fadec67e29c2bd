with counted as (
    select
        indicator_id,
        count(value) as n_values,
        count(distinct case when value is not null and region_level = 'kreis' then region_key end) as n_kreise,
        min(case when value is not null then period_end end) as first_period_end,
        max(case when value is not null then period_end end) as last_period_end,
    from {{ ref('mart_indicator') }}
    where
        is_default
        and territory = 'as_published'
    group by indicator_id
),

variant_with_values as (
    select
        indicator_id,
        variant,
        count(value) > 0 as has_value,
    from {{ ref('mart_indicator') }}
    group by
        indicator_id,
        variant
),

-- What may speak for it, on the whole: one that has values, else one that could be computed, else the first that is
-- named and computed from nothing.
speaking as (
    select
        variant.indicator_id,
        case
            when coalesce(held.has_value, false) then 'computed'
            else coalesce(variant.missing, 'computable')
        end as availability,
        variant.missing_de,
    from {{ ref('stg_catalog__indicator_variant') }} as variant
    left join variant_with_values as held
        on
            variant.indicator_id = held.indicator_id
            and variant.variant = held.variant
    where variant.may_default
    qualify row_number() over (
        partition by variant.indicator_id
        order by
            coalesce(held.has_value, false) desc,
            variant.missing is not null,
            variant.priority
    ) = 1
)

select
    indicator.indicator_id,
    indicator.name_de,
    indicator.name_en,
    indicator.dimension,
    indicator.handlungsfeld,
    indicator.numerator_de,
    indicator.denominator_de,
    indicator.formula_de,
    indicator.unit,
    indicator.decimals,
    indicator.direction,
    indicator.periodicity,
    indicator.reference_point,
    indicator.definition_version,
    indicator.pitfalls_de,
    indicator.ref_intmk,
    indicator.ref_inkar,
    indicator.ref_lsn,
    coalesce(counted.n_values, 0) as n_values,
    coalesce(counted.n_kreise, 0) as n_kreise,
    counted.first_period_end,
    counted.last_period_end,
    speaking.availability,
    speaking.missing_de,
    indicator.signal as has_signal,
from {{ ref('stg_catalog__indicator') }} as indicator
inner join speaking on indicator.indicator_id = speaking.indicator_id
left join counted on indicator.indicator_id = counted.indicator_id
order by indicator.indicator_id
