{{ config(materialized='view') }}
-- What a formula may take: every observation of the measures that indicators name, and every complete sum of them, at
-- every time.
with named as (
    select distinct
        dataset_id,
        measure,
    from {{ ref('stg_catalog__indicator_part') }}
),

figure as (
    select
        cell_id,
        cast(null as varchar) as sum_id,
        cast(null as varchar) as sum_kind,
        axis,
        known_from,
        known_to,
        revision_kind,
        {% for column in cell_key() %}
            {{ column }},
        {% endfor %}
        region_level,
        territory_date,
        cast(value as decimal(24, 6)) as value,
        cast(value_low as decimal(24, 6)) as value_low,
        cast(value_high as decimal(24, 6)) as value_high,
        is_rounded,
        status,
        source_known_from,
        recorded_at,
        flags,
    from {{ ref('int_observation_known') }}
    union all by name
    select
        cast(null as varchar) as cell_id,
        *,
    from {{ ref('int_sum') }}
)

select figure.*,
from figure
inner join named using (dataset_id, measure)
