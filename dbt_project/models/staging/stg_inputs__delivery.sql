select
    dataset_id,
    raw_sha256,
    parse_key,
    parse_seq,
    is_current_parse,
    delivery_seq,
    source_known_from,
    known_from_quality,
    recorded_at,
    parsed_at,
    scope_from,
    scope_to,
from {{ source('inputs', 'delivery') }}
