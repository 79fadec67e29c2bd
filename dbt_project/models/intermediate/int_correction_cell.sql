-- Which cells every correction of the catalogue hits, in each of their vintages, and whether it applies there. It does
-- not where it was ended, where an override hits more than one cell or does not find the figure that it was written
-- against, and where an earlier entry of the file already drops or overrides the same cell.
with hit as (
    select
        correction.correction_id,
        correction.correction_seq,
        correction.action,
        correction.value,
        correction.flag,
        correction.status,
        printed.axis,
        printed.cell_id,
        printed.vintage_no,
        printed.is_current,
        printed.value as printed_value,
        printed.sign as printed_sign,
        printed.status as printed_status,
        count(distinct printed.cell_id) over (partition by correction.correction_id) as n_cells,
        coalesce(printed.sign, '') = coalesce(correction.expect_sign, '')
        and coalesce(correction.expect_sign is not null or printed.value = correction.expect_value, false)
            as is_as_expected,
    from {{ ref('stg_catalog__correction') }} as correction
    inner join {{ ref('stg_catalog__correction_cells') }} as cells using (correction_id)
    inner join {{ ref('int_observation_printed') }} as printed
        on
            cells.dataset_id = printed.dataset_id
            and printed.period_end between cells.period_from and cells.period_to
            and printed.region_key like concat(cells.region_prefix, '%')
            {% for column in [
                'measure', 'region_key', 'sex', 'nationality', 'citizenship_key', 'age_group', 'dimensions', 'basis',
            ] %}
                and cells.{{ column }} in ('*', printed.{{ column }})
            {% endfor %}
),

judged as (
    select
        *,
        case
            when status in ('corrected_by_source', 'given_up') then 'ended'
            when action = 'override' and n_cells > 1 then 'several_cells'
            when action = 'override' and not is_as_expected then 'source_changed'
        end as hindrance,
    from hit
),

ranked as (
    select
        *,
        row_number() over (
            partition by axis, cell_id, vintage_no, action = 'flag', hindrance is null
            order by correction_seq
        ) as rank_in_cell,
    from judged
)

select
    correction_id,
    axis,
    cell_id,
    vintage_no,
    axis = 'source' and is_current as is_current,
    action,
    value,
    flag,
    printed_value,
    printed_sign,
    printed_status,
    case when hindrance is null and action <> 'flag' and rank_in_cell > 1 then 'overruled' else hindrance end
        as not_applied_because,
from ranked
