-- The change of every value against the one of its series a year earlier: for counts the difference and the percentage,
-- for shares in percent the difference in percentage points, for other units the difference. Where there is none, why.
with pair as (
    select
        pair.*,
        crossed.break_id,
    from {{ ref('int_value_year_before') }} as pair
    left join {{ ref('int_break_crossed') }} as crossed using (value_id)
),

wanted as (
    select
        pair.*,
        case when pair.unit = 'Prozent' then 'change_previous_year_pp' else 'change_previous_year_abs' end as measure,
        case when pair.unit = 'Prozent' then 'Prozentpunkte' else pair.unit end as change_unit,
    from pair
    union all
    select
        pair.*,
        'change_previous_year_pct' as measure,
        'Prozent' as change_unit,
    from pair
    where pair.unit = 'Personen'
),

decided as (
    select
        *,
        case
            when status = 'withheld' then 'withheld'
            when value is null then 'no_value'
            when is_doubtful then 'doubtful_source'
            when break_id is not null then concat('break:', break_id)
            when previous_status = 'withheld' then 'withheld'
            when previous_value is null and has_other_variant then 'other_basis'
            when previous_value is null then 'no_previous_value'
            when is_previous_doubtful then 'doubtful_source'
            when is_weak <> is_previous_weak then 'weak_estimate'
            when basis <> previous_basis or place <> previous_place then 'other_basis'
            when measure = 'change_previous_year_pct' and previous_low <= 0 then 'previous_is_zero'
        end as reason,
    from wanted
),

changed as (
    select
        *,
        case
            when reason is not null then null
            when measure = 'change_previous_year_pct'
                then {{ exact_quotient('value', 'previous_value', '100') }} - 100
            else value - previous_value
        end as change,
        case
            when reason is not null then null
            when measure = 'change_previous_year_pct'
                then {{ exact_quotient('value_low', 'previous_high', '100') }} - 100
            else value_low - previous_high
        end as change_low,
        case
            when reason is not null then null
            when measure = 'change_previous_year_pct'
                then {{ exact_quotient('value_high', 'previous_low', '100') }} - 100
            else value_high - previous_low
        end as change_high,
    from decided
)

select
    value_id,
    measure,
    cast(change as decimal(28, 10)) as value,
    cast(change_low as decimal(28, 10)) as value_low,
    cast(change_high as decimal(28, 10)) as value_high,
    change_unit as unit,
    case
        when change is not null and not coalesce(has_estimate, false)
            then change_low <= 0 and change_high >= 0 and change_low < change_high
    end as is_within_rounding,
    previous_value_id,
    reason,
from changed
order by value_id, measure
