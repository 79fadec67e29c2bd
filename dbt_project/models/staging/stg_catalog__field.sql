select
    kind,
    name,
    gap_de,
from {{ source('inputs', 'catalog_field') }}
