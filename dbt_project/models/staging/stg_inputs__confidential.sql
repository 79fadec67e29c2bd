select
    value_id,
    reason_de,
from {{ source('inputs', 'confidential') }}
