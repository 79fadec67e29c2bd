with recorded as (
    select
        dataset_id,
        count(*) as n_observations,
        min(period_end) as first_period_end,
        max(period_end) as last_period_end,
    from {{ ref('int_observation_current') }}
    group by dataset_id
),

delivered as (
    select
        dataset_id,
        count(distinct raw_sha256) as n_answers,
        max(source_known_from) as last_known_from,
        max(recorded_at) as last_recorded_at,
    from {{ ref('stg_inputs__delivery') }}
    where is_current_parse
    group by dataset_id
)

select
    dataset.dataset_id,
    dataset.title_de,
    dataset.publisher,
    dataset.licence_id,
    dataset.licence_url,
    dataset.attribution,
    dataset.connector,
    dataset.host,
    dataset.source_table,
    dataset.statistic_code,
    dataset.statistic_label,
    dataset.period_type,
    dataset.place,
    dataset.territory_rule,
    dataset.load_group,
    dataset.cadence_every,
    dataset.cadence_reference,
    dataset.expected_by,
    dataset.grace_days,
    dataset.start_year,
    coalesce(recorded.n_observations, 0) as n_observations,
    recorded.first_period_end,
    recorded.last_period_end,
    coalesce(delivered.n_answers, 0) as n_answers,
    delivered.last_known_from,
    delivered.last_recorded_at,
    dataset.notes_de,
from {{ ref('stg_catalog__dataset') }} as dataset
left join recorded on dataset.dataset_id = recorded.dataset_id
left join delivered on dataset.dataset_id = delivered.dataset_id
order by dataset.dataset_id
