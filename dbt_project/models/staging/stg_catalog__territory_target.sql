select
    territory_key,
    target_date,
from {{ source('inputs', 'catalog_territory_target') }}
