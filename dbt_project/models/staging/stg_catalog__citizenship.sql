select
    citizenship_key,
    name_de,
    iso2,
    continent,
from {{ source('inputs', 'catalog_citizenship') }}
