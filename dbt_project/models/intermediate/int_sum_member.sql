{{ config(materialized='view') }}
-- Of which observations a sum consists today.
select distinct
    sum_id,
    cell_id,
from {{ ref('int_sum_part') }} as vintage
where {{ holds_today() }}
