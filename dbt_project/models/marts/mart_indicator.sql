{% set grain = [
    'indicator_value.indicator_id', 'indicator_value.variant', 'indicator_value.territory',
    'indicator_value.territory_date', 'indicator_value.region_key', 'indicator_value.period_type',
    'indicator_value.period_start', 'indicator_value.period_end', 'indicator_value.group_key',
] %}
{% set withheld = ['value', 'value_low', 'value_high', 'numerator', 'denominator'] %}
with computed as (
    select
        indicator_value.*,
        {{ key_hash(grain) }} as value_id,
        -- One variant speaks for an indicator: the first in the catalogue's order among those that have a value there.
        -- This is decided before anything is withheld, so that withdrawing it lets no other one speak.
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
    from {{ ref('int_indicator_value') }} as indicator_value
),

-- What a person took back: neither the number nor anything from which it could be computed again.
indicator_value as (
    select
        computed.* replace (
            {% for column in withheld %}
                case when withdrawal.value_id is null then computed.{{ column }} end as {{ column }},
            {% endfor %}
            {% for column in ['status', 'numerator_status', 'denominator_status'] %}
                case
                    when withdrawal.value_id is null or computed.{{ column }} is null then computed.{{ column }}
                    else 'withheld'
                end as {{ column }},
            {% endfor %}
            {{ merge_words(['computed.flags', "case when withdrawal.value_id is not null then 'withdrawn' end"]) }}
                as flags
        ),
    from computed
    left join {{ ref('stg_inputs__withdrawal') }} as withdrawal on computed.value_id = withdrawal.value_id
)

select
    indicator_value.value_id,
    {% for column in grain %}
        {{ column }},
    {% endfor %}
    indicator_value.is_default,
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
from indicator_value
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
