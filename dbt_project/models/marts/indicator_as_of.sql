{{ config(
    materialized='table_function',
    parameters=['ts', "axis := 'source'"],
    contract={'enforced': false},
    persist_docs={'relation': false, 'columns': false}
) }}
select {{ indicator_columns() }},
from {{ ref('mart_indicator_vintage') }} as vintage
where {{ held_on_axis('cast(ts as timestamp)', 'axis') }}
