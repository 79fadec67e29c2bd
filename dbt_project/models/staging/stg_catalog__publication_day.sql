select
    dataset_id,
    period,
    begins,
    expected_by,
from {{ source('inputs', 'catalog_publication_day') }}
