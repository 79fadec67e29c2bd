{{ config(materialized='view') }}
-- Of which observations a sum, or a figure on another territory, consists today, and with which share of each.
with age_or_land as (
    select distinct
        vintage.sum_id,
        vintage.cell_id,
    from {{ ref('int_sum_part') }} as vintage
    where {{ holds_today() }}
),

territory as (
    select distinct
        vintage.sum_id,
        vintage.cell_id,
        vintage.figure_sum_id,
        vintage.weight,
        vintage.quality,
        vintage.weight_kind,
        vintage.steps,
    from {{ ref('int_territory_part') }} as vintage
    where {{ holds_today() }}
)

select
    sum_id,
    cell_id,
    cast(1 as decimal(18, 15)) as weight,
    'exact' as weight_quality,
    cast(null as varchar) as weight_kind,
    cast(null as varchar) as steps,
from age_or_land
union all
select
    territory.sum_id,
    coalesce(territory.cell_id, part.cell_id) as cell_id,
    territory.weight,
    territory.quality as weight_quality,
    territory.weight_kind,
    territory.steps,
from territory
left join age_or_land as part on territory.figure_sum_id = part.sum_id
