{{ config(
    materialized='table_function',
    parameters=['ts'],
    contract={'enforced': false},
    persist_docs={'relation': false, 'columns': false}
) }}
-- Of several publications the last in the journal's order counts, whatever a clock said.
with published as (
    select
        *,
        row_number() over (partition by value_id order by publication_no desc) as from_last,
    from {{ ref('mart_publication') }}
    where published_at <= cast(ts as timestamp)
)

select
    value_id,
    value,
    status,
    release_id,
    published_at,
    definition_version,
from published
where
    from_last = 1
    and status <> 'removed'
