select
    dataset_id,
    measure,
    age_group,
    member,
from {{ source('inputs', 'catalog_age_sum') }}
