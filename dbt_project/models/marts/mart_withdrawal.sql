select
    withdrawal.value_id,
    withdrawal.reason_de,
    withdrawal.withdrawn_at,
    indicator.value_id is not null as is_applied,
from {{ ref('stg_inputs__withdrawal') }} as withdrawal
left join {{ ref('mart_indicator') }} as indicator on withdrawal.value_id = indicator.value_id
order by withdrawal.value_id
