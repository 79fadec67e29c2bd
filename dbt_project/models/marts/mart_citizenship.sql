-- How many people of a citizenship a dataset names in a region: the sum of the disjoint cells that the catalogue lists,
-- with the bounds of their rounding and of cells that an answer leaves out. A hidden cell leaves no sum: added up are
-- printed numbers only, which tell of hidden ones nothing that they do not tell by themselves. A rank counts who
-- certainly has more people, and who may have.
{% set place = [
    'dataset_id', 'measure', 'region_key', 'region_name', 'region_level', 'period_type', 'period_start', 'period_end',
    'territory_date', 'basis', 'place',
] %}
{% set citizenship = ['citizenship_key', 'name_de', 'is_nationality', 'n_cells', 'absent_high', 'limits_de'] %}
with cell as (
    select
        observation.*,
        region.region_name,
        citizenship.name_de,
        citizenship.is_nationality,
        counted.n_cells,
        counted.absent_high,
        counted.limits_de,
    from {{ ref('fct_observation') }} as observation
    inner join {{ ref('stg_catalog__citizenship_count') }} as counted
        on
            observation.dataset_id = counted.dataset_id
            and observation.measure = counted.measure
            and observation.sex = counted.sex
            and observation.dimensions = counted.dimensions
    inner join {{ ref('dim_citizenship') }} as citizenship
        on observation.citizenship_key = citizenship.citizenship_key
    inner join {{ ref('stg_catalog__region') }} as region on observation.region_key = region.region_key
    where
        observation.age_group = 'insgesamt'
        and observation.status <> 'not_existing'
),

added_up as (
    select
        {% for column in place + citizenship %}
            {{ column }},
        {% endfor %}
        n_cells - count(*) as n_cells_absent,
        count(value_high) = count(*) as is_named,
        {{ value_at_max('status', status_weight('status')) }} as status,
        sum(value) as value,
        sum(value_low) as value_low,
        sum(value_high) + coalesce(absent_high * (n_cells - count(*)), 0) as value_high,
        {{ collect_words("nullif(flags, '')") }} as flags,
        {{ collect_words('observation_id') }} as observation_ids,
    from cell
    group by {{ (place + citizenship) | join(', ') }}
),

stated as (
    select
        * replace (
            case when is_named then cast(value_low as decimal(24, 6)) end as value_low,
            case when is_named then cast(value_high as decimal(24, 6)) end as value_high,
            case
                when not is_named then status
                when value > 0 then 'value'
                when n_cells_absent > 0 or status = 'rounded_to_zero' then 'rounded_to_zero'
                else 'zero'
            end as status
        ),
    from added_up
),

rank_of as (
    select
        {% for column in place %}
            own.{{ column }},
        {% endfor %}
        own.citizenship_key,
        1 + count(case when other.value_low > own.value_high then 1 end) as rank_low,
        1 + count(case when coalesce(other.value_high > own.value_low, true) then other.citizenship_key end)
            as rank_high,
    from stated as own
    left join stated as other
        on
            {{ same_key('own', 'other', place) }}
            and own.citizenship_key <> other.citizenship_key
            and other.is_nationality
    where
        own.is_nationality
        and own.is_named
    group by
        {% for column in place %}
            own.{{ column }},
        {% endfor %}
        own.citizenship_key
)

select
    {% for column in place %}
        stated.{{ column }},
    {% endfor %}
    stated.citizenship_key,
    stated.name_de,
    stated.is_nationality,
    case when stated.status in ('value', 'zero') then cast(stated.value as decimal(24, 6)) end as value,
    stated.value_low,
    stated.value_high,
    stated.status,
    rank_of.rank_low,
    -- A citizenship that is not named at all may have as many people as its absent cells hold.
    case when stated.value_low >= stated.absent_high * stated.n_cells then rank_of.rank_high end as rank_high,
    stated.n_cells,
    stated.n_cells_absent,
    {{ merge_words([
        'stated.flags',
        "case when stated.is_named and stated.n_cells > 1 then case when stated.value_low = stated.value_high"
        " then 'sum_of_parts' else 'sum_of_rounded' end end",
    ]) }} as flags,
    stated.observation_ids,
    stated.limits_de,
from stated
left join rank_of
    on
        {{ same_key('stated', 'rank_of', place) }}
        and stated.citizenship_key = rank_of.citizenship_key
order by
    stated.dataset_id,
    stated.region_key,
    stated.period_end,
    stated.citizenship_key
