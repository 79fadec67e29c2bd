select
    as_of,
    region_key,
    status,
    year,
    source_de,
from {{ source('inputs', 'catalog_concept') }}
