-- What there is of each indicator: usable years and Kreise, the next publication, what is missing and why. A dimension
-- or a Handlungsfeld to which no indicator belongs has a row of its own.
with value as (
    select *,
    from {{ ref('int_coverage_value') }}
),

year as (
    select
        indicator_id,
        region_level,
        year,
        case when bool_or(is_usable) then 'usable' else {{ collect_words('state') }} end as state,
        count(case when is_usable then 1 end) as n_values,
        count(distinct case when is_usable then region_key end) as n_kreise,
    from value
    group by
        indicator_id,
        region_level,
        year
),

-- Years of one state that follow each other have the same distance to their number.
in_a_row as (
    select
        *,
        year - row_number() over (partition by indicator_id, region_level, state order by year) as run_no,
    from year
),

run as (
    select
        indicator_id,
        region_level,
        state,
        min(year) as first_year,
        concat(min(year), case when max(year) > min(year) then concat('–', max(year)) else '' end) as years_de,
    from in_a_row
    group by
        indicator_id,
        region_level,
        state,
        run_no
),

told as (
    select
        indicator_id,
        region_level,
        state,
        min(first_year) as first_year,
        {{ join_texts('years_de', 'first_year') }} as years_de,
    from run
    group by
        indicator_id,
        region_level,
        state
),

lacking as (
    select
        indicator_id,
        {{ join_texts("concat(years_de, ' (', state, ')')", 'first_year') }} as years_de,
    from told
    where
        region_level = 'kreis'
        and state <> 'usable'
    group by indicator_id
),

of_kreise as (
    select
        indicator_id,
        count(*) as n_years,
        min(year) as first_year,
        max(year) as last_year,
        sum(n_values) as n_values,
        {{ value_at_max('n_kreise', 'year') }} as n_kreise_last_year,
    from year
    where
        region_level = 'kreis'
        and state = 'usable'
    group by indicator_id
),

-- The newest period is that of the Kreise; where none of them has a value, that of the Land.
held as (
    select
        indicator_id,
        count(distinct case when region_level = 'kreis' then region_key end) as n_kreise_any,
        max(case when region_level = 'kreis' then period_end end) as last_end,
        coalesce(
            max(case when region_level = 'kreis' then period_start end), max(period_start)
        ) as last_start,
    from value
    where is_usable
    group by indicator_id
),

expected as (
    select
        held.indicator_id,
        count(*) as n_kreise,
    from held
    inner join {{ ref('stg_catalog__region') }} as region
        on
            region.parent_key = '16'
            and region.region_level = 'kreis'
            and {{ valid_on('region', 'held.last_end') }}
    group by held.indicator_id
),

each_dataset as (
    select
        indicator_id,
        {{ each_word('dataset_ids') }} as dataset_id,
    from value
    where is_usable
),

fed_by as (
    select
        indicator_id,
        {{ collect_words('dataset_id') }} as dataset_ids,
    from each_dataset
    group by indicator_id
),

-- A new period begins with a new numerator: that of the variant itself, or of the first one that it is made of.
awaited as (
    select
        held.indicator_id,
        day.period,
        day.expected_by,
    from held
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant
        on
            held.indicator_id = variant.indicator_id
            and variant.may_default
    inner join {{ ref('stg_catalog__indicator_part') }} as part
        on
            coalesce(variant.of_indicator_id, variant.indicator_id) = part.indicator_id
            and coalesce(variant.of_variant, variant.variant) = part.variant
            and part.role = 'numerator'
    inner join {{ ref('stg_catalog__publication_day') }} as day
        on
            part.dataset_id = day.dataset_id
            and held.last_start < day.begins
    qualify row_number() over (partition by held.indicator_id order by day.expected_by, day.begins) = 1
),

of_indicator as (
    select
        indicator.dimension,
        indicator.handlungsfeld,
        indicator.indicator_id,
        indicator.name_de,
        indicator.availability,
        of_kreise.n_years,
        of_kreise.first_year,
        of_kreise.last_year,
        kreise.years_de,
        land.years_de as land_years_de,
        of_kreise.n_values,
        held.n_kreise_any,
        of_kreise.n_kreise_last_year,
        expected.n_kreise as n_kreise_expected,
        fed_by.dataset_ids,
        awaited.period as next_period,
        awaited.expected_by as next_publication,
        case
            when indicator.availability <> 'computed' then indicator.missing_de
            when of_kreise.n_years is null and land.years_de is not null
                then 'Gerechnet ist nur das Land; kein Kreis hat einen brauchbaren Wert.'
            when lacking.years_de is not null
                then concat('Kein Kreis hat einen brauchbaren Wert für ', lacking.years_de, '.')
        end as missing_de,
    from {{ ref('dim_indicator') }} as indicator
    left join of_kreise on indicator.indicator_id = of_kreise.indicator_id
    left join told as kreise
        on
            indicator.indicator_id = kreise.indicator_id
            and kreise.region_level = 'kreis'
            and kreise.state = 'usable'
    left join told as land
        on
            indicator.indicator_id = land.indicator_id
            and land.region_level = 'land'
            and land.state = 'usable'
    left join lacking on indicator.indicator_id = lacking.indicator_id
    left join held on indicator.indicator_id = held.indicator_id
    left join expected on indicator.indicator_id = expected.indicator_id
    left join fed_by on indicator.indicator_id = fed_by.indicator_id
    left join awaited on indicator.indicator_id = awaited.indicator_id
),

named as (
    select distinct
        'dimension' as kind,
        dimension as name,
    from of_indicator
    union all
    select distinct
        'handlungsfeld' as kind,
        handlungsfeld as name,
    from of_indicator
),

without_indicator as (
    select
        case when field.kind = 'dimension' then field.name end as dimension,
        case when field.kind = 'handlungsfeld' then field.name end as handlungsfeld,
        'no_indicator' as availability,
        coalesce(field.gap_de, 'Der Katalog enthält hierfür keinen Indikator.') as gap_de,
    from {{ ref('stg_catalog__field') }} as field
    left join named using (kind, name)
    where named.name is null
),

described as (
    select
        *,
        cast(null as varchar) as gap_de,
    from of_indicator
    union all by name
    select *,
    from without_indicator
)

select
    dimension,
    handlungsfeld,
    indicator_id,
    name_de,
    availability,
    coalesce(n_years, 0) as n_years,
    first_year,
    last_year,
    coalesce(years_de, '') as years_de,
    coalesce(land_years_de, '') as land_years_de,
    cast(coalesce(n_values, 0) as bigint) as n_values,
    coalesce(n_kreise_any, 0) as n_kreise_any,
    n_kreise_last_year,
    n_kreise_expected,
    coalesce(dataset_ids, '') as dataset_ids,
    next_period,
    next_publication,
    missing_de,
    gap_de,
from described
order by dimension, handlungsfeld, indicator_id
