{# Everything that is spelt differently by another engine stands here, each with its other dialect beside it. #}

{# Exact quotient numerator × factor ÷ denominator, rounded half up to ten digits, without a binary fraction on the way
   (DuckDB divides decimals as doubles). Arguments: decimal ≥ 0 with as many digits as `digits` says, denominator > 0, an
   integer factor. #}
{% macro exact_quotient(numerator, denominator, factor, digits=6) %}
    {{- return(adapter.dispatch('exact_quotient', 'integrationsmonitor')(numerator, denominator, factor, digits)) -}}
{% endmacro %}

{% macro duckdb__exact_quotient(numerator, denominator, factor, digits) -%}
    {%- set whole = '1' ~ '0' * digits -%}
    cast(
        cast(
            (
                cast(cast({{ numerator }} as decimal(28, {{ digits }})) * {{ whole }} as hugeint)
                * {{ factor }} * 10000000000
                + cast(cast({{ denominator }} as decimal(28, {{ digits }})) * {{ whole }} as hugeint) // 2
            )
            // cast(cast({{ denominator }} as decimal(28, {{ digits }})) * {{ whole }} as hugeint)
            as decimal(28, 0)
        )
        * cast(0.0000000001 as decimal(10, 10))
        as decimal(28, 10)
    )
{%- endmacro %}

{% macro spark__exact_quotient(numerator, denominator, factor, digits) -%}
    cast(
        cast({{ numerator }} as decimal(20, {{ digits }})) * {{ factor }}
        / cast({{ denominator }} as decimal(20, {{ digits }}))
        as decimal(28, 10)
    )
{%- endmacro %}

{# The same of a numerator that may be negative: rounded half away from zero. #}
{% macro signed_quotient(numerator, denominator, factor, digits=6) -%}
    (sign({{ numerator }}) * {{ exact_quotient('abs(' ~ numerator ~ ')', denominator, factor, digits) }})
{%- endmacro %}

{# Two texts of words joined by "|" into one: sorted, without repetition. #}
{% macro merge_words(words) %}
    {{- return(adapter.dispatch('merge_words', 'integrationsmonitor')(words)) -}}
{% endmacro %}

{% macro duckdb__merge_words(words) -%}
    array_to_string(
        list_sort(list_distinct(list_filter(
            string_split(concat_ws('|', {{ words | join(', ') }}), '|'), lambda word: word <> ''
        ))),
        '|'
    )
{%- endmacro %}

{% macro spark__merge_words(words) -%}
    array_join(
        array_sort(array_distinct(filter(
            split(concat_ws('|', {{ words | join(', ') }}), '[|]'), word -> word <> ''
        ))),
        '|'
    )
{%- endmacro %}

{# One row per word of a text joined by "|". #}
{% macro each_word(words) %}
    {{- return(adapter.dispatch('each_word', 'integrationsmonitor')(words)) -}}
{% endmacro %}

{% macro duckdb__each_word(words) -%}
    unnest(string_split({{ words }}, '|'))
{%- endmacro %}

{% macro spark__each_word(words) -%}
    explode(split({{ words }}, '[|]'))
{%- endmacro %}

{# Distinct words of a group, sorted, joined by "|". #}
{% macro collect_words(word) %}
    {{- return(adapter.dispatch('collect_words', 'integrationsmonitor')(word)) -}}
{% endmacro %}

{% macro duckdb__collect_words(word) -%}
    coalesce(string_agg(distinct {{ word }}, '|' order by {{ word }}), '')
{%- endmacro %}

{% macro spark__collect_words(word) -%}
    array_join(array_sort(collect_set({{ word }})), '|')
{%- endmacro %}

{# Texts of a group in an order, one after the other. #}
{% macro join_texts(text, order, separator=', ') %}
    {{- return(adapter.dispatch('join_texts', 'integrationsmonitor')(text, order, separator)) -}}
{% endmacro %}

{% macro duckdb__join_texts(text, order, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order }})
{%- endmacro %}

{% macro spark__join_texts(text, order, separator) -%}
    array_join(
        transform(array_sort(collect_list(struct({{ order }} as place, {{ text }} as text))), each -> each.text),
        '{{ separator }}'
    )
{%- endmacro %}

{# Of a group the value of the row in which something is greatest. #}
{% macro value_at_max(value, weight) %}
    {{- return(adapter.dispatch('value_at_max', 'integrationsmonitor')(value, weight)) -}}
{% endmacro %}

{% macro duckdb__value_at_max(value, weight) -%}
    arg_max({{ value }}, {{ weight }})
{%- endmacro %}

{% macro spark__value_at_max(value, weight) -%}
    max_by({{ value }}, {{ weight }})
{%- endmacro %}

{# Short stable hash of a key: 16 hexadecimal digits. #}
{% macro key_hash(columns) %}
    {{- return(adapter.dispatch('key_hash', 'integrationsmonitor')(columns)) -}}
{% endmacro %}

{% macro duckdb__key_hash(columns) -%}
    left(md5(concat_ws('|'
    {%- for column in columns %}, coalesce(cast({{ column }} as varchar), ''){% endfor %})), 16)
{%- endmacro %}

{% macro spark__key_hash(columns) -%}
    left(md5(concat_ws('|'
    {%- for column in columns %}, coalesce(cast({{ column }} as string), ''){% endfor %})), 16)
{%- endmacro %}

{# One row per whole number from 0 to another. #}
{% macro each_number_to(number) %}
    {{- return(adapter.dispatch('each_number_to', 'integrationsmonitor')(number)) -}}
{% endmacro %}

{% macro duckdb__each_number_to(number) -%}
    unnest(range(0, {{ number }} + 1))
{%- endmacro %}

{% macro spark__each_number_to(number) -%}
    explode(sequence(0, {{ number }}))
{%- endmacro %}

{# A day so many years before another, its year, the day after or before it, or the last day of a year. #}
{% macro years_before(day, years) -%}
    cast({{ dbt.dateadd('year', '-(' ~ years ~ ')', day) }} as date)
{%- endmacro %}

{% macro year_of(day) -%}
    cast(extract(year from {{ day }}) as integer)
{%- endmacro %}

{% macro day_after(day) -%}
    cast({{ dbt.dateadd('day', 1, day) }} as date)
{%- endmacro %}

{% macro day_before(day) -%}
    cast({{ dbt.dateadd('day', -1, day) }} as date)
{%- endmacro %}

{% macro year_end_before(day, years) %}
    {{- return(adapter.dispatch('year_end_before', 'integrationsmonitor')(day, years)) -}}
{% endmacro %}

{% macro duckdb__year_end_before(day, years) -%}
    make_date(cast(extract(year from {{ day }}) as integer) - {{ years }}, 12, 31)
{%- endmacro %}

{% macro spark__year_end_before(day, years) -%}
    make_date(extract(year from {{ day }}) - {{ years }}, 12, 31)
{%- endmacro %}

{# Whole days from one moment to another. #}
{% macro days_between(earlier, later) -%}
    {{ dbt.datediff(earlier, later, 'day') }}
{%- endmacro %}

{# 31.12.2019 #}
{% macro german_date(day) %}
    {{- return(adapter.dispatch('german_date', 'integrationsmonitor')(day)) -}}
{% endmacro %}

{% macro duckdb__german_date(day) -%}
    strftime({{ day }}, '%d.%m.%Y')
{%- endmacro %}

{% macro spark__german_date(day) -%}
    date_format({{ day }}, 'dd.MM.yyyy')
{%- endmacro %}

{# 12.345,7: rounded half away from zero to so many decimals. #}
{% macro german_number(number, decimals) %}
    {{- return(adapter.dispatch('german_number', 'integrationsmonitor')(number, decimals)) -}}
{% endmacro %}

{% macro duckdb__german_number(number, decimals) -%}
    translate(
        case {{ decimals }}
            {%- for digits in range(7) %}
            when {{ digits }} then format('{:,.{{ digits }}f}', cast(round({{ number }}, {{ digits }}) as double))
            {%- endfor %}
        end,
        ',.', '.,'
    )
{%- endmacro %}

{% macro spark__german_number(number, decimals) -%}
    translate(format_number(round({{ number }}, {{ decimals }}), {{ decimals }}), ',.', '.,')
{%- endmacro %}
