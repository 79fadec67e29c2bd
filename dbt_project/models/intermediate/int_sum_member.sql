{{ config(materialized='view') }}
-- Of which observations a sum consists today.
select distinct
    sum_id,
    cell_id,
from {{ ref('int_sum_part') }}
where
    axis = 'source'
    and known_to is null
