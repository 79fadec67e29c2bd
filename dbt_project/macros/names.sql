{# What stays is named without its database: a table macro that stores the candidate's name breaks when the file is renamed
   or attached under another name. #}
{% macro ref() %}
    {% set relation = builtins.ref(*varargs, **kwargs) %}
    {{ return(relation.include(database=relation.database != target.database)) }}
{% endmacro %}

{# The layer is the schema: staging, intermediate; marts stand in main, where people query them. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(custom_schema_name | trim if custom_schema_name else target.schema) }}
{% endmacro %}
