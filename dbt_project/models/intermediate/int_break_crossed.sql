-- Which values lie on the new side of a break while the earlier one that they are compared with lies on the old one: a
-- break of the series, of the region or of one of its two parts. A year in which it happened belongs to neither side.
-- A territory that counts were converted to has no break up to its day. A break with a basis lies only where that basis
-- begins: two values of one basis are never divided by it. Of several the latest is named.
with pair as (
    select *,
    from {{ ref('int_value_pair') }}
),

own_part as (
    select
        indicator_id,
        variant,
        role,
        measure,
        dataset_id,
    from {{ ref('stg_catalog__indicator_part') }}
),

-- What is made of two values measures what they do.
catalogued as (
    select *,
    from own_part
    {% for side in ['of', 'against'] %}
        union all
        select
            derived.indicator_id,
            derived.variant,
            own_part.role,
            own_part.measure,
            own_part.dataset_id,
        from {{ ref('stg_catalog__indicator_variant') }} as derived
        inner join own_part
            on
                derived.{{ side }}_indicator_id = own_part.indicator_id
                and derived.{{ side }}_variant = own_part.variant
    {% endfor %}
),

found as (
    select *,
    from {{ ref('stg_catalog__break') }}
    where break_at is not null
),

-- What each part of a value measures, and the days between which a break would divide it.
part as (
    select distinct
        pair.value_id,
        pair.comparison,
        catalogued.role,
        catalogued.measure,
        bridge.dataset_id,
        case
            when catalogued.role = 'denominator' then pair.denominator_after else pair.numerator_after
        end as after_day,
        case
            when catalogued.role = 'denominator' then pair.denominator_date else pair.period_end
        end as until_day,
    from pair
    inner join {{ ref('mart_indicator_dataset') }} as bridge using (value_id)
    inner join catalogued
        on
            pair.indicator_id = catalogued.indicator_id
            and pair.variant = catalogued.variant
            and bridge.dataset_id = catalogued.dataset_id
),

crossed as (
    select
        pair.value_id,
        pair.comparison,
        found.break_id,
        found.break_at,
        found.basis,
    from pair
    inner join found
        on
            found.dataset_id = '*'
            and (found.indicator_id = '*' or pair.indicator_id = found.indicator_id)
            and (found.variant = '*' or pair.variant = found.variant)
            and (found.region_key = '*' or pair.region_key = found.region_key)
            and {{ breaks_territory('found', 'pair') }}
            and (
                (pair.numerator_after < found.break_at and pair.period_end >= found.break_at)
                or (pair.denominator_after < found.break_at and pair.denominator_date >= found.break_at)
            )
    union all
    select
        pair.value_id,
        pair.comparison,
        found.break_id,
        found.break_at,
        found.basis,
    from part
    inner join pair using (value_id, comparison)
    inner join found
        on
            part.dataset_id = found.dataset_id
            and (found.measure = '*' or part.measure = found.measure)
            and (found.region_key = '*' or pair.region_key = found.region_key)
            and {{ breaks_territory('found', 'pair') }}
            and part.after_day < found.break_at
            and part.until_day >= found.break_at
)

select
    crossed.value_id,
    crossed.comparison,
    crossed.break_id,
from crossed
inner join pair using (value_id, comparison)
where
    crossed.basis = '*'
    or (crossed.basis = pair.basis and crossed.basis is distinct from pair.previous_basis)
qualify row_number() over (
    partition by
        crossed.value_id,
        crossed.comparison
    order by crossed.break_at desc, crossed.break_id asc
) = 1
