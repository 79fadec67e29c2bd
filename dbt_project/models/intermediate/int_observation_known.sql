-- What holds, at every time: what the source prints, with our corrections of its known errors. This is the one place
-- where they apply; everything that is computed starts here.
with applied as (
    select
        axis,
        cell_id,
        vintage_no,
        action,
        value,
        case action when 'drop' then 'dropped_by_us' when 'override' then 'replaced_by_us' else flag end as flag,
    from {{ ref('int_correction_cell') }}
    where not_applied_because is null
),

correction as (
    select
        axis,
        cell_id,
        vintage_no,
        bool_or(action = 'drop') as is_dropped,
        bool_or(action = 'override') as is_replaced,
        max(case when action = 'override' then value end) as our_value,
        {{ collect_words('flag') }} as flags,
    from applied
    group by axis, cell_id, vintage_no
)

select
    printed.* replace (
        case
            when correction.is_dropped then null
            when correction.is_replaced then correction.our_value
            else printed.value
        end as value,
        case
            when correction.is_dropped then 'withheld'
            when not correction.is_replaced or correction.cell_id is null then printed.status
            when correction.our_value = 0 then 'zero'
            else 'value'
        end as status,
        -- Rounding is the source's: a number of ours has none, and no number has no bounds.
        case
            when correction.is_dropped then null
            when correction.is_replaced then correction.our_value
            else printed.value_low
        end as value_low,
        case
            when correction.is_dropped then null
            when correction.is_replaced then correction.our_value
            else printed.value_high
        end as value_high,
        printed.is_rounded and not coalesce(correction.is_dropped or correction.is_replaced, false) as is_rounded,
        case
            when correction.cell_id is null then printed.flags
            else {{ merge_words(['printed.flags', 'correction.flags']) }}
        end as flags
    ),
from {{ ref('int_observation_printed') }} as printed
left join correction
    on
        printed.axis = correction.axis
        and printed.cell_id = correction.cell_id
        and printed.vintage_no = correction.vintage_no
