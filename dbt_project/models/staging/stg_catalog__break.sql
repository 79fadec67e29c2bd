select
    break_id,
    kind,
    break_at,
    basis,
    known_from,
    dataset_id,
    measure,
    indicator_id,
    variant,
    region_key,
    text_de,
    source_de,
from {{ source('inputs', 'catalog_break') }}
