{# Every row keeps the rule; a null answer counts as broken. #}
{% test holds(model, rule) %}
    select *
    from {{ model }}
    where not coalesce({{ rule }}, false)
{% endtest %}
