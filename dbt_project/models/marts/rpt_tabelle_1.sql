-- The local integration concepts, state by state, of all Kreise of that day. Whom a state does not name, of that Kreis
-- nothing is said.
with state as (
    select distinct
        as_of,
        source_de,
    from {{ ref('stg_catalog__concept') }}
)

select
    state.as_of,
    region.region_key,
    region.region_name,
    region.kind,
    coalesce(concept.status, 'not_recorded') as status,
    case coalesce(concept.status, 'not_recorded')
        when 'in_force' then 'in Kraft'
        when 'in_progress' then 'in Arbeit'
        when 'none' then 'keines'
        else 'in der Quelle nicht genannt'
    end as status_de,
    concept.year as in_force_since,
    state.source_de,
from state
inner join {{ ref('stg_catalog__region') }} as region
    on
        region.parent_key = '16'
        and region.region_level = 'kreis'
        and {{ valid_on('region', 'state.as_of') }}
left join {{ ref('stg_catalog__concept') }} as concept
    on
        state.as_of = concept.as_of
        and region.region_key = concept.region_key
order by state.as_of, region.region_key
