select
    dataset_id,
    sum_no,
    sum_kind,
    field,
    measure,
    unit,
    total_word,
    n_parts,
    tolerance,
    is_promised,
from {{ source('inputs', 'catalog_sum') }}
