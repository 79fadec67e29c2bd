select
    raw_sha256,
    raw_locator,
    origin_file,
    origin_sha256,
    origin_locator,
    origin_stand,
from {{ source('inputs', 'origin') }}
