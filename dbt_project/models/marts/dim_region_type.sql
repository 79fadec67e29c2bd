select
    scheme,
    region_key,
    type_key,
    type_de,
    valid_from,
    valid_to,
    source_de,
from {{ ref('stg_catalog__region_type') }}
order by scheme, region_key, valid_from nulls first
