-- The cells that were ever read, each with the columns that make it. `figure_id` is the same for one figure on
-- different bases.
select
    {{ key_hash(cell_key()) }} as cell_id,
    {{ key_hash(cell_key() | reject('equalto', 'basis')) }} as figure_id,
    {% for column in cell_key() %}
        {{ column }},
    {% endfor %}
    max(observation.region_level) as region_level,
from {{ ref('stg_landing__observation') }} as observation
inner join {{ ref('int_parse') }} using (dataset_id, raw_sha256, parse_key)
group by all
