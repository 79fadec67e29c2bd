select
    violated.sum_id,
    violated.sum_kind,
    violated.field,
    case when violated.region_key like '16%' then 'Thüringen' else 'Vergleich' end as scope,
    {% for column in cell_key() %}
        violated.{{ column }},
    {% endfor %}
    region.region_name,
    violated.observation_id,
    violated.n_parts,
    violated.total,
    violated.parts,
    violated.difference,
    violated.rounding_explains,
    violated.tolerance,
    violated.is_promised,
    violated.has_own_figure,
    violated.explanation_id,
    coalesce(entry.is_explained, false) as is_explained,
    coalesce(
        entry.reason_de, 'Nicht erklärt: Für diese Summe steht in catalog/sum_violations.yml noch kein Eintrag.'
    ) as explanation_de,
    entry.source_de,
from {{ ref('int_sum_comparison') }} as violated
inner join {{ ref('stg_catalog__region') }} as region on violated.region_key = region.region_key
left join {{ ref('stg_catalog__sum_violation') }} as entry on violated.explanation_id = entry.explanation_id
where violated.is_violated
