-- How many nationalities a dataset names in a region, and of how many there is certainly somebody: never more than a
-- lower bound, because who is not named may be there.
{% set place = [
    'dataset_id', 'measure', 'region_key', 'region_name', 'region_level', 'period_type', 'period_start', 'period_end',
    'territory_date', 'basis', 'place',
] %}
with counted as (
    select distinct
        dataset_id,
        measure,
        limits_de,
    from {{ ref('stg_catalog__citizenship_count') }}
),

held as (
    select distinct
        {% for column in place %}
            {{ 'region' if column == 'region_name' else 'observation' }}.{{ column }},
        {% endfor %}
        counted.limits_de,
    from {{ ref('fct_observation') }} as observation
    inner join counted using (dataset_id, measure)
    inner join {{ ref('stg_catalog__region') }} as region on observation.region_key = region.region_key
    where observation.status <> 'not_existing'
)

select
    {% for column in place %}
        held.{{ column }},
    {% endfor %}
    case when count(named.citizenship_key) > 0 then count(named.citizenship_key) end as n_named,
    case when count(named.citizenship_key) > 0 then count(case when named.value_low > 0 then 1 end) end as n_at_least,
    case when count(named.citizenship_key) > 0 then 'value' else 'not_recorded' end as status,
    held.limits_de,
from held
left join {{ ref('mart_citizenship') }} as named
    on
        {{ same_key('held', 'named', place) }}
        and named.is_nationality
group by
    {% for column in place %}
        held.{{ column }},
    {% endfor %}
    held.limits_de
order by
    held.dataset_id,
    held.region_key,
    held.period_end
