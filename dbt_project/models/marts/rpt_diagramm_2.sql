-- The picture of 2019: foreign nationals of each Kreis by the AZR, and their share in all of Thüringen, on every day on
-- which a Kreis has one: all Kreise of that day, those without a figure with the reason. It is no Ausländeranteil.
with share as (
    select value.*,
    from {{ ref('mart_indicator') }} as value
    inner join {{ ref('stg_catalog__region') }} as region
        on
            value.region_key = region.region_key
            and region.parent_key = '16'
            and {{ valid_on('region', 'value.period_end') }}
    where
        value.indicator_id = 'A03'
        and value.variant = 'azr'
        and value.group_key = 'auslaender'
        and value.territory = 'as_published'
    qualify count(value.value) over (partition by value.period_end) > 0
),

count_of_kreis as (
    select *,
    from {{ ref('mart_indicator') }}
    where
        indicator_id = 'A02'
        and variant = 'azr'
        and group_key = 'auslaender'
        and territory = 'as_published'
)

select
    share.period_end,
    share.region_key,
    share.region_name,
    counted.value,
    share.value as share_pct,
    share.value_low as share_low,
    share.value_high as share_high,
    share.denominator,
    share.denominator_date,
    case
        when share.denominator is null then null
        when {{ has_word('share.flags', 'sum_of_rounded') }} then 'sum_of_rounded'
        when {{ has_word('share.flags', 'sum_of_parts') }} then 'sum_of_parts'
        else 'published'
    end as denominator_kind,
    share.status,
    counted.value_id,
    share.value_id as share_value_id,
    share.flags,
    attribution.source_de,
    concat(
        'Anteil des Kreises an allen Ausländerinnen und Ausländern in Thüringen nach dem ',
        'Ausländerzentralregister (AZR). Das ist nicht der Ausländeranteil an der Bevölkerung des Kreises.'
    ) as hinweis_de,
from share
left join count_of_kreis as counted
    on
        share.region_key = counted.region_key
        and share.period_end = counted.period_end
left join {{ ref('int_value_attribution') }} as attribution on share.value_id = attribution.value_id
order by share.period_end, share.region_key
