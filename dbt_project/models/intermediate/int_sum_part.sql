-- What complete sums are made of, at every time: the Kreise of a Land, for the measures of which the catalogue allows
-- it, and the age groups of an age span that a formula names. A sum has the id that the cell would have if the source
-- printed it. Figures that their source changed at random (cell key) make none.
{% set key = cell_key() %}
with known as (
    select *,
    from {{ ref('int_observation_known') }}
),

summable as (
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

reference_date as (
    select distinct period_end,
    from known
    inner join summable using (dataset_id, measure)
),

required_kreise as (
    select
        reference_date.period_end,
        kreis.parent_key,
        count(*) as n_required,
    from reference_date
    inner join kreis on reference_date.period_end between kreis.valid_from and kreis.valid_to
    group by all
),

-- A Kreis that ended within a period and has a figure of its own for it: nobody knows whether its successor's figure
-- holds it, and the Kreise make no sum.
left_over as (
    select distinct
        known.dataset_id,
        known.measure,
        known.period_start,
        known.period_end,
        kreis.parent_key,
    from known
    inner join summable using (dataset_id, measure)
    inner join kreis
        on
            known.region_key = kreis.region_key
            and known.period_start <= kreis.valid_to
            and known.period_end > kreis.valid_to
            and known.status <> 'not_existing'
),

of_land as (
    select
        'land' as sum_kind,
        required_kreise.n_required,
        known.* replace (kreis.parent_key as region_key, 'land' as region_level),
    from known
    inner join summable using (dataset_id, measure)
    inner join kreis
        on
            known.region_key = kreis.region_key
            and known.period_end between kreis.valid_from and kreis.valid_to
    inner join required_kreise
        on
            kreis.parent_key = required_kreise.parent_key
            and known.period_end = required_kreise.period_end
    left join left_over
        on
            kreis.parent_key = left_over.parent_key
            and known.dataset_id = left_over.dataset_id
            and known.measure = left_over.measure
            and known.period_start = left_over.period_start
            and known.period_end = left_over.period_end
    where left_over.parent_key is null
),

age_span as (
    select
        *,
        count(*) over (partition by dataset_id, measure, age_group) as n_required,
    from {{ ref('stg_catalog__age_sum') }}
),

of_age_span as (
    select
        'age' as sum_kind,
        age_span.n_required,
        known.* replace (age_span.age_group as age_group),
    from known
    inner join age_span
        on
            known.dataset_id = age_span.dataset_id
            and known.measure = age_span.measure
            and known.age_group = age_span.member
),

part as (
    select *,
    from of_land
    union all by name
    select *,
    from of_age_span
)

select
    {{ key_hash(key) }} as sum_id,
    sum_kind,
    n_required,
    axis,
    cell_id,
    {% for column in key %}
        {{ column }},
    {% endfor %}
    region_level,
    territory_date,
    known_from,
    known_to,
    revision_kind,
    value,
    value_low,
    value_high,
    not is_rounded and not is_perturbed and status in ('value', 'zero') and value is not null as is_exact,
    is_rounded and not is_perturbed and status in ('value', 'zero', 'rounded_to_zero') as is_usable_rounded,
    source_known_from,
    recorded_at,
    flags,
from part
