select
    dataset_id,
    measure,
    sex,
    dimensions,
    n_cells,
    absent_high,
    limits_de,
from {{ source('inputs', 'catalog_citizenship_count') }}
