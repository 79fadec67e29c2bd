{{ config(materialized='view') }}
-- What the source says today: the last vintage of every cell that was not withdrawn by it, with the bounds that the
-- source's rounding leaves, and flags.
with current_vintage as (
    select
        cell.*,
        vintage.* exclude (cell_id),
        measure.rounding_low,
        measure.rounding_high,
        measure.rounding_step is not null
        and cell.period_end >= coalesce(measure.rounding_from, cell.period_end) as is_rounded,
    from {{ ref('int_observation_vintage') }} as vintage
    inner join {{ ref('int_observation_cell') }} as cell using (cell_id)
    left join {{ ref('stg_catalog__measure') }} as measure
        on
            cell.dataset_id = measure.dataset_id
            and cell.measure = measure.measure
            and cell.unit = measure.unit
    where
        vintage.is_current
        and vintage.change_kind <> 'withdrawn'
)

select
    current_vintage.cell_id,
    {% for column in cell_key() %}
        current_vintage.{{ column }},
    {% endfor %}
    current_vintage.region_level,
    current_vintage.territory_date,
    current_vintage.value,
    current_vintage.sign,
    current_vintage.status,
    current_vintage.quality,
    current_vintage.raw_sha256,
    current_vintage.raw_locator,
    current_vintage.citation,
    current_vintage.source_known_from,
    current_vintage.known_from_quality,
    current_vintage.recorded_at,
    current_vintage.is_rounded,
    case
        when not current_vintage.is_rounded then current_vintage.value
        when current_vintage.status = 'rounded_to_zero' then 0
        else {{ not_below_zero('(current_vintage.value - current_vintage.rounding_low)') }}
    end as value_low,
    case
        when not current_vintage.is_rounded then current_vintage.value
        when current_vintage.status = 'rounded_to_zero' then current_vintage.rounding_high
        else current_vintage.value + current_vintage.rounding_high
    end as value_high,
    {{ merge_words([
        "case when current_vintage.change_kind = 'own_correction' then 'own_correction' end",
        "case when current_vintage.quality = 'p' then 'provisional' end",
        "case when current_vintage.quality = 'r' then 'corrected_by_source' end",
        "case when current_vintage.quality = 's' then 'estimated_by_source' end",
        "case when current_vintage.quality = '()' then 'uncertain_by_source' end",
    ]) }} as flags,
from current_vintage
