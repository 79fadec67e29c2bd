-- A Land as the sum of its Kreise, for the measures of which the catalogue allows it, where the source gives no row for
-- the Land. A sum is complete or there is none: every Kreis that existed on that date must be there with a value or a
-- true zero, on one basis. Rounded Kreise give a rounded sum with bounds; a cell rounded to zero counts as 0, up to its
-- upper bound.
{% set sum_key = cell_key() | reject('equalto', 'region_key') | list %}
with summable as (
    select distinct
        dataset_id,
        measure,
    from {{ ref('stg_catalog__indicator_part') }}
    where land_sum
),

kreis as (
    select
        region_key,
        parent_key,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
    from {{ ref('stg_catalog__region') }}
    where region_level = 'kreis'
),

observation as (
    select observation.*,
    from {{ ref('int_observation_current') }} as observation
    inner join summable using (dataset_id, measure)
),

kreis_value as (
    select
        kreis.parent_key,
        observation.*,
        observation.is_rounded and observation.status in ('value', 'zero', 'rounded_to_zero') as is_usable_rounded,
        not observation.is_rounded
        and observation.status in ('value', 'zero')
        and observation.value is not null as is_usable_exact,
    from observation
    inner join kreis
        on
            observation.region_key = kreis.region_key
            and observation.period_end between kreis.valid_from and kreis.valid_to
),

reference_date as (
    select distinct period_end,
    from kreis_value
),

required as (
    select
        reference.period_end,
        kreis.parent_key,
        count(*) as n_kreise,
    from reference_date as reference
    inner join kreis on reference.period_end between kreis.valid_from and kreis.valid_to
    group by all
),

summed as (
    select
        parent_key,
        {% for column in sum_key %}
            {{ column }},
        {% endfor %}
        count(*) as n_kreise,
        bool_and(is_usable_exact) as is_exact,
        bool_and(is_usable_exact or is_usable_rounded) as is_complete,
        max(territory_date) as territory_date,
        sum(coalesce(value, 0)) as value,
        sum(value_low) as value_low,
        sum(value_high) as value_high,
        max(source_known_from) as source_known_from,
        max(recorded_at) as recorded_at,
        {{ collect_words("nullif(flags, '')") }} as flags,
    from kreis_value
    group by all
)

select
    summed.parent_key as region_key,
    'land' as region_level,
    {% for column in sum_key %}
        summed.{{ column }},
    {% endfor %}
    summed.territory_date,
    cast(summed.value as decimal(24, 6)) as value,
    cast(summed.value_low as decimal(24, 6)) as value_low,
    cast(summed.value_high as decimal(24, 6)) as value_high,
    case when summed.value = 0 and summed.is_exact then 'zero' else 'value' end as status,
    not summed.is_exact as is_rounded,
    summed.source_known_from,
    summed.recorded_at,
    {{ merge_words([
        'summed.flags',
        "case when summed.is_exact then 'sum_of_parts' else 'sum_of_rounded' end",
    ]) }} as flags,
from summed
inner join required
    on
        summed.parent_key = required.parent_key
        and summed.period_end = required.period_end
        and summed.n_kreise = required.n_kreise
left join observation as land_row
    on
        summed.parent_key = land_row.region_key
        {% for column in sum_key %}
            and summed.{{ column }} = land_row.{{ column }}
        {% endfor %}
where
    summed.is_complete
    and land_row.cell_id is null
