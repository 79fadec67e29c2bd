-- Everything that is computed from the values is computed once more, by other means where there are any, and whether the
-- values behind it may be compared at all.
with later as (
    select
        *,
        cast(value as double) as number,
        list_contains(string_split(flags, '|'), 'doubtful_source') as is_doubtful,
        year(period_end) as period_year,
    from mart_indicator
),

-- Of three years in a row the cases and the whole; a row without a number makes no gap whole.
in_series as (
    select
        value_id,
        sum(numerator) over three as cases,
        sum(denominator) over three as whole,
        avg(number) over three as mean_value,
        count(number) over three as n_years,
    from later
    window three as (
        partition by
            indicator_id,
            variant,
            territory,
            case when territory = 'harmonised' then territory_date end,
            region_key,
            group_key,
            period_type,
            basis
        order by period_year
        range between 2 preceding and current row
    )
),

-- The type of the Kreis on the last day: the BBSR's where there is one, else the form of its law.
typed as (
    select
        value_id,
        arg_min(concat(scheme, ' ', type_key), case scheme when 'bbsr' then 0 else 1 end) as region_type,
    from mart_indicator as value
    inner join dim_region_type as listed
        on
            value.region_key = listed.region_key
            and value.period_end between coalesce(listed.valid_from, value.period_end)
            and coalesce(listed.valid_to, value.period_end)
    group by value_id
),

placed as (
    select
        value_id,
        rank() over (comparable order by case direction when 'hoeher_besser' then -value else value end) as place,
        count(*) over comparable as n_comparable,
    from mart_indicator
    inner join dim_indicator using (indicator_id)
    inner join typed using (value_id)
    where
        is_default
        and region_level = 'kreis'
        and value is not null
        and method <> 'estimated'
        and not list_contains(string_split(flags, '|'), 'doubtful_source')
    window comparable as (
        partition by indicator_id, variant, territory, territory_date, period_type, period_start, group_key, region_type
    )
),

pair as (
    select
        change.*,
        later.indicator_id,
        later.variant,
        later.region_key,
        later.period_end,
        later.group_key,
        later.unit as value_unit,
        later.number as value_then,
        earlier.number as value_before,
        later.period_year - earlier.period_year as years_apart,
        earlier.period_year as year_before,
        earlier.group_key as group_before,
        (later.indicator_id, later.territory, later.region_key, later.period_type)
        = (earlier.indicator_id, earlier.territory, earlier.region_key, earlier.period_type)
        and (later.territory = 'as_published' or later.territory_date = earlier.territory_date)
        and (later.basis, later.place) = (earlier.basis, earlier.place)
        and not later.is_doubtful
        and not earlier.is_doubtful as is_one_kind,
        (later.variant, later.group_key) = (earlier.variant, earlier.group_key) as is_one_series,
    from mart_indicator_change as change
    inner join later using (value_id)
    left join later as earlier on change.compared_value_id = earlier.value_id
    where change.value is not null
)

select
    indicator_id,
    variant,
    region_key,
    period_end,
    group_key,
    measure,
    cast(value as double) as value,
    case
        when measure = 'index_2010' or measure like 'ratio_%' then value_then * 100 / nullif(value_before, 0)
        when measure like '%_pct' then value_then * 100 / nullif(value_before, 0) - 100
        when measure = 'position' then place
        when measure = 'mean_three_years' and whole is null then mean_value
        when measure = 'mean_three_years'
            then cases / whole * case when value_unit like 'je 1 000%' then 1000 else 100 end
        else value_then - value_before
    end as expected,
    abs(cast(value as double) - expected) as difference,
    coalesce(case
        when measure like 'change_previous_year_%' then is_one_kind and is_one_series and years_apart = 1
        when measure like 'change_previous_period_%' then is_one_kind and is_one_series and years_apart >= 0
        when measure = 'index_2010' then is_one_kind and is_one_series and year_before = 2010
        when measure = 'position' then n_compared = n_comparable and n_compared >= 10
        when measure = 'mean_three_years' then n_years = 3
        else is_one_kind and years_apart = 0 and measure in (concat('gap_', group_before), concat('ratio_', group_before))
    end, false) as is_comparable,
from pair
left join in_series using (value_id)
left join placed using (value_id)
order by all
