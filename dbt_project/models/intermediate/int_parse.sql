-- Of every accepted answer the parses that count: the one in force, and those before it. Each reads the same bytes.
with parse as (
    select
        dataset_id,
        raw_sha256,
        parse_key,
        parse_seq,
        is_current_parse as is_in_force,
        min(parsed_at) as parsed_at,
    from {{ ref('stg_inputs__delivery') }}
    group by all
),

in_force as (
    select
        dataset_id,
        raw_sha256,
        parse_seq,
    from parse
    where is_in_force
)

select
    parse.dataset_id,
    parse.raw_sha256,
    parse.parse_key,
    parse.parse_seq,
    parse.parsed_at,
    parse.is_in_force,
    row_number() over (partition by parse.dataset_id, parse.raw_sha256 order by parse.parse_seq) = 1 as is_first,
from parse
inner join in_force
    on
        parse.dataset_id = in_force.dataset_id
        and parse.raw_sha256 = in_force.raw_sha256
        and parse.parse_seq <= in_force.parse_seq
