select {{ indicator_columns() }},
from {{ ref('mart_indicator_vintage') }} as vintage
where {{ holds_today() }}
order by
    vintage.indicator_id,
    vintage.variant,
    vintage.region_key,
    vintage.period_end,
    vintage.group_key
