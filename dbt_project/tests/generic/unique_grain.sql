{# No two rows agree in all columns of the grain (nulls count as equal). #}
{% test unique_grain(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as n_rows
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
