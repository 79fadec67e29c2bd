-- Everything that was published before. The release writes the table anew, with its own rows, when it is published.
select
    value_id,
    publication_no,
    release_id,
    published_at,
    value,
    status,
    definition_version,
from {{ ref('stg_inputs__publication') }}
order by value_id, publication_no
