-- Cells that our own parser or catalogue reads differently than before: the same bytes, the last earlier parse of them,
-- another result.
with parsed_before as (
    select
        dataset_id,
        raw_sha256,
    from {{ ref('int_parse_in_use') }}
    where not is_present
),

present_reading as (
    select reading.*,
    from {{ ref('int_observation_reading') }} as reading
    inner join parsed_before using (dataset_id, raw_sha256)
    where reading.is_present
),

earlier_reading as (
    select *,
    from {{ ref('int_observation_reading') }}
    where not is_present
)

select
    present_reading.dataset_id,
    present_reading.raw_sha256,
    present_reading.cell_id,
from present_reading
left join earlier_reading using (dataset_id, raw_sha256, cell_id)
where
    earlier_reading.cell_id is null
    or present_reading.value is distinct from earlier_reading.value
    or present_reading.sign is distinct from earlier_reading.sign
    or present_reading.status is distinct from earlier_reading.status
