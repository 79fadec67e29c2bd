{% set grain = [
    'computed.indicator_id', 'computed.variant', 'computed.territory', 'computed.territory_date', 'computed.region_key',
    'computed.period_type', 'computed.period_start', 'computed.period_end', 'computed.group_key',
] %}
{% set withheld = ['value', 'value_low', 'value_high', 'numerator', 'denominator'] %}
with computed as (
    select
        computed.*,
        {{ key_hash(grain) }} as value_id,
        computed.value is not null as has_value,
    from {{ ref('int_indicator_vintages') }} as computed
),

-- Values of Kreise that have, or then had, a reception centre: their figures swing with it.
near_centre as (
    select distinct
        computed.value_id,
        'reception_centre' as flag,
    from computed
    inner join {{ ref('stg_catalog__reception_centre') }} as centre
        on
            computed.region_key = centre.region_key
            and computed.period_end >= coalesce(centre.valid_from, computed.period_end)
            and computed.period_start <= coalesce(centre.valid_to, computed.period_start)
),

-- What a person took back, at every time: neither the number nor anything from which it could be computed again.
vintage as (
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
            {{ merge_words(['computed.flags', 'withdrawal.flag', 'near_centre.flag']) }}
                as flags
        ),
    from computed
    left join {{ ref('int_withdrawal') }} as withdrawal on computed.value_id = withdrawal.value_id
    left join near_centre on computed.value_id = near_centre.value_id
)

select
    vintage.value_id,
    vintage.axis,
    vintage.vintage_no,
    vintage.revision_kind,
    vintage.known_from,
    vintage.known_to,
    vintage.indicator_id,
    vintage.variant,
    vintage.territory,
    vintage.territory_date,
    vintage.region_key,
    vintage.period_type,
    vintage.period_start,
    vintage.period_end,
    vintage.group_key,
    vintage.priority,
    vintage.has_value,
    variant.may_default,
    region.region_name,
    region.region_level,
    vintage.value,
    vintage.value_low,
    vintage.value_high,
    vintage.numerator,
    vintage.denominator,
    vintage.numerator_date,
    vintage.denominator_date,
    vintage.numerator_status,
    vintage.denominator_status,
    indicator.unit,
    indicator.decimals,
    vintage.status,
    vintage.method,
    vintage.basis,
    vintage.place,
    vintage.flags,
    vintage.dataset_ids,
    indicator.definition_version,
    vintage.source_known_from,
    vintage.recorded_at,
from vintage
inner join {{ ref('stg_catalog__indicator') }} as indicator on vintage.indicator_id = indicator.indicator_id
inner join {{ ref('stg_catalog__indicator_variant') }} as variant
    on
        vintage.indicator_id = variant.indicator_id
        and vintage.variant = variant.variant
inner join {{ ref('stg_catalog__region') }} as region on vintage.region_key = region.region_key
order by
    vintage.indicator_id,
    vintage.variant,
    vintage.region_key,
    vintage.period_end,
    vintage.group_key,
    vintage.axis,
    vintage.vintage_no
