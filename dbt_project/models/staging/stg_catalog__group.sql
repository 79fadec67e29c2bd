select
    group_key,
    label_de,
    nationality,
    sex,
    age_group,
    country_group,
from {{ source('inputs', 'catalog_group') }}
