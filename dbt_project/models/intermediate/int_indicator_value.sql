{% set is_impossible %}
    left(best_pair.indicator_id, 1) = 'L'
    and (
        best_pair.value < 0
        or (variant.formula = 'ratio' and variant.factor = 100 and best_pair.value > best_pair.denominator_value)
    )
{% endset %}
-- Every value of every variant: numerator and denominator that agree on region, date and basis, and the formula.
with variant as (
    select *,
    from {{ ref('stg_catalog__indicator_variant') }}
),

numerator as (
    select
        part.*,
        variant.needs_denominator,
        variant.basis_rule,
        case variant.denominator_region
            when 'land' then left(part.region_key, 2) else part.region_key
        end as denominator_region_key,
        case
            when variant.denominator_date = 'same' and variant.denominator_lag_years = 0 then part.period_type
            else 'stichtag'
        end as denominator_period_type,
        case variant.denominator_date
            when 'fixed' then variant.denominator_fixed_date
            when 'year_end' then {{ year_end_before('part.period_end', 'variant.denominator_lag_years') }}
            else {{ years_before('part.period_end', 'variant.denominator_lag_years') }}
        end as denominator_date,
        case
            when variant.denominator_date = 'same' and variant.denominator_lag_years = 0 then part.period_start
        end as denominator_start,
    from {{ ref('int_indicator_part') }} as part
    inner join variant using (indicator_id, variant)
    where
        part.role = 'numerator'
        and (
            variant.region_levels = ''
            or concat('|', variant.region_levels, '|') like concat('%|', part.region_level, '|%')
        )
),

denominator as (
    select *,
    from {{ ref('int_indicator_part') }}
    where role = 'denominator'
),

pair as (
    select
        numerator.*,
        denominator.cell_id as denominator_cell_id,
        denominator.is_sum as denominator_is_sum,
        denominator.dataset_id as denominator_dataset_id,
        denominator.dataset_rank as denominator_dataset_rank,
        denominator.basis_rank as denominator_basis_rank,
        denominator.value as denominator_value,
        denominator.value_low as denominator_low,
        denominator.value_high as denominator_high,
        denominator.status as denominator_status,
        denominator.basis as denominator_basis,
        denominator.flags as denominator_flags,
        denominator.source_known_from as denominator_known_from,
        denominator.recorded_at as denominator_recorded_at,
    from numerator
    left join denominator
        on
            numerator.needs_denominator
            and numerator.indicator_id = denominator.indicator_id
            and numerator.variant = denominator.variant
            and numerator.denominator_region_key = denominator.region_key
            and numerator.denominator_period_type = denominator.period_type
            and numerator.denominator_date = denominator.period_end
            and coalesce(numerator.denominator_start, denominator.period_start) = denominator.period_start
            and case numerator.basis_rule
                when 'same' then numerator.basis = denominator.basis
                when 'family' then {{ basis_family('numerator.basis') }} = {{ basis_family('denominator.basis') }}
                else true
            end
    where denominator.indicator_id is not null or not numerator.needs_denominator
),

best_pair as (
    select *,
    from pair
    qualify row_number() over (
        partition by indicator_id, variant, region_key, period_type, period_start, period_end
        order by
            value is null,
            needs_denominator and denominator_value is null,
            is_sum,
            denominator_is_sum,
            dataset_rank,
            basis_rank,
            denominator_dataset_rank,
            denominator_basis_rank
    ) = 1
),

-- A home's own indicator may join what does not belong together: more than all, or less than nothing, is no share. It
-- says so, and must not close the gate for everybody else.
possible_pair as (
    select
        best_pair.* replace (
            case when {{ is_impossible }} then null else best_pair.value end as value,
            case when {{ is_impossible }} then null else best_pair.value_low end as value_low,
            case when {{ is_impossible }} then null else best_pair.value_high end as value_high,
            case when {{ is_impossible }} then 'unreliable' else best_pair.status end as status
        ),
    from best_pair
    inner join variant using (indicator_id, variant)
),

computed as (
    select
        best_pair.*,
        variant.formula,
        variant.territory,
        variant.group_key,
        variant.priority,
        case
            when variant.formula = 'adopted' then cast(best_pair.value * variant.factor as decimal(28, 10))
            when variant.formula = 'count' then cast(best_pair.value as decimal(28, 10))
            when best_pair.denominator_value > 0
                then {{ exact_quotient('best_pair.value', 'best_pair.denominator_value', 'variant.factor') }}
        end as result,
        case
            when variant.formula = 'adopted'
                then cast(
                    ({{ not_below_zero('(best_pair.value - variant.half_unit)') }}) * variant.factor as decimal(28, 10)
                )
            when variant.formula = 'count' then cast(best_pair.value_low as decimal(28, 10))
            when best_pair.denominator_low > 0
                then {{ exact_quotient('best_pair.value_low', 'best_pair.denominator_high', 'variant.factor') }}
        end as result_low,
        case
            when variant.formula = 'adopted'
                then cast((best_pair.value + variant.half_unit) * variant.factor as decimal(28, 10))
            when variant.formula = 'count' then cast(best_pair.value_high as decimal(28, 10))
            when best_pair.denominator_low > 0
                then {{ exact_quotient('best_pair.value_high', 'best_pair.denominator_low', 'variant.factor') }}
        end as result_high,
    from possible_pair as best_pair
    inner join variant using (indicator_id, variant)
)

select
    indicator_id,
    variant,
    priority,
    territory,
    territory_date,
    region_key,
    region_level,
    period_type,
    period_start,
    period_end,
    group_key,
    result as value,
    -- Bounds stand where the source's rounding leaves any; without them the value is exact.
    case when result_low <> result_high then result_low end as value_low,
    case when result_low <> result_high then result_high end as value_high,
    case when formula <> 'adopted' then value end as numerator,
    denominator_value as denominator,
    period_end as numerator_date,
    case when needs_denominator then denominator_date end as denominator_date,
    case when formula <> 'adopted' then status end as numerator_status,
    denominator_status,
    case
        when result = 0 then 'zero'
        when result is not null then 'value'
        when denominator_value = 0 and value is not null then 'not_meaningful'
        when {{ status_weight('denominator_status') }} > {{ status_weight('status') }} then denominator_status
        else status
    end as status,
    case when formula = 'adopted' then 'adopted' else 'computed' end as method,
    case when basis_rule = 'own' then coalesce(denominator_basis, basis) else basis end as basis,
    place,
    {{ merge_words(['flags', 'denominator_flags']) }} as flags,
    {{ merge_words(['dataset_id', 'denominator_dataset_id']) }} as dataset_ids,
    greatest(source_known_from, coalesce(denominator_known_from, source_known_from)) as source_known_from,
    greatest(recorded_at, coalesce(denominator_recorded_at, recorded_at)) as recorded_at,
    cell_id as numerator_cell_id,
    denominator_cell_id,
from computed
