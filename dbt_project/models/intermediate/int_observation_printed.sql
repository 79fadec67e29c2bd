{{ config(materialized='view') }}
-- What the source says, at every time: the vintages of every cell but those in which it says nothing, with the bounds
-- that the source's rounding leaves, and flags.
with vintage as (
    select
        cell.* exclude (figure_id),
        vintage.* exclude (cell_id, is_withdrawn),
        measure.rounding_low,
        measure.rounding_high,
        measure.rounding_step is not null
        and cell.period_end >= coalesce(measure.rounding_from, cell.period_end) as is_rounded,
        coalesce(cell.period_end >= measure.perturbed_from, false) as is_perturbed,
    from {{ ref('int_observation_vintages') }} as vintage
    inner join {{ ref('int_observation_cell') }} as cell using (cell_id)
    left join {{ ref('stg_catalog__measure') }} as measure
        on
            cell.dataset_id = measure.dataset_id
            and cell.measure = measure.measure
            and cell.unit = measure.unit
    where not vintage.is_withdrawn
)

select
    * exclude (rounding_low, rounding_high),
    case
        when not is_rounded then value
        when status = 'rounded_to_zero' then 0
        else {{ not_below_zero('(value - rounding_low)') }}
    end as value_low,
    case
        when not is_rounded then value
        when status = 'rounded_to_zero' then rounding_high
        else value + rounding_high
    end as value_high,
    case
        when quality is null and revision_kind <> 'own_correction' and not is_perturbed then ''
        else {{ merge_words([
            "case when revision_kind = 'own_correction' then 'own_correction' end",
            "case when is_perturbed then 'perturbed_by_source' end",
            "case when quality = 'p' then 'provisional' end",
            "case when quality = 'r' then 'corrected_by_source' end",
            "case when quality = 's' then 'estimated_by_source' end",
            "case when quality = '()' then 'uncertain_by_source' end",
        ]) }}
    end as flags,
from vintage
