-- Candidates for the numerator and the denominator of every variant, at every time: the observations and sums that its
-- selections name.
with available as (
    select
        cell_id,
        cast(null as varchar) as sum_id,
        cast(null as varchar) as sum_kind,
        axis,
        known_from,
        known_to,
        revision_kind,
        {% for column in cell_key() %}
            {{ column }},
        {% endfor %}
        region_level,
        territory_date,
        cast(value as decimal(24, 6)) as value,
        cast(value_low as decimal(24, 6)) as value_low,
        cast(value_high as decimal(24, 6)) as value_high,
        status,
        source_known_from,
        recorded_at,
        flags,
    from {{ ref('int_observation_known') }}
    union all by name
    select
        cast(null as varchar) as cell_id,
        *,
    from {{ ref('int_sum') }}
)

select
    part.indicator_id,
    part.variant,
    part.role,
    part.dataset_rank,
    part.basis_rank,
    available.axis,
    available.known_from,
    available.known_to,
    available.revision_kind,
    available.cell_id,
    available.sum_id,
    available.sum_id is not null as is_sum,
    available.dataset_id,
    available.region_key,
    available.region_level,
    available.period_type,
    available.period_start,
    available.period_end,
    available.territory_date,
    available.value,
    available.value_low,
    available.value_high,
    available.status,
    available.basis,
    available.place,
    available.source_known_from,
    available.recorded_at,
    available.flags,
from {{ ref('stg_catalog__indicator_part') }} as part
inner join {{ ref('stg_catalog__dataset') }} as dataset
    on
        part.dataset_id = dataset.dataset_id
        and dataset.territory_rule = 'as_published'
inner join available
    on
        part.dataset_id = available.dataset_id
        and part.measure = available.measure
        and part.sex = available.sex
        and part.citizenship_key = available.citizenship_key
        and part.age_group = available.age_group
        and part.dimensions = available.dimensions
where
    (part.nationality = '*' or part.nationality = available.nationality)
    and (part.place = '*' or part.place = available.place)
    and (part.basis = '*' or part.basis = available.basis)
    and (coalesce(available.sum_kind, '') <> 'land' or part.land_sum)
    and available.period_end between coalesce(part.valid_from, available.period_end)
    and coalesce(part.valid_to, available.period_end)
