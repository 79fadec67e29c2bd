select
    value_id,
    {{ each_word('flags') }} as flag,
from {{ ref('mart_indicator') }}
where flags <> ''
order by 1, 2
