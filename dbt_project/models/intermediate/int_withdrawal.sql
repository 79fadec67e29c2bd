-- Every value that is withheld: because a hidden cell could be computed from it, or because a person took one back.
-- Then it is that value, those on other territories that repeat its number or are made with it, and what is made of it
-- and another value; of a converted value that is no repetition, that value and the last of these alone.
{% set same = ['indicator_id', 'variant', 'period_type', 'period_start', 'period_end', 'group_key'] %}
{% set grain = [
    'indicator_id', 'variant', 'territory', 'territory_date', 'region_key', 'period_type', 'period_start', 'period_end',
    'group_key',
] %}
with value as (
    select distinct
        {% for column in grain %}
            {{ column }},
        {% endfor %}
        territory_key,
        {{ key_hash(grain) }} as value_id,
    from {{ ref('int_indicator_vintages') }}
),

taken_back as (
    select
        value.*,
        withdrawal.reason_de,
        withdrawal.withdrawn_at,
        unit.region_key is not null as is_touched,
    from {{ ref('stg_inputs__withdrawal') }} as withdrawal
    inner join value on withdrawal.value_id = value.value_id
    left join {{ ref('stg_catalog__territory_unit') }} as unit
        on
            value.territory_key = unit.territory_key
            and value.region_key = unit.region_key
),

-- A value that a converted territory only repeats is one with that which was published.
published as (
    select
        value.*,
        taken_back.reason_de,
        taken_back.withdrawn_at,
    from taken_back
    inner join value
        on
            {{ same_key('taken_back', 'value', same) }}
            and taken_back.region_key = value.region_key
            and value.territory_key = 'as_published'
            and not taken_back.is_touched
),

made_with as (
    select
        value.value_id,
        published.reason_de,
        published.withdrawn_at,
    from published
    inner join value
        on
            {{ same_key('published', 'value', same) }}
            and value.territory_key <> 'as_published'
    left join {{ ref('stg_catalog__territory_weight') }} as weight
        on
            value.territory_key = weight.territory_key
            and value.region_key = weight.to_key
            and published.region_key = weight.from_key
            and published.period_end between weight.applies_from and weight.applies_to
    left join {{ ref('stg_catalog__territory_unit') }} as unit
        on
            value.territory_key = unit.territory_key
            and value.region_key = unit.region_key
    where
        weight.from_key is not null
        or (unit.region_key is null and value.region_key = published.region_key)
),

withheld as (
    select
        value_id,
        reason_de,
        withdrawn_at,
    from {{ ref('stg_inputs__withdrawal') }}
    union all
    select
        value_id,
        reason_de,
        withdrawn_at,
    from published
    union all
    select
        value_id,
        reason_de,
        withdrawn_at,
    from made_with
    union all
    select
        value_id,
        reason_de,
        cast(null as timestamp) as withdrawn_at,
    from {{ ref('stg_inputs__confidential') }}
),

-- What is made of a withheld value and another one would give it back.
made_of_two as (
    select
        derived.value_id,
        withheld.reason_de,
        withheld.withdrawn_at,
    from withheld
    inner join value on withheld.value_id = value.value_id
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant
        on
            (
                value.indicator_id = variant.of_indicator_id
                and value.variant = variant.of_variant
            )
            or (
                value.indicator_id = variant.against_indicator_id
                and value.variant = variant.against_variant
            )
    inner join value as derived
        on
            variant.indicator_id = derived.indicator_id
            and variant.variant = derived.variant
            and value.territory_key = derived.territory_key
            and value.region_key = derived.region_key
            and value.period_type = derived.period_type
            and value.period_start = derived.period_start
            and value.period_end = derived.period_end
),

all_withheld as (
    select *,
    from withheld
    union all
    select *,
    from made_of_two
)

select
    *,
    case when withdrawn_at is null then 'confidential' else 'withdrawn' end as flag,
from all_withheld
qualify row_number() over (partition by value_id order by withdrawn_at, reason_de) = 1
