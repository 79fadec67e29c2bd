select
    cell_id as observation_id,
    {% for column in cell_key() %}
        {{ column }},
    {% endfor %}
    region_level,
    territory_date,
    value,
    case when is_rounded then value_low end as value_low,
    case when is_rounded then value_high end as value_high,
    sign,
    status,
    quality,
    raw_sha256,
    raw_locator,
    citation,
    source_known_from,
    known_from_quality,
    recorded_at,
    flags,
from {{ ref('int_observation_current') }}
order by dataset_id, measure, period_end, region_key, cell_id
