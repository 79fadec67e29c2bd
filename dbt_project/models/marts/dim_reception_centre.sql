select
    region_key,
    name_de,
    valid_from,
    valid_to,
    source_de,
from {{ ref('stg_catalog__reception_centre') }}
order by region_key, valid_from nulls first, name_de
