-- Every published rate of Thüringen or one of its Kreise beside those of the regions that it is compared with: the same
-- indicator, variant, group, period, basis and place, or the reason why there is no such figure. Nothing is averaged.
with published as (
    select
        *,
        {{ has_word('flags', 'doubtful_source') }} as is_doubtful,
    from {{ ref('mart_indicator') }}
    where territory = 'as_published'
),

comparator as (
    select
        region_key as comparator_key,
        {{ each_word('comparator_of') }} as region_level,
    from {{ ref('stg_catalog__region') }}
    where comparator_of <> ''
),

-- A share in all of the Land compares with no other Land.
wanted as (
    select
        value.*,
        comparator.comparator_key,
    from published as value
    inner join {{ ref('stg_catalog__region') }} as region on value.region_key = region.region_key
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant
        on
            value.indicator_id = variant.indicator_id
            and value.variant = variant.variant
            and variant.denominator_region = 'own'
    inner join comparator on value.region_level = comparator.region_level
    where
        value.is_default
        and value.value is not null
        and value.unit not in ('Personen', 'km²')
        and (region.region_key = '16' or region.parent_key = '16')
),

paired as (
    select
        wanted.*,
        other.value_id as comparator_value_id,
        other.value as comparator_value,
        other.value_low as comparator_low,
        other.value_high as comparator_high,
        case
            when other.value is null then coalesce(other.status, 'not_recorded')
            when wanted.is_doubtful or other.is_doubtful then 'doubtful_source'
        end as reason,
    from wanted
    left join published as other
        on
            wanted.comparator_key = other.region_key
            and wanted.indicator_id = other.indicator_id
            and wanted.variant = other.variant
            and wanted.group_key = other.group_key
            and wanted.period_type = other.period_type
            and wanted.period_start = other.period_start
            and wanted.period_end = other.period_end
            and wanted.basis = other.basis
            and wanted.place = other.place
),

compared as (
    select
        *,
        case when reason is null then value - comparator_value end as difference,
        case when reason is null then value_low - comparator_high end as difference_low,
        case when reason is null then value_high - comparator_low end as difference_high,
    from paired
)

select
    value_id,
    comparator_key,
    comparator_value_id,
    comparator_value,
    cast(difference as decimal(28, 10)) as difference,
    cast(difference_low as decimal(28, 10)) as difference_low,
    cast(difference_high as decimal(28, 10)) as difference_high,
    case when unit = 'Prozent' then 'Prozentpunkte' else unit end as unit,
    case
        when difference is not null
            then {{ within_rounding('difference_low', 'difference_high') }}
    end as is_within_rounding,
    reason,
from compared
order by value_id, comparator_key
