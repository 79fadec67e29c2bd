select
    region_key,
    version_no,
    valid_from,
    valid_to,
    step_id,
    text_de,
    source_de,
from {{ source('inputs', 'catalog_region_version') }}
