{{ config(schema='staging') }}
-- What we read of an answer, and since when: one row per cell, answer and reading that differs from the one before it.
-- The first reading is what the source says; every further one of the same bytes is a correction of ours, a cell that
-- it no longer holds included. The last one is in force.
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
        lag(is_present) over before as was_present,
        lag(value) over before as value_before,
        lag(sign) over before as sign_before,
        lag(status) over before as status_before,
        min(printed) over (partition by cell_id, raw_sha256) as printed_by_any_reading,
    from told
    window before as (partition by cell_id, raw_sha256 order by parse_seq)
),

statement as (
    select
        * exclude (was_present, value_before, sign_before, status_before, printed_by_any_reading)
        -- Landed before readings kept what is printed: the same bytes print the same.
        replace (case when is_present then coalesce(printed, printed_by_any_reading) end as printed),
    from beside_the_one_before
    where
        was_present is distinct from is_present
        or value is distinct from value_before
        or sign is distinct from sign_before
        or status is distinct from status_before
)

select
    * exclude (is_first),
    not is_first as is_own_correction,
    row_number() over (partition by cell_id, raw_sha256 order by parse_seq desc) = 1 as is_in_force,
from statement
