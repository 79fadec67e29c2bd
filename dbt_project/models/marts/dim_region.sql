select
    region_key,
    region_name,
    region_level,
    kind,
    nuts3,
    valid_from,
    valid_to,
    successor_key,
    comparator_of,
from {{ ref('stg_catalog__region') }}
order by region_key
