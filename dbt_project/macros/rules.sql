{# The columns that make a cell: two readings of one cell speak of the same number. #}
{% macro cell_key() %}
    {{ return([
        'dataset_id', 'measure', 'region_key', 'period_type', 'period_start', 'period_end', 'sex', 'nationality',
        'citizenship_key', 'citizenship_scheme', 'age_group', 'dimensions', 'unit', 'basis', 'place',
    ]) }}
{% endmacro %}

{# Which reason weighs more when the parts of a value lack one for different reasons: what does not exist cannot be
   late, what is late cannot be hidden; what we withhold ourselves says so before any reason of the source. The higher number
   wins. #}
{% macro status_weight(status) -%}
    case {{ status }}
        when 'not_existing' then 100
        when 'not_convertible' then 97
        when 'withheld' then 95
        when 'outage' then 90
        when 'not_yet' then 80
        when 'not_published' then 70
        when 'secret' then 60
        when 'unknown_or_secret' then 50
        when 'unreliable' then 40
        when 'not_meaningful' then 30
        when 'rounded_to_zero' then 20
        when 'zero' then 10
        when 'value' then 0
    end
{%- endmacro %}

{# Bases that may meet across two dates (a rate on last year's population): the census bases of the
   Bevölkerungsfortschreibung are one family, every other basis stands alone. #}
{% macro basis_family(basis) -%}
    case when {{ basis }} like 'Fortschreibung%' then 'Fortschreibung' else {{ basis }} end
{%- endmacro %}

{# The kind of a change of a value, out of that of the part that changed. A value has a first vintage of its own, whatever
   its parts went through before; and a part may be new where the value is not: another dataset, preferred to the one
   before, has it now. #}
{% macro kind_of_value_revision() -%}
    case
        when vintage_no = 1 and revision_kind not in ('own_correction', 'census_rebase') then 'first'
        when vintage_no > 1 and revision_kind = 'first' then 'other_source'
        else revision_kind
    end
{%- endmacro %}

{# Whether a text of words joined by "|" holds one of them. #}
{% macro has_word(words, word) -%}
    concat('|', {{ words }}, '|') like '%|{{ word }}|%'
{%- endmacro %}

{# The word of one axis in a text of sorted key=value pairs ("insgesamt" where it is not split), and the text without it. #}
{% macro dimension_word(dimensions, axis) -%}
    coalesce(nullif(regexp_extract({{ dimensions }}, concat('(?:^|[|])', {{ axis }}, '=([^|]*)'), 1), ''), 'insgesamt')
{%- endmacro %}

{% macro without_dimension(dimensions, axis) -%}
    regexp_replace(regexp_replace({{ dimensions }}, concat('(^|[|])', {{ axis }}, '=[^|]*'), ''), '^[|]', '')
{%- endmacro %}

{# A bound cannot lie below zero; unlike greatest(), nothing stays nothing. #}
{% macro not_below_zero(number) -%}
    case when {{ number }} < 0 then 0 else {{ number }} end
{%- endmacro %}

{# Whether the rounding alone could have made a difference: its bounds hold the number that says there is none. #}
{% macro within_rounding(low, high, no_difference='0') -%}
    {{ low }} <= {{ no_difference }} and {{ high }} >= {{ no_difference }} and {{ low }} < {{ high }}
{%- endmacro %}

{# Whether a day lies in the validity of a row, both ends included; an end that is not named is none. #}
{% macro valid_on(relation, day) -%}
    {{ day }} between coalesce({{ relation }}.valid_from, {{ day }})
    and coalesce({{ relation }}.valid_to, {{ day }})
{%- endmacro %}

{# Whether what a row says holds at a moment: intervals are half open, an open end means until today. #}
{% macro holds_at(relation, moment) -%}
    {{ relation }}.known_from <= {{ moment }}
    and ({{ relation }}.known_to is null or {{ moment }} < {{ relation }}.known_to)
{%- endmacro %}

{# Whether a break may divide a series of a territory: a change of territory, only what was not converted beyond it. #}
{% macro breaks_territory(found, pair) -%}
    (
        {{ found }}.kind <> 'territory'
        or {{ pair }}.territory = 'as_published'
        or {{ found }}.break_at > {{ pair }}.territory_date
    )
{%- endmacro %}

{# Whether two relations speak of the same key. #}
{% macro same_key(one, other, columns) -%}
    {% for column in columns %}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# A period in German: 31.12.2019, Jahresdurchschnitt 2019, Jahr 2019. #}
{% macro german_period(period_type, period_start, period_end) -%}
    case {{ period_type }}
        when 'stichtag' then {{ german_date(period_end) }}
        when 'jahressumme' then concat('Jahr ', extract(year from {{ period_end }}))
        when 'jahresdurchschnitt' then concat('Jahresdurchschnitt ', extract(year from {{ period_end }}))
        when 'schuljahr'
            then concat('Schuljahr, Berichtsjahr ', extract(year from {{ period_end }}))
        when 'quartal'
            then concat(extract(quarter from {{ period_end }}), '. Quartal ', extract(year from {{ period_end }}))
        else concat({{ german_date(period_start) }}, ' bis ', {{ german_date(period_end) }})
    end
{%- endmacro %}
