-- What we read of an answer, and since when: one row per cell, answer and reading that differs from the one before it.
-- The first reading is what the source says; a further one of the same bytes that tells another figure is a correction
-- of ours, a cell that it no longer holds included. The last one is in force, with all that it tells.
{% set elsewhere = ['raw_locator', 'printed', 'stated_known_from', 'stated_known_from_quality', 'citation'] %}
with reading as (
    select
        true as is_present,
        reading.*,
        parse.parse_seq,
        parse.parsed_at,
        parse.is_first,
    from {{ ref('int_observation_reading') }} as reading
    inner join {{ ref('int_parse') }} as parse using (dataset_id, raw_sha256, parse_key)
),

lost as (
    select distinct
        false as is_present,
        reading.cell_id,
        reading.dataset_id,
        reading.raw_sha256,
        later.parse_key,
        later.parse_seq,
        later.parsed_at,
        'not_published' as status,
        false as is_first,
    from reading
    inner join {{ ref('int_parse') }} as later
        on
            reading.dataset_id = later.dataset_id
            and reading.raw_sha256 = later.raw_sha256
            and reading.parse_seq < later.parse_seq
    left join reading as reading_again
        on
            reading.cell_id = reading_again.cell_id
            and later.dataset_id = reading_again.dataset_id
            and later.raw_sha256 = reading_again.raw_sha256
            and later.parse_key = reading_again.parse_key
    where reading_again.cell_id is null
),

told as (
    select *,
    from reading
    union all by name
    select *,
    from lost
),

beside_the_one_before as (
    select
        *,
        not is_first
        and (
            {% for column in ['is_present', 'value', 'sign', 'status', 'quality', 'territory_date'] -%}
                {{ 'or ' if not loop.first }}{{ column }} is distinct from lag({{ column }}) over before
            {% endfor -%}
        ) as is_another_figure,
        (
            {% for column in elsewhere -%}
                {{ 'or ' if not loop.first }}{{ column }} is distinct from lag({{ column }}) over before
            {% endfor -%}
        ) as is_told_otherwise,
        row_number() over before as reading_no,
        first_value(case when is_first then value end) over before as value_at_first,
        first_value(case when is_first then status end) over before as status_at_first,
    from told
    window before as (partition by cell_id, raw_sha256 order by parse_seq)
),

statement as (
    select
        * exclude (reading_no, is_another_figure, is_told_otherwise, is_first),
        -- once corrected it stays corrected, whatever else a later reading tells better
        bool_or(is_another_figure) over (
            partition by cell_id, raw_sha256
            order by parse_seq
        ) as is_own_correction,
    from beside_the_one_before
    qualify reading_no = 1 or is_another_figure or is_told_otherwise
)

select
    *,
    row_number() over (partition by cell_id, raw_sha256 order by parse_seq desc) = 1 as is_in_force,
from statement
