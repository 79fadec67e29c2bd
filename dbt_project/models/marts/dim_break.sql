select
    break_id,
    kind,
    break_at,
    known_from,
    nullif(basis, '*') as basis,
    {{ collect_words("nullif(indicator_id, '*')") }} as indicator_ids,
    {{ collect_words("nullif(variant, '*')") }} as variants,
    {{ collect_words("nullif(dataset_id, '*')") }} as dataset_ids,
    {{ collect_words("nullif(measure, '*')") }} as measures,
    {{ collect_words("nullif(region_key, '*')") }} as region_keys,
    text_de,
    source_de,
from {{ ref('stg_catalog__break') }}
group by break_id, kind, break_at, known_from, basis, text_de, source_de
order by break_id
