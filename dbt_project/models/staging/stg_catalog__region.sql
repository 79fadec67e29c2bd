select
    region_key,
    region_name,
    region_level,
    kind,
    nuts3,
    parent_key,
    valid_from,
    valid_to,
    successor_key,
    comparator_of,
from {{ source('inputs', 'catalog_region') }}
