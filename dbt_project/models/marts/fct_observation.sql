select * exclude (axis, vintage_no, revision_kind, known_from, known_to, is_withdrawn),
from {{ ref('fct_observation_vintage') }} as vintage
where
    {{ holds_today() }}
    and not vintage.is_withdrawn
