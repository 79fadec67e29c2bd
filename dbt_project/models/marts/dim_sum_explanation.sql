with met as (
    select
        explanation_id,
        count(case when not_comparable_because is null then 1 end) as n_compared,
        count(case when is_violated then 1 end) as n_violated,
    from {{ ref('int_sum_comparison') }}
    where explanation_id is not null
    group by explanation_id
)

select
    entry.explanation_id,
    entry.dataset_id,
    entry.sum_kind,
    entry.is_explained,
    entry.reason_de,
    entry.source_de,
    coalesce(met.n_compared, 0) as n_compared,
    coalesce(met.n_violated, 0) as n_violated,
from {{ ref('stg_catalog__sum_violation') }} as entry
left join met on entry.explanation_id = met.explanation_id
order by entry.explanation_id
