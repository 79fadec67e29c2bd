select
    scheme,
    region_key,
    type_key,
    type_de,
    valid_from,
    valid_to,
    source_de,
from {{ source('inputs', 'catalog_region_type') }}
