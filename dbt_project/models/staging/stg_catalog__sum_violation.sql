select
    explanation_id,
    explanation_seq,
    dataset_id,
    sum_kind,
    is_explained,
    reason_de,
    source_de,
from {{ source('inputs', 'catalog_sum_violation') }}
