select
    region_key,
    version_no,
    valid_from,
    valid_to,
    step_id,
    text_de,
    source_de,
from {{ ref('stg_catalog__region_version') }}
order by region_key, version_no
