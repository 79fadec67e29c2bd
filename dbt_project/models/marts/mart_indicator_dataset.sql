select
    value_id,
    {{ each_word('dataset_ids') }} as dataset_id,
from {{ ref('mart_indicator') }}
where dataset_ids <> ''
order by 1, 2
