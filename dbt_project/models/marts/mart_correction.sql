select
    correction.correction_id,
    cell.cell_id as observation_id,
    correction.dataset_id,
    correction.action,
    correction.flag,
    cell.printed_value,
    cell.printed_sign,
    observation.value as published_value,
    observation.status as published_status,
    correction.reason_de,
    correction.reported_to,
    correction.reported_at,
    correction.not_reported_de,
    correction.status,
    cell.cell_id is not null and cell.not_applied_because is null as is_applied,
    case
        when cell.cell_id is not null then cell.not_applied_because
        when correction.status in ('corrected_by_source', 'given_up') then 'ended'
        else 'no_cell'
    end as not_applied_because,
from {{ ref('stg_catalog__correction') }} as correction
left join {{ ref('int_correction_cell') }} as cell
    on
        correction.correction_id = cell.correction_id
        and cell.is_current
left join {{ ref('int_observation_current') }} as observation on cell.cell_id = observation.cell_id
order by correction.correction_id, cell.cell_id
