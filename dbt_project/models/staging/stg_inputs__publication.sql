select
    value_id,
    publication_no,
    release_id,
    published_at,
    value,
    status,
    definition_version,
from {{ source('inputs', 'publication') }}
