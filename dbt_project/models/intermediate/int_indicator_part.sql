-- Candidates for the numerator and the denominator of every variant, at every time: the observations and sums that its
-- selections name, as published and on the territories that counts are converted to. On those a Land keeps its figure,
-- and a rate that was adopted has none.
with parent as (
    select distinct
        unit.territory_key,
        region.parent_key,
    from {{ ref('stg_catalog__territory_unit') }} as unit
    inner join {{ ref('stg_catalog__region') }} as region using (region_key)
),

available as (
    select
        'as_published' as territory_key,
        sum_id is not null as is_sum,
        *,
    from {{ ref('int_figure') }}
    union all by name
    select
        parent.territory_key,
        figure.sum_id is not null as is_sum,
        figure.*,
    from {{ ref('int_figure') }} as figure
    inner join parent on figure.region_key = parent.parent_key
    union all by name
    select
        sum_kind is not null as is_sum,
        cast(null as varchar) as cell_id,
        *,
    from {{ ref('int_territory') }}
)

select
    part.indicator_id,
    part.variant,
    part.role,
    part.dataset_rank,
    part.basis_rank,
    available.territory_key,
    available.axis,
    available.known_from,
    available.known_to,
    available.revision_kind,
    available.cell_id,
    available.sum_id,
    available.is_sum,
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
inner join {{ ref('stg_catalog__indicator_variant') }} as variant
    on
        part.indicator_id = variant.indicator_id
        and part.variant = variant.variant
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
    and (available.territory_key = 'as_published' or variant.formula <> 'adopted')
    and (coalesce(available.sum_kind, '') <> 'land' or part.land_sum)
    and {{ valid_on('part', 'available.period_end') }}
