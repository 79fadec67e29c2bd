select
    compared.dataset_id,
    compared.sum_kind,
    compared.field,
    compared.measure,
    compared.unit,
    case when compared.region_key like '16%' then 'Thüringen' else 'Vergleich' end as scope,
    compared.period_type,
    compared.period_start,
    compared.period_end,
    count(*) as n_sums,
    count(case when compared.not_comparable_because is null then 1 end) as n_compared,
    count(case when compared.is_violated then 1 end) as n_violated,
    count(case when compared.is_violated and entry.is_explained then 1 end) as n_explained,
    count(case when compared.is_violated and not coalesce(entry.is_explained, false) then 1 end) as n_unexplained,
    {% for reason in ['total_without_value', 'part_missing', 'part_without_value', 'not_yet', 'perturbed'] %}
        count(case when compared.not_comparable_because = '{{ reason }}' then 1 end) as n_{{ reason }},
    {% endfor %}
from {{ ref('int_sum_comparison') }} as compared
left join {{ ref('stg_catalog__sum_violation') }} as entry on compared.explanation_id = entry.explanation_id
group by
    compared.dataset_id,
    compared.sum_kind,
    compared.field,
    compared.measure,
    compared.unit,
    scope,
    compared.period_type,
    compared.period_start,
    compared.period_end
