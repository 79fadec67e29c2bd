-- Every published value with the one of the same series exactly a year earlier, as it is published (what is withheld
-- gives no change either), and the days after which a break would lie between the two.
with value as (
    select
        value.*,
        variant.denominator_date as denominator_rule,
        variant.denominator_lag_years,
        {{ has_word('value.flags', 'doubtful_source') }} as is_doubtful,
        {{ has_word('value.flags', 'estimate_weak') }} as is_weak,
    from {{ ref('mart_indicator') }} as value
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant using (indicator_id, variant)
),

-- Any variant: one of them may have the value that this series lacks.
a_year_before as (
    select
        value.value_id,
        value.variant = earlier.variant as is_same_variant,
        earlier.value_id as previous_value_id,
        earlier.value as previous_value,
        earlier.value_low as previous_low,
        earlier.value_high as previous_high,
        earlier.status as previous_status,
        earlier.basis as previous_basis,
        earlier.place as previous_place,
        earlier.is_doubtful as is_previous_doubtful,
        earlier.is_weak as is_previous_weak,
        earlier.method = 'estimated' as is_previous_estimated,
    from value
    inner join value as earlier
        on
            value.indicator_id = earlier.indicator_id
            and value.territory = earlier.territory
            and (value.territory = 'as_published' or value.territory_date = earlier.territory_date)
            and value.region_key = earlier.region_key
            and value.group_key = earlier.group_key
            and value.period_type = earlier.period_type
            and {{ years_before('value.period_start', '1') }} = earlier.period_start
            and (
                value.period_type = 'stichtag'
                or {{ years_before(day_after('value.period_end'), '1') }} = {{ day_after('earlier.period_end') }}
            )
),

other_variant as (
    select distinct value_id,
    from a_year_before
    where
        not is_same_variant
        and previous_value is not null
)

select
    value.value_id,
    value.indicator_id,
    value.variant,
    value.territory,
    value.territory_date,
    value.region_key,
    value.period_end,
    value.denominator_date,
    {{ years_before('value.period_start', '1') }} as numerator_after,
    case
        when value.denominator_rule = 'fixed' then value.denominator_date
        when value.denominator_rule = 'same' and value.denominator_lag_years = 0
            then {{ years_before('value.period_start', '1') }}
        else {{ years_before('value.denominator_date', '1') }}
    end as denominator_after,
    value.unit,
    value.value,
    value.value_low,
    value.value_high,
    value.status,
    value.basis,
    value.place,
    value.is_doubtful,
    value.is_weak,
    previous.previous_value_id,
    previous.previous_value,
    previous.previous_low,
    previous.previous_high,
    previous.previous_status,
    previous.previous_basis,
    previous.previous_place,
    coalesce(previous.is_previous_doubtful, false) as is_previous_doubtful,
    coalesce(previous.is_previous_weak, false) as is_previous_weak,
    value.method = 'estimated' or coalesce(previous.is_previous_estimated, false) as has_estimate,
    other_variant.value_id is not null as has_other_variant,
from value
left join a_year_before as previous
    on
        value.value_id = previous.value_id
        and previous.is_same_variant
left join other_variant on value.value_id = other_variant.value_id
