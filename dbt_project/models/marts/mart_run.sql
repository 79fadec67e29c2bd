-- What the builds before this one did. The build adds its own rows when dbt has ended.
select
    run_no,
    started_at,
    outcome,
    kind,
    name,
    status,
    seconds,
    failures,
from {{ ref('stg_inputs__run') }}
order by run_no, kind, name
