{% set small_count = 100 %}
-- The mean of three years in a row where a value rests on few people (numerator below {{ small_count }}): of rates
-- all cases over all denominators, of counts that of the three counts. Only of years that may be compared with each
-- other: what keeps a change from being made keeps the mean. Bounds are outer ones: of a rate r = f·n/d only its own
-- bounds are known, and with them n lies above low·d/f and d below f·n/low, and the other way round.
with change as (
    select
        value_id,
        compared_value_id,
        reason,
    from {{ ref('int_measure_change') }}
    where measure in ('change_previous_year_abs', 'change_previous_year_pp')
),

three as (
    select
        value.value_id,
        value.unit,
        coalesce(made_of.factor, variant.factor) as factor,
        variant.formula,
        {% for column in ['value', 'value_low', 'value_high', 'numerator', 'denominator'] %}
            value.{{ column }} + before.{{ column }} + long_before.{{ column }} as sum_of_{{ column }},
        {% endfor %}
        value.value_low = value.value_high
        and before.value_low = before.value_high
        and long_before.value_low = long_before.value_high as is_exact,
        least(value.value_low, before.value_low, long_before.value_low) as least_low,
        least(value.value, before.value, long_before.value) as least_value,
        {% for side in ['low', 'high'] %}
            cast(value.value_{{ side }} as double) * cast(value.denominator as double)
            + cast(before.value_{{ side }} as double) * cast(before.denominator as double)
            + cast(long_before.value_{{ side }} as double) * cast(long_before.denominator as double)
                as cases_{{ side }},
            cast(value.numerator as double) / nullif(cast(value.value_{{ side }} as double), 0)
            + cast(before.numerator as double) / nullif(cast(before.value_{{ side }} as double), 0)
            + cast(long_before.numerator as double) / nullif(cast(long_before.value_{{ side }} as double), 0)
                as whole_{{ side }},
        {% endfor %}
        coalesce(change.reason, change_before.reason) as change_reason,
    from {{ ref('mart_indicator') }} as value
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant
        on
            value.indicator_id = variant.indicator_id
            and value.variant = variant.variant
    -- a difference of two shares of one whole is a share of it
    left join {{ ref('stg_catalog__indicator_variant') }} as made_of
        on
            variant.of_indicator_id = made_of.indicator_id
            and variant.of_variant = made_of.variant
    inner join change on value.value_id = change.value_id
    left join {{ ref('mart_indicator') }} as before on change.compared_value_id = before.value_id
    left join change as change_before on before.value_id = change_before.value_id
    left join {{ ref('mart_indicator') }} as long_before on change_before.compared_value_id = long_before.value_id
    where
        value.value is not null
        and abs(value.numerator) < {{ small_count }}
        and variant.formula in ('ratio', 'count', 'difference')
),

decided as (
    select
        *,
        case
            when change_reason is not null then change_reason
            when formula <> 'count' and sum_of_denominator is null then 'no_previous_value'
            when not is_exact and (formula = 'difference' or (formula = 'ratio' and least_value <= 0)) then 'rounded'
        end as reason,
    from three
),

meant as (
    select
        *,
        case
            when reason is not null then null
            when formula = 'count' then {{ signed_quotient('sum_of_value', '3', '1', 10) }}
            else {{ signed_quotient('sum_of_numerator', 'sum_of_denominator', 'factor') }}
        end as mean,
        case
            when formula = 'count' then cast({{ signed_quotient('sum_of_value_low', '3', '1', 10) }} as double)
            when least_low <= 0 then 0
            else cases_low / (factor * whole_low)
        end as mean_low,
        case
            when formula = 'count' then cast({{ signed_quotient('sum_of_value_high', '3', '1', 10) }} as double)
            else cases_high / (factor * whole_high)
        end as mean_high,
    from decided
)

select
    value_id,
    'mean_three_years' as measure,
    cast(mean as decimal(28, 10)) as value,
    cast(case
        when is_exact or mean is null then mean
        else least(mean, cast(mean_low as decimal(28, 10)))
    end as decimal(28, 10)) as value_low,
    cast(case
        when is_exact or mean is null then mean
        else greatest(mean, cast(mean_high as decimal(28, 10)))
    end as decimal(28, 10)) as value_high,
    unit,
    cast(null as boolean) as is_within_rounding,
    cast(null as varchar) as compared_value_id,
    cast(3 as integer) as n_compared,
    reason,
from meant
