-- How a value differs from the earlier one that it is compared with: for counts the difference and the percentage, for
-- shares in percent the difference in percentage points, for other units the difference; against the year 2010 the
-- index. Where there is none, why.
{% set sides = [
    ('value', 'previous_value'), ('value_low', 'previous_high'), ('value_high', 'previous_low'),
] %}
{% set measures = [
    {'comparison': 'previous_year', 'name': 'change_previous_year'},
    {'comparison': 'previous_period', 'name': 'change_previous_period'},
] %}
with pair as (
    select
        pair.*,
        crossed.break_id,
    from {{ ref('int_value_pair') }} as pair
    left join {{ ref('int_break_crossed') }} as crossed using (value_id, comparison)
),

wanted as (
    {% for measure in measures %}
        select
            pair.*,
            case
                when pair.unit = 'Prozent' then '{{ measure.name }}_pp' else '{{ measure.name }}_abs'
            end as measure,
            case when pair.unit = 'Prozent' then 'Prozentpunkte' else pair.unit end as measure_unit,
        from pair
        where pair.comparison = '{{ measure.comparison }}'
        union all
        select
            pair.*,
            '{{ measure.name }}_pct' as measure,
            'Prozent' as measure_unit,
        from pair
        where
            pair.comparison = '{{ measure.comparison }}'
            and pair.unit = 'Personen'
        union all
    {% endfor %}
    select
        pair.*,
        'index_2010' as measure,
        'Index' as measure_unit,
    from pair
    where pair.comparison = 'year_2010'
),

decided as (
    select
        *,
        measure like '%_pct' or measure = 'index_2010' as is_quotient,
        case
            when status = 'withheld' then 'withheld'
            when value is null then 'no_value'
            when is_doubtful then 'doubtful_source'
            when break_id is not null then concat('break:', break_id)
            when previous_status = 'withheld' then 'withheld'
            when previous_value is null and has_other_variant then 'other_basis'
            when previous_value is null and comparison = 'year_2010' then 'no_base_value'
            when previous_value is null then 'no_previous_value'
            when is_previous_doubtful then 'doubtful_source'
            when is_weak <> is_previous_weak then 'weak_estimate'
            when basis <> previous_basis or place <> previous_place then 'other_basis'
            when is_quotient and previous_low <= 0 then 'previous_is_zero'
        end as reason,
    from wanted
),

compared as (
    select
        *,
        {% for side, previous in sides %}
            case
                when reason is not null then null
                when is_quotient
                    then
                        {{ signed_quotient(side, previous, '100', 10) }}
                        - case when measure = 'index_2010' then 0 else 100 end
                else {{ side }} - {{ previous }}
            end as compared_{{ side }},
        {% endfor %}
    from decided
)

select
    value_id,
    measure,
    cast(compared_value as decimal(28, 10)) as value,
    cast(compared_value_low as decimal(28, 10)) as value_low,
    cast(compared_value_high as decimal(28, 10)) as value_high,
    measure_unit as unit,
    case
        when measure <> 'index_2010' and compared_value is not null and not coalesce(has_estimate, false)
            then {{ within_rounding('compared_value_low', 'compared_value_high') }}
    end as is_within_rounding,
    previous_value_id as compared_value_id,
    cast(null as integer) as n_compared,
    reason,
from compared
