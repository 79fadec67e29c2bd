{{ config(materialized='view') }}
-- What holds today, as the source knows it.
select * exclude (axis, known_to),
from {{ ref('int_observation_known') }} as vintage
where {{ holds_today() }}
