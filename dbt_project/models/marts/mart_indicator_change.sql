-- Everything that is computed from the values beside them, one row per value and measure.
{% for measure in ['change', 'gap', 'mean', 'position'] %}
    select *,
    from {{ ref('int_measure_' ~ measure) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
order by value_id, measure
