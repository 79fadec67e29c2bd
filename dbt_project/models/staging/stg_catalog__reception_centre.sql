select
    region_key,
    name_de,
    valid_from,
    valid_to,
    source_de,
from {{ source('inputs', 'catalog_reception_centre') }}
