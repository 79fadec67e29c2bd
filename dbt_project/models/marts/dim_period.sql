with period as (
    select
        period_type,
        period_start,
        period_end,
    from {{ ref('int_observation_current') }}
    union distinct
    select
        period_type,
        period_start,
        period_end,
    from {{ ref('mart_indicator') }}
)

select
    period_type,
    period_start,
    period_end,
    {{ year_of('period_end') }} as year,
    {{ german_period('period_type', 'period_start', 'period_end') }} as label_de,
from period
order by period_type, period_start, period_end
