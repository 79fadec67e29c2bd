select
    run_no,
    started_at,
    outcome,
    kind,
    name,
    status,
    seconds,
    failures,
from {{ source('inputs', 'run') }}
