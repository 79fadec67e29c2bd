{% set enough = 10 %}
-- The place of a Kreis among those of its type, the most favourable first, with the places that the rounding leaves
-- possible. Only of indicators that have a favourable direction, among the values that speak for them, of one variant;
-- no estimate has a place and none is counted; at least {{ enough }} Kreise must be comparable, else there is none.
with value as (
    select
        value.*,
        concat(type.scheme, ' ', type.type_key) as region_type,
        indicator.direction,
        case
            when value.method = 'estimated' then 'estimate'
            when {{ has_word('value.flags', 'doubtful_source') }} then 'doubtful_source'
        end as not_comparable,
        case when indicator.direction = 'hoeher_besser' then -value.value else value.value end as burden,
        case when indicator.direction = 'hoeher_besser' then -value.value_high else value.value_low end as burden_low,
        case when indicator.direction = 'hoeher_besser' then -value.value_low else value.value_high end as burden_high,
    from {{ ref('mart_indicator') }} as value
    inner join {{ ref('stg_catalog__indicator') }} as indicator on value.indicator_id = indicator.indicator_id
    inner join {{ ref('int_region_type') }} as type
        on
            value.region_key = type.region_key
            and {{ valid_on('type', 'value.period_end') }}
    where
        value.is_default
        and value.region_level = 'kreis'
        and value.value is not null
        and indicator.direction <> 'neutral'
),

placed as (
    select
        value.value_id,
        value.not_comparable,
        count(other.value_id) + 1 as n_compared,
        count(case when other.burden < value.burden then 1 end) + 1 as place,
        count(case when other.burden_high < value.burden_low then 1 end) + 1 as place_low,
        count(other.value_id) + 1 - count(case when other.burden_low > value.burden_high then 1 end) as place_high,
    from value
    left join value as other
        on
            value.indicator_id = other.indicator_id
            and value.variant = other.variant
            and value.territory = other.territory
            and value.territory_date = other.territory_date
            and value.period_type = other.period_type
            and value.period_start = other.period_start
            and value.period_end = other.period_end
            and value.group_key = other.group_key
            and value.region_type = other.region_type
            and value.region_key <> other.region_key
            and other.not_comparable is null
    group by
        value.value_id,
        value.not_comparable
),

decided as (
    select
        *,
        coalesce(not_comparable, case when n_compared < {{ enough }} then 'group_too_small' end) as reason,
    from placed
)

select
    value_id,
    'position' as measure,
    cast(case when reason is null then place end as decimal(28, 10)) as value,
    cast(case when reason is null then place_low end as decimal(28, 10)) as value_low,
    cast(case when reason is null then place_high end as decimal(28, 10)) as value_high,
    'Platz' as unit,
    cast(null as boolean) as is_within_rounding,
    cast(null as varchar) as compared_value_id,
    cast(n_compared as integer) as n_compared,
    reason,
from decided
