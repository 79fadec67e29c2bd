-- Every published value with the earlier one of the same series that it is compared with, as it is published (what is
-- withheld gives no change either), and the days after which a break would lie between the two. Three comparisons:
--   previous_year    the value exactly a year earlier; a pair stands for every row, also where there is nothing before
--   previous_period  the last earlier one with a number, where that is not the one a year earlier: of a month the month
--                    before, after a gap the last year before it
--   year_2010        of counts after 2010 the one of that year
with value as (
    select
        value.*,
        variant.denominator_date as denominator_rule,
        variant.denominator_lag_years,
        {{ has_word('value.flags', 'doubtful_source') }} as is_doubtful,
        {{ has_word('value.flags', 'estimate_weak') }} as is_weak,
        {{ years_before('value.period_start', '1') }} as year_before_start,
        {{ year_of('value.period_end') }} as period_year,
    from {{ ref('mart_indicator') }} as value
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant using (indicator_id, variant)
),

-- Any variant: one of them may have the value that this series lacks.
a_year_before as (
    select
        value.value_id,
        earlier.value_id as previous_value_id,
        value.variant = earlier.variant as is_same_variant,
        earlier.value is not null as has_previous_value,
    from value
    inner join value as earlier
        on
            value.indicator_id = earlier.indicator_id
            and value.territory = earlier.territory
            and (value.territory = 'as_published' or value.territory_date = earlier.territory_date)
            and value.region_key = earlier.region_key
            and value.group_key = earlier.group_key
            and value.period_type = earlier.period_type
            and value.year_before_start = earlier.period_start
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
        and has_previous_value
),

-- The values of each series that have a number, each with the one before and with that of 2010.
in_series as (
    select
        *,
        lag(value_id) over series as last_value_id,
        lag(period_start) over series as last_period_start,
        max(case when period_year = 2010 then value_id end) over whole_series as base_value_id,
        max(case when period_year = 2010 then period_start end) over whole_series as base_period_start,
    from value
    where value is not null
    window
        whole_series as (
            partition by
                indicator_id,
                variant,
                territory,
                case when territory = 'harmonised' then territory_date end,
                region_key,
                group_key,
                period_type,
                case when period_type in ('monat', 'quartal', 'semester') then extract(month from period_start) end
        ),
        series as (
            partition by
                indicator_id,
                variant,
                territory,
                case when territory = 'harmonised' then territory_date end,
                region_key,
                group_key,
                period_type
            order by period_start
        )
),

wanted as (
    select
        value.value_id,
        'previous_year' as comparison,
        earlier.previous_value_id,
        value.year_before_start as earlier_start,
    from value
    left join a_year_before as earlier
        on
            value.value_id = earlier.value_id
            and earlier.is_same_variant
    union all
    select
        value_id,
        'previous_period' as comparison,
        last_value_id as previous_value_id,
        last_period_start as earlier_start,
    from in_series
    where last_period_start <> year_before_start
    union all
    select
        value_id,
        'year_2010' as comparison,
        base_value_id as previous_value_id,
        coalesce(base_period_start, {{ years_before('period_start', 'period_year - 2010') }}) as earlier_start,
    from in_series
    where
        unit = 'Personen'
        and period_year > 2010
)

select
    value.value_id,
    wanted.comparison,
    value.indicator_id,
    value.variant,
    value.territory,
    value.territory_date,
    value.region_key,
    value.period_end,
    value.denominator_date,
    wanted.earlier_start as numerator_after,
    case
        when value.denominator_rule = 'fixed' then value.denominator_date
        when value.denominator_rule = 'same' and value.denominator_lag_years = 0 then wanted.earlier_start
        else
            {{ years_before(
                'value.denominator_date', year_of('value.period_start') ~ ' - ' ~ year_of('wanted.earlier_start')
            ) }}
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
    wanted.previous_value_id,
    earlier.value as previous_value,
    earlier.value_low as previous_low,
    earlier.value_high as previous_high,
    earlier.status as previous_status,
    earlier.basis as previous_basis,
    earlier.place as previous_place,
    coalesce(earlier.is_doubtful, false) as is_previous_doubtful,
    coalesce(earlier.is_weak, false) as is_previous_weak,
    value.method = 'estimated' or coalesce(earlier.method = 'estimated', false) as has_estimate,
    other_variant.value_id is not null and wanted.comparison = 'previous_year' as has_other_variant,
from wanted
inner join value on wanted.value_id = value.value_id
left join value as earlier on wanted.previous_value_id = earlier.value_id
left join other_variant on wanted.value_id = other_variant.value_id
