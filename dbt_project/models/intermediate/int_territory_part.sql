-- What the figures on another territory are made of, at every time: those of all Kreise of which a part, or all, lies
-- in the new one, with the share of each. Only what its source publishes as of its own day is converted; which share
-- fits is a property of the measure, and where none is known there is none.
{% set target_key = ['weight.territory_key'] %}
{% for column in cell_key() %}
    {% do target_key.append('weight.to_key' if column == 'region_key' else 'published.' ~ column) %}
{% endfor %}
with named as (
    select distinct
        part.dataset_id,
        part.measure,
    from {{ ref('stg_catalog__indicator_part') }} as part
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant using (indicator_id, variant)
    inner join {{ ref('stg_catalog__dataset') }} as dataset using (dataset_id)
    where
        variant.formula <> 'adopted'
        and dataset.territory_rule = 'as_published'
),

weight as (
    select
        *,
        count(*) over (partition by territory_key, weight_kind, applies_from, to_key) as n_required,
    from {{ ref('stg_catalog__territory_weight') }}
),

-- A unit that ended within a period and has a figure of its own for it: its successor's figure for that period is not
-- the whole, whatever its source says, and there is none.
left_over as (
    select distinct
        {{ key_hash(target_key) }} as sum_id,
        weight.territory_key,
    from {{ ref('int_figure') }} as published
    inner join named using (dataset_id, measure)
    inner join {{ ref('stg_catalog__region') }} as region
        on
            published.region_key = region.region_key
            and published.period_start <= region.valid_to
            and published.period_end > region.valid_to
            and published.status <> 'not_existing'
    inner join weight
        on
            published.region_key = weight.from_key
            and weight.to_key <> weight.from_key
),

figure as (
    select
        {{ key_hash(target_key) }} as sum_id,
        weight.territory_key,
        weight.n_required,
        weight.weight,
        weight.weight_low,
        weight.weight_high,
        weight.quality,
        weight.weight_kind,
        weight.steps,
        weight.reason,
        weight.after_step,
        published.sum_id as figure_sum_id,
        published.* exclude (sum_id) replace (weight.to_key as region_key),
        published.value is not null or published.status = 'rounded_to_zero' as is_usable,
    from {{ ref('int_figure') }} as published
    inner join named using (dataset_id, measure)
    inner join {{ ref('stg_catalog__measure') }} as measure
        on
            published.dataset_id = measure.dataset_id
            and published.measure = measure.measure
            and published.unit = measure.unit
    inner join weight
        on
            published.region_key = weight.from_key
            and measure.territory_weight = weight.weight_kind
            and published.period_end between weight.applies_from and weight.applies_to
)

select
    figure.* replace (
        case when left_over.sum_id is null then figure.weight end as weight,
        case when left_over.sum_id is null then figure.weight_low end as weight_low,
        case when left_over.sum_id is null then figure.weight_high end as weight_high,
        case when left_over.sum_id is null then figure.reason else 'crosses_step' end as reason
    ),
from figure
left join left_over
    on
        figure.sum_id = left_over.sum_id
        and figure.territory_key = left_over.territory_key
