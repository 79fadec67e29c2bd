with vintage as (
    select *,
    from {{ ref('fct_observation_vintage') }}
    where axis = 'source'
),

-- Only what changed after its first publication is a revision; a figure that came late was not revised.
first_vintage as (
    select *,
    from vintage
    where status in ('value', 'zero', 'rounded_to_zero')
    qualify row_number() over (partition by observation_id order by vintage_no) = 1
),

latest_vintage as (
    select *,
    from vintage
    qualify row_number() over (partition by observation_id order by vintage_no desc) = 1
),

counted as (
    select
        vintage.observation_id,
        count(*) as n_revisions,
        {{ collect_words('vintage.revision_kind') }} as revision_kinds,
    from vintage
    inner join first_vintage using (observation_id)
    where vintage.vintage_no > first_vintage.vintage_no
    group by vintage.observation_id
)

select
    first_vintage.observation_id,
    first_vintage.dataset_id,
    first_vintage.measure,
    first_vintage.region_key,
    first_vintage.period_type,
    first_vintage.period_start,
    first_vintage.period_end,
    counted.n_revisions,
    counted.revision_kinds,
    first_vintage.value as first_value,
    first_vintage.status as first_status,
    first_vintage.known_from as first_known_from,
    latest_vintage.value as latest_value,
    latest_vintage.status as latest_status,
    latest_vintage.known_from as latest_known_from,
    latest_vintage.value - first_vintage.value as difference,
    case
        when first_vintage.value > 0
            then cast(100 * (latest_vintage.value - first_vintage.value) / first_vintage.value as decimal(18, 4))
    end as difference_pct,
    {{ days_between('first_vintage.known_from', 'latest_vintage.known_from') }} as days_to_latest,
    coalesce(latest_vintage.quality, '') = 'p' as is_still_provisional,
from first_vintage
inner join counted using (observation_id)
inner join latest_vintage using (observation_id)
order by
    first_vintage.dataset_id,
    first_vintage.measure,
    first_vintage.period_end,
    first_vintage.region_key,
    first_vintage.observation_id
