select
    country_group,
    version,
    label_de,
    citizenship_key,
    valid_from,
    valid_to,
    members,
    note_de,
from {{ ref('stg_catalog__country_group') }}
order by country_group, version
