-- Where nothing is recorded that may speak for an indicator: a row says so, instead of none. Expected is a value for
-- every year between an indicator's first and last recorded one, for the Land and for each Kreis that existed then, or
-- on a converted territory's day (for Kreise or the Land alone where the catalogue says so), and wherever only figures
-- stand that never speak for it. What lacks is the first variant that may speak and whose basis reaches that date. The
-- indicators of a home have no grid.
with variant as (
    select *,
    from {{ ref('stg_catalog__indicator_variant') }}
),

recorded as (
    select
        value.indicator_id,
        value.territory_key,
        value.group_key,
        value.region_key,
        value.period_type,
        value.period_start,
        value.period_end,
        bool_or(variant.may_default) as has_default,
    from {{ ref('int_indicator_value') }} as value
    inner join variant using (indicator_id, variant)
    group by all
),

-- A series of Thüringen keeps its days: 31 December, or the calendar year.
series as (
    select
        recorded.indicator_id,
        recorded.territory_key,
        recorded.group_key,
        recorded.period_type,
        max(recorded.period_start) as last_start,
        max(recorded.period_end) as last_end,
        cast(extract(year from max(recorded.period_end)) - extract(year from min(recorded.period_end)) as integer)
            as n_years,
    from recorded
    inner join {{ ref('stg_catalog__indicator') }} as indicator using (indicator_id)
    where
        indicator.periodicity = 'jährlich'
        and left(recorded.indicator_id, 1) <> 'L'
        and left(recorded.region_key, 2) = '16'
    group by
        recorded.indicator_id,
        recorded.territory_key,
        recorded.group_key,
        recorded.period_type,
        extract(month from recorded.period_start),
        extract(day from recorded.period_start),
        extract(month from recorded.period_end),
        extract(day from recorded.period_end)
),

years_back as (
    select
        *,
        {{ each_number_to('n_years') }} as years_ago,
    from series
),

expected_period as (
    select
        indicator_id,
        territory_key,
        group_key,
        period_type,
        {{ years_before('last_start', 'years_ago') }} as period_start,
        {{ years_before('last_end', 'years_ago') }} as period_end,
    from years_back
),

-- The levels for which every variant of the indicator that may speak is computed.
level_of_indicator as (
    select
        variant.indicator_id,
        level.region_level,
        bool_and(
            variant.region_levels = ''
            or concat('|', variant.region_levels, '|') like concat('%|', level.region_level, '|%')
        ) as is_expected,
    from variant
    cross join (values ('land'), ('kreis')) as level (region_level)
    where variant.may_default
    group by all
),

expected as (
    select
        period.*,
        region.region_key,
    from expected_period as period
    left join {{ ref('stg_catalog__territory_target') }} as target on period.territory_key = target.territory_key
    inner join level_of_indicator as level
        on
            period.indicator_id = level.indicator_id
            and level.is_expected
    inner join {{ ref('stg_catalog__region') }} as region
        on
            level.region_level = region.region_level
            and (region.region_key = '16' or region.parent_key = '16')
            and coalesce(target.target_date, period.period_end)
            between coalesce(region.valid_from, cast('0001-01-01' as date))
            and coalesce(region.valid_to, cast('9999-12-31' as date))
    union distinct
    select
        indicator_id,
        territory_key,
        group_key,
        period_type,
        period_start,
        period_end,
        region_key,
    from recorded
),

without_default as (
    select expected.*,
    from expected
    left join recorded
        on
            expected.indicator_id = recorded.indicator_id
            and expected.territory_key = recorded.territory_key
            and expected.group_key = recorded.group_key
            and expected.region_key = recorded.region_key
            and expected.period_type = recorded.period_type
            and expected.period_start = recorded.period_start
            and expected.period_end = recorded.period_end
    where not coalesce(recorded.has_default, false)
),

lacking as (
    select
        without_default.*,
        variant.variant,
        variant.priority,
        variant.formula,
    from without_default
    inner join variant
        on
            without_default.indicator_id = variant.indicator_id
            and without_default.group_key = variant.group_key
            and variant.may_default
    qualify row_number() over (
        partition by
            without_default.indicator_id,
            without_default.territory_key,
            without_default.group_key,
            without_default.region_key,
            without_default.period_type,
            without_default.period_start,
            without_default.period_end
        order by
            without_default.period_end not between coalesce(variant.valid_from, without_default.period_end)
            and coalesce(variant.valid_to, without_default.period_end),
            variant.priority
    ) = 1
)

select
    indicator_id,
    variant,
    priority,
    case when target.territory_key is null then 'as_published' else 'harmonised' end as territory,
    coalesce(target.target_date, lacking.period_end) as territory_date,
    region_key,
    period_type,
    period_start,
    period_end,
    group_key,
    'not_recorded' as status,
    case when formula = 'adopted' then 'adopted' else 'computed' end as method,
    period_end as numerator_date,
    '' as basis,
    '' as place,
    '' as flags,
    '' as dataset_ids,
from lacking
left join {{ ref('stg_catalog__territory_target') }} as target using (territory_key)
