-- What speaks for an indicator as published, for the Land and its Kreise, in the group of people that the indicator is
-- named for: that of its first variant. Usable is a number that nobody doubts; every other row says why it is not.
with named_for as (
    select
        indicator_id,
        group_key,
    from {{ ref('stg_catalog__indicator_variant') }}
    qualify row_number() over (partition by indicator_id order by priority) = 1
)

select
    value.indicator_id,
    value.region_level,
    value.region_key,
    cast(extract(year from value.period_start) as integer) as year,
    value.period_start,
    value.period_end,
    value.value is not null and not {{ has_word('value.flags', 'doubtful_source') }} as is_usable,
    case
        when value.value is not null and {{ has_word('value.flags', 'doubtful_source') }} then 'doubtful_source'
        else value.status
    end as state,
    value.dataset_ids,
from {{ ref('mart_indicator') }} as value
inner join named_for using (indicator_id, group_key)
inner join {{ ref('stg_catalog__region') }} as region on value.region_key = region.region_key
where
    value.territory = 'as_published'
    and value.is_default
    and value.status <> 'not_existing'
    and (region.region_key = '16' or (region.region_level = 'kreis' and region.parent_key = '16'))
