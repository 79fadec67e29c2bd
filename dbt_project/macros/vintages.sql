{# What a vintage says that holds today, as the source knows it. #}
{% macro holds_today() -%}
    vintage.axis = 'source'
    and vintage.known_to is null
{%- endmacro %}

{# What an analyst asks for with observation_as_of and indicator_as_of: the axis by its name, the moment as a timestamp.
   An unknown axis is an error, not an empty table. #}
{% macro held_on_axis(moment, axis) -%}
    vintage.axis = case
        when {{ axis }} in ('source', 'recorded') then {{ axis }}
        else error(concat('axis ', {{ axis }}, ': expected source or recorded'))
    end
    and {{ holds_at('vintage', moment) }}
{%- endmacro %}

{# The columns of mart_indicator out of the vintages that hold at one moment. One variant speaks for an indicator: the first
   in the catalogue's order among those that may and have a value there. A value that a person took back counts as one, so that
   withdrawing it lets no other one speak. #}
{% macro indicator_columns() -%}
    vintage.value_id,
    vintage.indicator_id,
    vintage.variant,
    vintage.territory,
    vintage.territory_date,
    vintage.region_key,
    vintage.period_type,
    vintage.period_start,
    vintage.period_end,
    vintage.group_key,
    vintage.may_default
    and row_number() over (
        partition by
            vintage.indicator_id,
            vintage.territory,
            vintage.region_key,
            vintage.period_type,
            vintage.period_start,
            vintage.period_end,
            vintage.group_key
        order by
            case when vintage.territory = 'harmonised' then vintage.territory_date end,
            not vintage.may_default, not vintage.has_value, vintage.priority, vintage.variant, vintage.territory_date
    ) = 1 as is_default,
    vintage.region_name,
    vintage.region_level,
    vintage.value,
    vintage.value_low,
    vintage.value_high,
    vintage.numerator,
    vintage.denominator,
    vintage.numerator_date,
    vintage.denominator_date,
    vintage.numerator_status,
    vintage.denominator_status,
    vintage.unit,
    vintage.decimals,
    vintage.status,
    vintage.method,
    vintage.basis,
    vintage.place,
    vintage.flags,
    vintage.dataset_ids,
    vintage.definition_version,
    vintage.source_known_from,
    vintage.recorded_at
{%- endmacro %}
