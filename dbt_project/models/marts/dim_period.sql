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
    cast(extract(year from period_end) as integer) as year,
    case period_type
        when 'stichtag' then {{ german_date('period_end') }}
        when 'jahressumme' then concat('Jahr ', extract(year from period_end))
        when 'jahresdurchschnitt' then concat('Jahresdurchschnitt ', extract(year from period_end))
        when 'schuljahr'
            then concat('Schuljahr, Berichtsjahr ', extract(year from period_end))
        when 'quartal'
            then concat(extract(quarter from period_end), '. Quartal ', extract(year from period_end))
        else concat({{ german_date('period_start') }}, ' bis ', {{ german_date('period_end') }})
    end as label_de,
from period
order by period_type, period_start, period_end
