{% set grain = [
    'gap.indicator_id', 'gap.variant', 'gap.territory', 'gap.territory_date', 'gap.region_key', 'gap.period_type',
    'gap.period_start', 'gap.period_end', 'gap.group_key',
] %}
-- What holds today, and where nothing is recorded that may speak for an indicator, a row that says so. It has the key
-- of the value that lacks: the value will take its place.
with gap as (
    select
        gap.*,
        {{ key_hash(grain) }} as value_id,
    from {{ ref('int_indicator_gap') }} as gap
),

described_gap as (
    select
        gap.* replace (
            case when withdrawal.value_id is null then gap.status else 'withheld' end as status,
            case when withdrawal.value_id is null then gap.flags else withdrawal.flag end as flags
        ),
        false as has_value,
        true as may_default,
        region.region_name,
        region.region_level,
        indicator.unit,
        indicator.decimals,
        indicator.definition_version,
    from gap
    inner join {{ ref('stg_catalog__indicator') }} as indicator on gap.indicator_id = indicator.indicator_id
    inner join {{ ref('stg_catalog__region') }} as region on gap.region_key = region.region_key
    left join {{ ref('int_withdrawal') }} as withdrawal on gap.value_id = withdrawal.value_id
),

vintage as (
    select vintage.*,
    from {{ ref('mart_indicator_vintage') }} as vintage
    where {{ holds_today() }}
    union all by name
    select *,
    from described_gap
)

select {{ indicator_columns() }},
from vintage
order by
    vintage.indicator_id,
    vintage.variant,
    vintage.region_key,
    vintage.period_end,
    vintage.group_key
