select
    country_group,
    version,
    label_de,
    citizenship_key,
    valid_from,
    valid_to,
    members,
    note_de,
from {{ source('inputs', 'catalog_country_group') }}
