{# Relations are named without their database: a view that stores the candidate's name breaks when the file is renamed
   or attached under another name. #}
{% macro ref() %}
    {% set relation = builtins.ref(*varargs, **kwargs) %}
    {{ return(relation.include(database=false)) }}
{% endmacro %}

{# The layer is the schema: staging, intermediate; marts stand in main, where people query them. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(custom_schema_name | trim if custom_schema_name else target.schema) }}
{% endmacro %}
