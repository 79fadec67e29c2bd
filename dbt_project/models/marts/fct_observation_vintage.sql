with known as (
    select
        *,
        false as is_withdrawn,
    from {{ ref('int_observation_known') }}
),

withdrawn as (
    select
        cell.* exclude (figure_id),
        vintage.* exclude (cell_id),
        false as is_rounded,
        '' as flags,
    from {{ ref('int_observation_vintages') }} as vintage
    inner join {{ ref('int_observation_cell') }} as cell using (cell_id)
    where vintage.is_withdrawn
),

vintage as (
    select *,
    from known
    union all by name
    select *,
    from withdrawn
)

select
    vintage.cell_id as observation_id,
    vintage.axis,
    vintage.vintage_no,
    vintage.revision_kind,
    vintage.known_from,
    vintage.known_to,
    vintage.is_withdrawn,
    {% for column in cell_key() %}
        vintage.{{ column }},
    {% endfor %}
    vintage.region_level,
    vintage.territory_date,
    vintage.value,
    vintage.value_low,
    vintage.value_high,
    vintage.sign,
    vintage.printed,
    vintage.status,
    vintage.quality,
    vintage.raw_sha256,
    vintage.raw_locator,
    vintage.citation,
    vintage.source_known_from,
    vintage.known_from_quality,
    vintage.recorded_at,
    vintage.flags,
from vintage
