-- How a rate differs from that of another group of people, of the same region, period, territory, basis and place: the
-- gap and the relation. Which variants may be compared says the catalogue (compared_with).
with value as (
    select
        *,
        {{ has_word('flags', 'doubtful_source') }} as is_doubtful,
        {{ has_word('flags', 'estimate_weak') }} as is_weak,
    from {{ ref('mart_indicator') }}
),

allowed as (
    select
        indicator_id,
        variant,
        {{ each_word('compared_with') }} as against_variant,
    from {{ ref('stg_catalog__indicator_variant') }}
    where compared_with <> ''
),

pair as (
    select
        value.value_id,
        value.unit,
        value.value,
        value.value_low,
        value.value_high,
        value.method = 'estimated' or coalesce(other.method = 'estimated', false) as has_estimate,
        reference.group_key as reference_group,
        other.value_id as other_id,
        other.value as other_value,
        other.value_low as other_low,
        other.value_high as other_high,
        case
            when other.status = 'withheld' then 'withheld'
            when other.value is null then 'no_reference_value'
            when value.is_doubtful or other.is_doubtful then 'doubtful_source'
            when value.is_weak <> other.is_weak then 'weak_estimate'
            when value.basis <> other.basis or value.place <> other.place then 'other_basis'
        end as reason,
    from value
    inner join allowed
        on
            value.indicator_id = allowed.indicator_id
            and value.variant = allowed.variant
    inner join {{ ref('stg_catalog__indicator_variant') }} as reference
        on
            allowed.indicator_id = reference.indicator_id
            and allowed.against_variant = reference.variant
    left join value as other
        on
            reference.indicator_id = other.indicator_id
            and reference.variant = other.variant
            and value.territory = other.territory
            and value.territory_date = other.territory_date
            and value.region_key = other.region_key
            and value.period_type = other.period_type
            and value.period_start = other.period_start
            and value.period_end = other.period_end
    where value.value is not null
),

wanted as (
    select
        *,
        concat('gap_', reference_group) as measure,
        case when unit = 'Prozent' then 'Prozentpunkte' else unit end as measure_unit,
    from pair
    union all
    select
        * replace (coalesce(reason, case when other_low <= 0 then 'reference_is_zero' end) as reason),
        concat('ratio_', reference_group) as measure,
        'Prozent' as measure_unit,
    from pair
),

compared as (
    select
        *,
        {% for side, other in [('value', 'other_value'), ('value_low', 'other_high'), ('value_high', 'other_low')] %}
            case
                when reason is not null then null
                when measure like 'ratio_%' then {{ signed_quotient(side, other, '100', 10) }}
                else {{ side }} - {{ other }}
            end as compared_{{ side }},
        {% endfor %}
        case when measure like 'ratio_%' then 100 else 0 end as no_difference,
    from wanted
)

select
    value_id,
    measure,
    cast(compared_value as decimal(28, 10)) as value,
    cast(compared_value_low as decimal(28, 10)) as value_low,
    cast(compared_value_high as decimal(28, 10)) as value_high,
    measure_unit as unit,
    case
        when compared_value is not null and not has_estimate
            then {{ within_rounding('compared_value_low', 'compared_value_high', 'no_difference') }}
    end as is_within_rounding,
    other_id as compared_value_id,
    cast(null as integer) as n_compared,
    reason,
from compared
