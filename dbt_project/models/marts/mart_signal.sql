{% set enough_people = 20 %}
-- Turns for the worse that a person should look at, in Thüringen and its Kreise. One is told only of indicators that
-- the catalogue chose, not of all people together, on the territory as published; only where the change to the year
-- before was formed at all (no break, no step of territory, no doubtful source between the two), beyond rounding, of no
-- estimate; and only where both values rest on {{ enough_people }} people or more, so that a few persons make no alarm.
with change as (
    select
        now.value_id,
        now.indicator_id,
        now.variant,
        now.region_key,
        now.region_name,
        now.period_type,
        now.period_start,
        now.period_end,
        now.group_key,
        now.value,
        now.numerator,
        now.decimals,
        now.unit,
        before.value_id as previous_value_id,
        before.period_start as previous_period_start,
        before.period_end as previous_period_end,
        before.value as previous_value,
        before.numerator as previous_numerator,
        change.value as change,
        change.value_low as change_low,
        change.value_high as change_high,
        change.unit as change_unit,
        indicator.name_de,
        indicator.direction,
        variant.formula,
        variant.persons_indicator_id,
        variant.persons_variant,
    from {{ ref('mart_indicator_change') }} as change
    inner join {{ ref('mart_indicator') }} as now on change.value_id = now.value_id
    inner join {{ ref('mart_indicator') }} as before on change.compared_value_id = before.value_id
    inner join {{ ref('stg_catalog__indicator') }} as indicator on now.indicator_id = indicator.indicator_id
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant
        on
            now.indicator_id = variant.indicator_id
            and now.variant = variant.variant
    inner join {{ ref('stg_catalog__group') }} as people on now.group_key = people.group_key
    where
        change.measure in ('change_previous_year_abs', 'change_previous_year_pp')
        and change.reason is null
        and not change.is_within_rounding
        and now.is_default
        and now.territory = 'as_published'
        and now.region_key like '16%'
        and indicator.signal
        and people.nationality <> 'insgesamt'
        and ((indicator.direction = 'hoeher_besser') = (change.value < 0))
        and change.value <> 0
),

-- The people behind a value: its own numerator, or that of the variant that the catalogue names for it.
counted as (
    select
        change.*,
        coalesce(
            persons.numerator, case when change.formula in ('ratio', 'count') then change.numerator end
        ) as persons,
        coalesce(
            persons_before.numerator, case when change.formula in ('ratio', 'count') then change.previous_numerator end
        ) as persons_before,
    from change
    {% for when, day in [('', 'period_end'), ('_before', 'previous_period_end')] %}
        left join {{ ref('mart_indicator') }} as persons{{ when }}
            on
                change.persons_indicator_id = persons{{ when }}.indicator_id
                and change.persons_variant = persons{{ when }}.variant
                and change.group_key = persons{{ when }}.group_key
                and change.region_key = persons{{ when }}.region_key
                and change.period_type = persons{{ when }}.period_type
                and change.{{ day }} = persons{{ when }}.period_end
                and persons{{ when }}.territory = 'as_published'
    {% endfor %}
),

-- The newest period for which an indicator has any number.
newest as (
    select
        indicator_id,
        max(period_end) as last_period_end,
    from {{ ref('mart_indicator') }}
    where
        value is not null
        and is_default
        and territory = 'as_published'
    group by indicator_id
)

select
    value_id,
    indicator_id,
    variant,
    region_key,
    region_name,
    period_type,
    period_end,
    group_key,
    value,
    previous_value_id,
    previous_period_end,
    previous_value,
    change,
    change_low,
    change_high,
    change_unit,
    persons,
    persons_before,
    period_end = newest.last_period_end as is_latest,
    concat(
        region_name, ': ', name_de, ' ', {{ german_number('value', 'decimals') }},
        case when unit = 'Prozent' then ' %' else concat(' ', unit) end,
        ' (', {{ german_period('period_type', 'period_start', 'period_end') }}, '), zuvor ',
        {{ german_number('previous_value', 'decimals') }},
        case when unit = 'Prozent' then ' %' else '' end,
        ' (', {{ german_period('period_type', 'previous_period_start', 'previous_period_end') }},
        '). Das ist ungünstiger, um ',
        {{ german_number('abs(change)', 'decimals') }}, ' ', change_unit,
        case
            when change_low < change_high
                then
                    concat(
                        ' (mit der Rundung der Quelle mindestens ',
                        {{ german_number('least(abs(change_low), abs(change_high))', 'decimals + 1') }}, ')'
                    )
            else ''
        end,
        '. Dahinter stehen ', {{ german_number('persons', '0') }},
        ' Personen. Ein Hinweis zum Nachsehen; woran es liegt, sagt die Zahl nicht.'
    ) as text_de,
from counted
inner join newest using (indicator_id)
where
    persons >= {{ enough_people }}
    and persons_before >= {{ enough_people }}
order by
    indicator_id,
    region_key,
    period_end
