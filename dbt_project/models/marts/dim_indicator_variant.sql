select
    indicator_id,
    variant,
    label_de,
    priority,
    case when formula = 'adopted' then 'adopted' else 'computed' end as method,
    group_key,
    may_default,
    valid_from,
    valid_to,
    why_de,
    missing,
    missing_de,
from {{ ref('stg_catalog__indicator_variant') }}
order by indicator_id, priority
