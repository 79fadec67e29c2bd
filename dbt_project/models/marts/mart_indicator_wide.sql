{% set compared = [
    'gap_insgesamt', 'ratio_insgesamt', 'gap_deutsche', 'ratio_deutsche', 'index_2010', 'mean_three_years', 'position',
] %}
-- One row per value that speaks for its indicator, with everything that is computed from it beside it: the form in
-- which tools for tables and pictures read it best.
with measure as (
    select
        value_id,
        {% for name in ['change_previous_year', 'change_previous_period'] %}
            max(case when measure in ('{{ name }}_abs', '{{ name }}_pp') then value end) as {{ name }},
            max(case when measure = '{{ name }}_pct' then value end) as {{ name }}_pct,
        {% endfor %}
        max(case when measure in ('change_previous_year_abs', 'change_previous_year_pp') then unit end) as change_unit,
        max(case when measure in ('change_previous_year_abs', 'change_previous_year_pp') then reason end)
            as change_previous_year_reason,
        bool_or(
            case when measure in ('change_previous_year_abs', 'change_previous_year_pp') then is_within_rounding end
        ) as is_change_within_rounding,
        max(case when measure in ('change_previous_period_abs', 'change_previous_period_pp') then compared_value_id end)
            as previous_period_value_id,
        {% for name in compared %}
            max(case when measure = '{{ name }}' then value end) as {{ name }},
        {% endfor %}
        max(case when measure = 'position' then value_low end) as position_low,
        max(case when measure = 'position' then value_high end) as position_high,
        max(case when measure = 'position' then n_compared end) as position_of,
        max(case when measure = 'position' then reason end) as position_reason,
    from {{ ref('mart_indicator_change') }}
    group by value_id
)

select
    value.value_id,
    value.indicator_id,
    indicator.name_de as indicator_name,
    value.variant,
    value.territory,
    value.territory_date,
    value.region_key,
    value.region_name,
    value.region_level,
    region.kind as region_kind,
    value.period_type,
    value.period_start,
    value.period_end,
    {{ year_of('value.period_end') }} as year,
    value.group_key,
    value.value,
    value.value_low,
    value.value_high,
    value.numerator,
    value.denominator,
    value.unit,
    value.decimals,
    value.status,
    value.method,
    value.basis,
    value.flags,
    measure.change_previous_year,
    measure.change_previous_year_pct,
    measure.change_unit,
    measure.is_change_within_rounding,
    measure.change_previous_year_reason,
    measure.change_previous_period,
    measure.change_previous_period_pct,
    previous.period_end as previous_period_end,
    {% for name in compared %}
        measure.{{ name }},
    {% endfor %}
    measure.position_low,
    measure.position_high,
    measure.position_of,
    measure.position_reason,
from {{ ref('mart_indicator') }} as value
inner join {{ ref('stg_catalog__indicator') }} as indicator on value.indicator_id = indicator.indicator_id
inner join {{ ref('stg_catalog__region') }} as region on value.region_key = region.region_key
left join measure on value.value_id = measure.value_id
left join {{ ref('mart_indicator') }} as previous on measure.previous_period_value_id = previous.value_id
where value.is_default
order by
    value.indicator_id,
    value.territory,
    value.group_key,
    value.region_key,
    value.period_end
