-- Values of the last release that are no longer told at all: no row, not even one that says why. Who took them back, or a
-- catalogue that does not name the indicator, the variant, the dataset or the territory any longer, is reason enough.
with gone as (
    select past.*
    from last_mart_indicator as past
    anti join mart_indicator using (value_id)
    anti join mart_withdrawal using (value_id)
    inner join dim_indicator as indicator
        on past.indicator_id = indicator.indicator_id and past.definition_version = indicator.definition_version
    semi join dim_indicator_variant as variant
        on past.indicator_id = variant.indicator_id and past.variant = variant.variant
    semi join dim_region as region on past.region_key = region.region_key
    where
        past.value is not null
        and (
            past.territory = 'as_published'
            or past.territory_date in (select territory_date from mart_indicator where territory = 'harmonised')
        )
),

known_dataset as (
    select list(dataset_id) as ids from dim_dataset
)

select
    indicator_id,
    variant,
    territory,
    dataset_ids,
    count(*) as n_gone,
    min(period_end) as first_period_end,
    max(period_end) as last_period_end,
    min(value_id) as example,
from gone, known_dataset
where list_has_all(ids, string_split(dataset_ids, '|'))
group by all
order by all
