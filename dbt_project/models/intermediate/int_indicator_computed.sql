{% set is_mixed %}coalesce(numerator_version.version_no <> denominator_version.version_no, false){% endset %}
{% set is_impossible %}
    left(best_pair.indicator_id, 1) = 'L'
    and (
        best_pair.value < 0
        or (variant.formula = 'ratio' and variant.factor = 100 and best_pair.value > best_pair.denominator_value)
    )
{% endset %}
-- Every value of every variant at every time, one row per real change: numerator and denominator that agree on region,
-- date, basis, territory and the time at which both were known, and the formula. On a converted territory these are the
-- values of the Kreise that some step touches; a rate is made of converted counts, never converted itself.
-- What holds today is the last row of the source's axis (int_indicator_value): there is no second formula.
{% set value_key = [
    'axis', 'territory_key', 'indicator_id', 'variant', 'region_key', 'period_type', 'period_start', 'period_end',
] %}
{% set result = [
    'value', 'value_low', 'value_high', 'numerator', 'denominator', 'denominator_date', 'numerator_status',
    'denominator_status', 'status', 'basis', 'place', 'flags', 'dataset_ids', 'territory_date',
] %}
with variant as (
    select *,
    from {{ ref('stg_catalog__indicator_variant') }}
),

numerator as (
    select
        part.*,
        variant.needs_denominator,
        variant.basis_rule,
        case variant.denominator_region
            when 'land' then left(part.region_key, 2) else part.region_key
        end as denominator_region_key,
        case
            when variant.denominator_date = 'same' and variant.denominator_lag_years = 0 then part.period_type
            else 'stichtag'
        end as denominator_period_type,
        case variant.denominator_date
            when 'fixed' then variant.denominator_fixed_date
            when 'year_end' then {{ year_end_before('part.period_end', 'variant.denominator_lag_years') }}
            else {{ years_before('part.period_end', 'variant.denominator_lag_years') }}
        end as denominator_date,
        case
            when variant.denominator_date = 'same' and variant.denominator_lag_years = 0 then part.period_start
        end as denominator_start,
    from {{ ref('int_indicator_part') }} as part
    inner join variant using (indicator_id, variant)
    where
        part.role = 'numerator'
        and (part.territory_key = 'as_published' or part.region_level = 'kreis')
        and (
            variant.region_levels = ''
            or concat('|', variant.region_levels, '|') like concat('%|', part.region_level, '|%')
        )
),

denominator as (
    select *,
    from {{ ref('int_indicator_part') }}
    where role = 'denominator'
),

pair_of_two as (
    select
        numerator.* replace (
            greatest(numerator.known_from, denominator.known_from) as known_from,
            least(
                coalesce(numerator.known_to, denominator.known_to), coalesce(denominator.known_to, numerator.known_to)
            ) as known_to
        ),
        numerator.known_from as numerator_changed_at,
        denominator.known_from as denominator_changed_at,
        denominator.revision_kind as denominator_revision_kind,
        denominator.cell_id as denominator_cell_id,
        denominator.sum_id as denominator_sum_id,
        denominator.is_sum as denominator_is_sum,
        denominator.dataset_id as denominator_dataset_id,
        denominator.dataset_rank as denominator_dataset_rank,
        denominator.basis_rank as denominator_basis_rank,
        denominator.value as denominator_value,
        denominator.value_low as denominator_low,
        denominator.value_high as denominator_high,
        denominator.status as denominator_status,
        denominator.basis as denominator_basis,
        denominator.flags as denominator_flags,
        denominator.source_known_from as denominator_known_from,
        denominator.recorded_at as denominator_recorded_at,
    from numerator
    inner join denominator
        on
            numerator.axis = denominator.axis
            and numerator.territory_key = denominator.territory_key
            and numerator.indicator_id = denominator.indicator_id
            and numerator.variant = denominator.variant
            and numerator.denominator_region_key = denominator.region_key
            and numerator.denominator_period_type = denominator.period_type
            and numerator.denominator_date = denominator.period_end
            and coalesce(numerator.denominator_start, denominator.period_start) = denominator.period_start
            and (denominator.known_to is null or numerator.known_from < denominator.known_to)
            and (numerator.known_to is null or numerator.known_to > denominator.known_from)
            and case numerator.basis_rule
                when 'same' then numerator.basis = denominator.basis
                when 'family' then {{ basis_family('numerator.basis') }} = {{ basis_family('denominator.basis') }}
                else true
            end
    where numerator.needs_denominator
),

pair as (
    select *,
    from pair_of_two
    union all by name
    select
        *,
        known_from as numerator_changed_at,
    from numerator
    where not needs_denominator
),

-- Every moment at which anything of a value changes; between two of them nothing does.
moment as (
    {% for time in ['known_from', 'known_to'] %}
        {{ 'union distinct' if not loop.first }}
        select
            {% for column in value_key %}
                {{ column }},
            {% endfor %}
            {{ time }} as at_time,
        from pair
        where {{ time }} is not null
    {% endfor %}
),

best_pair as (
    select
        pair.*,
        moment.at_time,
    from moment
    inner join pair
        on
            {{ same_key('moment', 'pair', value_key) }}
            and {{ holds_at('pair', 'moment.at_time') }}
    qualify row_number() over (
        partition by
            {% for column in value_key %}
                moment.{{ column }},
            {% endfor %}
            moment.at_time
        order by
            pair.value is null,
            pair.needs_denominator and pair.denominator_value is null,
            pair.is_sum,
            pair.denominator_is_sum,
            pair.dataset_rank,
            pair.basis_rank,
            pair.denominator_dataset_rank,
            pair.denominator_basis_rank
    ) = 1
),

-- A Kreis is not the same one before and after a change of its territory: a part of today over one of the year before
-- is then no value. Up to the day of a converted territory all figures are of that one, after it they are as published.
-- And a home's own indicator may join what does not belong together: more than all, or less than nothing, is no share.
-- It says so, and must not close the gate for everybody else.
possible_pair as (
    select
        best_pair.* replace (
            {% for column in ['value', 'value_low', 'value_high'] %}
                case
                    when not {{ is_mixed }} and not ({{ is_impossible }}) then best_pair.{{ column }}
                end as {{ column }},
            {% endfor %}
            case
                when best_pair.value is null then best_pair.status
                when {{ is_mixed }} then 'not_meaningful'
                when {{ is_impossible }} then 'unreliable'
                else best_pair.status
            end as status,
            case
                when {{ is_mixed }} then {{ merge_words(['best_pair.flags', "'territory_mixed'"]) }}
                else best_pair.flags
            end as flags
        ),
    from best_pair
    inner join variant using (indicator_id, variant)
    left join {{ ref('stg_catalog__territory_target') }} as target on best_pair.territory_key = target.territory_key
    {% for role, day in [('numerator', 'period_end'), ('denominator', 'denominator_date')] %}
        {% set territory_day %}greatest(best_pair.{{ day }}, coalesce(target.target_date, best_pair.{{ day }})){% endset %}
        left join {{ ref('stg_catalog__region_version') }} as {{ role }}_version
            on
                best_pair.needs_denominator
                and best_pair.denominator_region_key = best_pair.region_key
                and best_pair.region_key = {{ role }}_version.region_key
                and {{ territory_day }} >= coalesce({{ role }}_version.valid_from, {{ territory_day }})
                and {{ territory_day }} <= coalesce({{ role }}_version.valid_to, {{ territory_day }})
    {% endfor %}
),

computed as (
    select
        best_pair.*,
        variant.formula,
        variant.group_key,
        variant.priority,
        case
            when variant.formula = 'adopted' then cast(best_pair.value * variant.factor as decimal(28, 10))
            when variant.formula = 'count' then cast(best_pair.value as decimal(28, 10))
            when best_pair.denominator_value > 0
                then {{ exact_quotient('best_pair.value', 'best_pair.denominator_value', 'variant.factor') }}
        end as result,
        case
            when variant.formula = 'adopted'
                then cast(
                    ({{ not_below_zero('(best_pair.value - variant.half_unit)') }}) * variant.factor as decimal(28, 10)
                )
            when variant.formula = 'count' then cast(best_pair.value_low as decimal(28, 10))
            when best_pair.denominator_low > 0
                then {{ exact_quotient('best_pair.value_low', 'best_pair.denominator_high', 'variant.factor') }}
        end as result_low,
        case
            when variant.formula = 'adopted'
                then cast((best_pair.value + variant.half_unit) * variant.factor as decimal(28, 10))
            when variant.formula = 'count' then cast(best_pair.value_high as decimal(28, 10))
            when best_pair.denominator_low > 0
                then {{ exact_quotient('best_pair.value_high', 'best_pair.denominator_low', 'variant.factor') }}
        end as result_high,
    from possible_pair as best_pair
    inner join variant using (indicator_id, variant)
),

stated as (
    select
        axis,
        at_time,
        case
            when numerator_changed_at = at_time then revision_kind
            when denominator_changed_at = at_time then denominator_revision_kind
            else 'correction'
        end as revision_kind,
        indicator_id,
        variant,
        priority,
        territory_key,
        case when territory_key = 'as_published' then 'as_published' else 'harmonised' end as territory,
        territory_date,
        region_key,
        region_level,
        period_type,
        period_start,
        period_end,
        group_key,
        result as value,
        -- Of what is exact both bounds are the value itself.
        result_low as value_low,
        result_high as value_high,
        case when formula <> 'adopted' then value end as numerator,
        denominator_value as denominator,
        period_end as numerator_date,
        case when needs_denominator then denominator_date end as denominator_date,
        case when formula <> 'adopted' then status end as numerator_status,
        denominator_status,
        case
            when result = 0 then 'zero'
            when result is not null then 'value'
            when denominator_value = 0 and value is not null then 'not_meaningful'
            when {{ status_weight('denominator_status') }} > {{ status_weight('status') }} then denominator_status
            else status
        end as status,
        case
            when formula = 'adopted' then 'adopted'
            when {{ has_word("concat_ws('|', flags, denominator_flags)", 'estimate') }} then 'estimated'
            else 'computed'
        end as method,
        case when basis_rule = 'own' then coalesce(denominator_basis, basis) else basis end as basis,
        place,
        formula = 'adopted' as is_adopted,
        {{ merge_words(['flags', 'denominator_flags']) }} as flags,
        {{ merge_words(['dataset_id', 'denominator_dataset_id']) }} as dataset_ids,
        greatest(source_known_from, coalesce(denominator_known_from, source_known_from)) as source_known_from,
        greatest(recorded_at, coalesce(denominator_recorded_at, recorded_at)) as recorded_at,
        cell_id as numerator_cell_id,
        denominator_cell_id,
        sum_id as numerator_sum_id,
        denominator_sum_id,
    from computed
),

-- A moment without a value ends the one before it.
told as (
    select
        moment.*,
        stated.* exclude (
            {% for column in value_key %}
                {{ column }},
            {% endfor %}
            at_time
        ),
    from moment
    left join stated
        on
            {{ same_key('moment', 'stated', value_key) }}
            and moment.at_time = stated.at_time
),

change as (
    select *,
    from told
    window within_value as (partition by {{ value_key | join(', ') }} order by at_time)
    qualify
        lag(at_time) over within_value is null
        or status is null
        {% for column in result %}
            or {{ column }} is distinct from lag({{ column }}) over within_value
        {% endfor %}
),

vintage as (
    select
        * exclude (at_time),
        at_time as known_from,
        lead(at_time) over (partition by {{ value_key | join(', ') }} order by at_time) as known_to,
    from change
),

numbered as (
    select
        *,
        row_number() over (partition by {{ value_key | join(', ') }} order by known_from) as vintage_no,
    from vintage
    where status is not null
)

select
    * exclude (revision_kind),
    {{ kind_of_value_revision() }} as revision_kind,
from numbered
