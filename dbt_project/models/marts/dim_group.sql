select
    group_key,
    label_de,
    nationality,
    sex,
    age_group,
    country_group,
from {{ ref('stg_catalog__group') }}
order by group_key
