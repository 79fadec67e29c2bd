{{ config(
    materialized='table_function',
    parameters=['ts', "axis := 'source'"],
    contract={'enforced': false},
    persist_docs={'relation': false, 'columns': false}
) }}
select * exclude (axis, vintage_no, revision_kind, known_from, known_to, is_withdrawn),
from {{ ref('fct_observation_vintage') }} as vintage
where
    not vintage.is_withdrawn
    and {{ held_on_axis('cast(ts as timestamp)', 'axis') }}
