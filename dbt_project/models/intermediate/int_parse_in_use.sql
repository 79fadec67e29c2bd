-- Of every accepted answer the parse in force, and the last one before it, which it is compared with.
with parse as (
    select distinct
        dataset_id,
        raw_sha256,
        parse_key,
        parse_seq,
        is_current_parse,
    from {{ ref('stg_inputs__delivery') }}
),

present_parse as (
    select *,
    from parse
    where is_current_parse
),

earlier_parse as (
    select parse.*,
    from parse
    inner join present_parse
        on
            parse.dataset_id = present_parse.dataset_id
            and parse.raw_sha256 = present_parse.raw_sha256
            and parse.parse_seq < present_parse.parse_seq
    qualify row_number() over (
        partition by parse.dataset_id, parse.raw_sha256
        order by parse.parse_seq desc
    ) = 1
)

select
    dataset_id,
    raw_sha256,
    parse_key,
    true as is_present,
from present_parse
union all
select
    dataset_id,
    raw_sha256,
    parse_key,
    false as is_present,
from earlier_parse
