{{ config(materialized='view') }}
-- Every value of every variant as the source knows it today.
select * exclude (axis, known_to),
from {{ ref('int_indicator_vintages') }} as vintage
where {{ holds_today() }}
