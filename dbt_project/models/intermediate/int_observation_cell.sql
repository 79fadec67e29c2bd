-- The cells that the accepted answers hold, each with the columns that make it.
select
    {{ key_hash(cell_key()) }} as cell_id,
    {% for column in cell_key() %}
        {{ column }},
    {% endfor %}
    max(observation.region_level) as region_level,
from {{ ref('stg_landing__observation') }} as observation
inner join {{ ref('int_parse_in_use') }} as parse_in_use using (dataset_id, raw_sha256, parse_key)
where parse_in_use.is_present
group by all
