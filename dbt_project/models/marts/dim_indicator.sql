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

-- What may speak for it is named and computed from nothing.
missing as (
    select
        indicator_id,
        {{ collect_words('missing_de') }} as missing_de,
    from {{ ref('stg_catalog__indicator_variant') }}
    where may_default
    group by indicator_id
    having count(missing_de) = count(*)
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
    missing.missing_de,
from {{ ref('stg_catalog__indicator') }} as indicator
left join counted on indicator.indicator_id = counted.indicator_id
left join missing on indicator.indicator_id = missing.indicator_id
order by indicator.indicator_id
