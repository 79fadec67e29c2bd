select
    territory_key,
    region_key,
from {{ source('inputs', 'catalog_territory_unit') }}
