select
    dataset_id,
    sum_no,
    role,
    word,
from {{ source('inputs', 'catalog_sum_word') }}
