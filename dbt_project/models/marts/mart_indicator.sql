{% set grain = [
    'indicator_value.indicator_id', 'indicator_value.variant', 'indicator_value.territory',
    'indicator_value.territory_date', 'indicator_value.region_key', 'indicator_value.period_type',
    'indicator_value.period_start', 'indicator_value.period_end', 'indicator_value.group_key',
] %}
select
    {{ key_hash(grain) }} as value_id,
    {% for column in grain %}
        {{ column }},
    {% endfor %}
    -- One variant speaks for an indicator: the first in the catalogue's order among those that have a value there.
    row_number() over (
        partition by
            indicator_value.indicator_id,
            indicator_value.territory,
            indicator_value.region_key,
            indicator_value.period_type,
            indicator_value.period_start,
            indicator_value.period_end,
            indicator_value.group_key
        order by
            indicator_value.value is null,
            indicator_value.priority,
            indicator_value.variant,
            indicator_value.territory_date
    ) = 1 as is_default,
    region.region_name,
    region.region_level,
    indicator_value.value,
    indicator_value.value_low,
    indicator_value.value_high,
    indicator_value.numerator,
    indicator_value.denominator,
    indicator_value.numerator_date,
    indicator_value.denominator_date,
    indicator_value.numerator_status,
    indicator_value.denominator_status,
    indicator.unit,
    indicator.decimals,
    indicator_value.status,
    indicator_value.method,
    indicator_value.basis,
    indicator_value.place,
    indicator_value.flags,
    indicator_value.dataset_ids,
    indicator.definition_version,
    indicator_value.source_known_from,
    indicator_value.recorded_at,
from {{ ref('int_indicator_value') }} as indicator_value
inner join {{ ref('stg_catalog__indicator') }} as indicator
    on indicator_value.indicator_id = indicator.indicator_id
inner join {{ ref('stg_catalog__region') }} as region
    on indicator_value.region_key = region.region_key
order by
    indicator_value.indicator_id,
    indicator_value.variant,
    indicator_value.region_key,
    indicator_value.period_end,
    indicator_value.group_key
