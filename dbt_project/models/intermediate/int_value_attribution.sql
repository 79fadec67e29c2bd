{{ config(materialized='view') }}
-- Whom to name beside a value: its datasets' attributions, one after the other.
select
    bridge.value_id,
    {{ join_texts('dataset.attribution', 'dataset.dataset_id', '; ') }} as source_de,
from {{ ref('mart_indicator_dataset') }} as bridge
inner join {{ ref('stg_catalog__dataset') }} as dataset on bridge.dataset_id = dataset.dataset_id
group by bridge.value_id
