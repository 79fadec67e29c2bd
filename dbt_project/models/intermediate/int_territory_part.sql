-- What the figures on another territory are made of, at every time: those of all Kreise of which a part, or all, lies
-- in the new one, with the share of each. Only what its source publishes as of its own day is converted; which share
-- fits is a property of the measure, and where none is known there is none.
{% set target_key = ['weight.territory_key'] %}
{% for column in cell_key() %}
    {% do target_key.append('weight.to_key' if column == 'region_key' else 'figure.' ~ column) %}
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
)

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
    figure.sum_id as figure_sum_id,
    figure.* exclude (sum_id) replace (weight.to_key as region_key),
    figure.value is not null or figure.status = 'rounded_to_zero' as is_usable,
from {{ ref('int_figure') }} as figure
inner join named using (dataset_id, measure)
inner join {{ ref('stg_catalog__measure') }} as measure
    on
        figure.dataset_id = measure.dataset_id
        and figure.measure = measure.measure
        and figure.unit = measure.unit
inner join weight
    on
        figure.region_key = weight.from_key
        and measure.territory_weight = weight.weight_kind
        and figure.period_end between weight.applies_from and weight.applies_to
