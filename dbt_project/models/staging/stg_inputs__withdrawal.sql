select
    value_id,
    reason_de,
    withdrawn_at,
from {{ source('inputs', 'withdrawal') }}
