-- Every value that is made of two other values of one region, period, basis and territory, at every time at which both
-- were known: their difference, or the one in percent of the other. Of what is hidden or missing nothing is made.
-- Where both are shares of the same whole, their difference is one, too: that of the two counts.
{% set value_key = [
    'axis', 'territory_key', 'indicator_id', 'variant', 'region_key', 'period_type', 'period_start', 'period_end',
] %}
{% set same_value = [
    'axis', 'territory_key', 'region_key', 'period_type', 'period_start', 'period_end', 'basis', 'place',
] %}
{% set result = [
    'value', 'value_low', 'value_high', 'numerator', 'denominator', 'denominator_date', 'numerator_status',
    'denominator_status', 'status', 'flags', 'dataset_ids', 'territory_date', 'basis', 'place',
] %}
with computed as (
    select
        computed.*,
        variant.factor,
    from {{ ref('int_indicator_computed') }} as computed
    inner join {{ ref('stg_catalog__indicator_variant') }} as variant using (indicator_id, variant)
),

variant as (
    select *,
    from {{ ref('stg_catalog__indicator_variant') }}
    where of_indicator_id is not null
),

pair as (
    select
        variant.indicator_id,
        variant.variant,
        variant.priority,
        variant.group_key,
        variant.formula,
        variant.factor,
        made_of.* exclude (indicator_id, variant, priority, group_key, known_from, known_to, vintage_no, factor),
        greatest(made_of.known_from, against.known_from) as known_from,
        least(coalesce(made_of.known_to, against.known_to), coalesce(against.known_to, made_of.known_to)) as known_to,
        made_of.known_from >= against.known_from as is_first_changed,
        made_of.factor as share_factor,
        against.revision_kind as against_revision_kind,
        against.value as against_value,
        against.value_low as against_low,
        against.value_high as against_high,
        against.status as against_status,
        against.numerator as against_numerator,
        against.denominator_date as against_denominator_date,
        against.flags as against_flags,
        against.dataset_ids as against_dataset_ids,
        against.source_known_from as against_known_from,
        against.recorded_at as against_recorded_at,
        against.is_adopted as is_against_adopted,
        made_of.value_low = made_of.value_high and against.value_low = against.value_high as is_exact,
        made_of.denominator > 0
        and made_of.factor = against.factor
        and coalesce(made_of.denominator_cell_id, made_of.denominator_sum_id)
        = coalesce(against.denominator_cell_id, against.denominator_sum_id) as is_of_one_whole,
    from variant
    inner join computed as made_of
        on
            variant.of_indicator_id = made_of.indicator_id
            and variant.of_variant = made_of.variant
    inner join computed as against
        on
            variant.against_indicator_id = against.indicator_id
            and variant.against_variant = against.variant
            and {{ same_key('made_of', 'against', same_value) }}
            and (against.known_to is null or made_of.known_from < against.known_to)
            and (made_of.known_to is null or made_of.known_to > against.known_from)
),

calculated as (
    select
        *,
        case
            when value is null or against_value is null then null
            when formula = 'difference' and is_of_one_whole
                then {{ signed_quotient('numerator - against_numerator', 'denominator', 'share_factor') }}
            when formula = 'difference' then value - against_value
            when against_value > 0 then {{ exact_quotient('value', 'against_value', 'factor', 10) }}
        end as made,
        case formula
            when 'difference' then value_low - against_high
            else case
                when against_low > 0 then {{ exact_quotient('value_low', 'against_high', 'factor', 10) }}
            end
        end as made_low,
        case formula
            when 'difference' then value_high - against_low
            else case
                when against_low > 0 then {{ exact_quotient('value_high', 'against_low', 'factor', 10) }}
            end
        end as made_high,
    from pair
),

stated as (
    select
        * replace (
            cast(made as decimal(28, 10)) as value,
            -- The two values were rounded to ten digits before: where both are exact, so is what is made of them.
            cast(case when is_exact then made else least(made, made_low) end as decimal(28, 10)) as value_low,
            cast(case when is_exact then made else greatest(made, made_high) end as decimal(28, 10)) as value_high,
            case
                when formula = 'difference' and is_of_one_whole
                    then cast(numerator - against_numerator as decimal(24, 6))
            end as numerator,
            case when formula = 'difference' and is_of_one_whole then denominator end as denominator,
            case when denominator_date = against_denominator_date then denominator_date end as denominator_date,
            status as numerator_status,
            against_status as denominator_status,
            case
                when made = 0 then 'zero'
                when made is not null then 'value'
                when against_value = 0 and value is not null then 'not_meaningful'
                when {{ status_weight('against_status') }} > {{ status_weight('status') }} then against_status
                else status
            end as status,
            case
                when {{ has_word("concat_ws('|', flags, against_flags)", 'estimate') }} then 'estimated'
                else 'computed'
            end as method,
            is_adopted or is_against_adopted as is_adopted,
            {{ merge_words(['flags', 'against_flags']) }} as flags,
            {{ merge_words(['dataset_ids', 'against_dataset_ids']) }} as dataset_ids,
            case when is_first_changed then revision_kind else against_revision_kind end as revision_kind,
            greatest(source_known_from, against_known_from) as source_known_from,
            greatest(recorded_at, against_recorded_at) as recorded_at
        ),
    from calculated
),

beside_the_one_before as (
    select
        *,
        (
            lag(known_to) over within_value is distinct from known_from
            {% for column in result %}
                or {{ column }} is distinct from lag({{ column }}) over within_value
            {% endfor %}
        ) as is_change,
    from stated
    window within_value as (partition by {{ value_key | join(', ') }} order by known_from)
),

numbered as (
    select
        *,
        cast(sum(case when is_change then 1 else 0 end) over (
            partition by {{ value_key | join(', ') }}
            order by known_from
        ) as bigint) as vintage_no,
    from beside_the_one_before
),

-- Several states that say the same are one, as long as all of them.
vintage as (
    select
        * replace (
            last_value(known_to) over (
                partition by {{ value_key | join(', ') }}, vintage_no
                order by known_from
                rows between unbounded preceding and unbounded following
            ) as known_to
        ),
    from numbered
    qualify is_change
)

select
    * exclude (
        formula, factor, made, made_low, made_high, is_exact, is_first_changed, share_factor, is_of_one_whole,
        is_change, against_revision_kind, against_value, against_low, against_high, against_status, against_numerator,
        against_denominator_date, against_flags, against_dataset_ids, against_known_from, against_recorded_at,
        is_against_adopted, numerator_cell_id, numerator_sum_id, denominator_cell_id, denominator_sum_id, revision_kind
    ),
    {{ kind_of_value_revision() }} as revision_kind,
from vintage
