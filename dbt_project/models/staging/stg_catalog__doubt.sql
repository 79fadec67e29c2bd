select
    dataset_id,
    region_prefix,
    period_from,
    period_to,
    flag,
    reason_de,
from {{ source('inputs', 'catalog_doubt') }}
