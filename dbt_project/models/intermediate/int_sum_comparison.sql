-- Every printed total that has printed parts, compared with their sum: the Kreise of its territory for a Land, and the
-- words of an axis for the sums that a dataset's file promises. Every figure stands for an interval, as wide as its
-- source rounds; a sum is violated where the intervals do not meet, and differ by more than the file allows besides.
-- What cannot be compared says why.
{% set summed = ['sex', 'nationality', 'citizenship_key', 'age_group'] %}
{% set kept = cell_key() | reject('in', summed + ['region_key', 'dimensions']) | list %}
with observation as (
    select *,
    from {{ ref('int_observation_current') }}
),

promise as (
    select *,
    from {{ ref('stg_catalog__sum') }}
),

kreis as (
    select
        region_key,
        parent_key,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
    from {{ ref('stg_catalog__region') }}
    where region_level = 'kreis'
),

territory_day as (
    select distinct territory_date,
    from observation
),

kreise_of_a_day as (
    select
        day.territory_date,
        kreis.parent_key,
        count(*) as n_required,
    from territory_day as day
    inner join kreis on day.territory_date between kreis.valid_from and kreis.valid_to
    group by day.territory_date, kreis.parent_key
),

of_region as (
    select
        promise.sum_no,
        observation.region_level = 'land' as is_total,
        kreise_of_a_day.n_required,
        coalesce(kreis.parent_key, observation.region_key) as summed_region,
        {% for column in summed + ['dimensions'] %}
            observation.{{ column }} as summed_{{ column }},
        {% endfor %}
        observation.*,
    from observation
    inner join promise
        on
            observation.dataset_id = promise.dataset_id
            and observation.measure = promise.measure
            and observation.unit = promise.unit
            and promise.sum_kind = 'region'
    left join kreis
        on
            observation.region_key = kreis.region_key
            and observation.territory_date between kreis.valid_from and kreis.valid_to
    inner join kreise_of_a_day
        on
            coalesce(kreis.parent_key, observation.region_key) = kreise_of_a_day.parent_key
            and observation.territory_date = kreise_of_a_day.territory_date
    where observation.region_level = 'land' or kreis.region_key is not null
),

worded as (
    select
        promise.sum_no,
        promise.n_parts as n_required,
        observation.region_key as summed_region,
        {% for column in summed %}
            case when promise.field <> '{{ column }}' then observation.{{ column }} end as summed_{{ column }},
        {% endfor %}
        case
            when promise.sum_kind = 'dimension' then {{ without_dimension('observation.dimensions', 'promise.field') }}
            else observation.dimensions
        end as summed_dimensions,
        case promise.field
            {% for column in summed %}
                when '{{ column }}' then observation.{{ column }}
            {% endfor %}
            else {{ dimension_word('observation.dimensions', 'promise.field') }}
        end as word,
        observation.*,
    from observation
    inner join promise
        on
            observation.dataset_id = promise.dataset_id
            and observation.measure = promise.measure
            and observation.unit = promise.unit
            and promise.sum_kind <> 'region'
),

of_axis as (
    select
        said.role = 'total' as is_total,
        worded.* exclude (word),
    from worded
    inner join {{ ref('stg_catalog__sum_word') }} as said
        on
            worded.dataset_id = said.dataset_id
            and worded.sum_no = said.sum_no
            and worded.word = said.word
),

member as (
    select *,
    from of_region
    union all by name
    select *,
    from of_axis
),

identified as (
    select
        {{ key_hash(['sum_no', 'summed_region', 'summed_sex', 'summed_nationality', 'summed_citizenship_key',
                     'summed_age_group', 'summed_dimensions'] + kept) }} as sum_id,
        *,
    from member
),

added as (
    select
        sum_id,
        count(*) as n_parts,
        count(value_high) as n_parts_known,
        {{ collect_words('cell_id') }} as part_ids,
        sum(coalesce(value, 0)) as parts,
        sum(value_low) as parts_low,
        sum(value_high) as parts_high,
        bool_and(status = 'not_yet') as is_not_yet,
        bool_or(is_perturbed) as is_perturbed,
        bool_or({{ has_word('flags', 'replaced_by_us') }}) as has_own_figure,
    from identified
    where not is_total
    group by sum_id
),

compared as (
    select
        total.*,
        added.* exclude (sum_id, is_perturbed, has_own_figure),
        added.has_own_figure or {{ has_word('total.flags', 'replaced_by_us') }} as has_own_figure,
        coalesce(total.value, 0) - added.parts as difference,
        case
            when total.is_perturbed or added.is_perturbed then 'perturbed'
            when total.value_high is null then 'total_without_value'
            when added.n_parts < total.n_required then 'part_missing'
            when added.is_not_yet then 'not_yet'
            when added.n_parts_known < added.n_parts then 'part_without_value'
        end as not_comparable_because,
    from identified as total
    inner join added on total.sum_id = added.sum_id
    where total.is_total
),

judged as (
    select
        *,
        case
            when not_comparable_because is not null then null
            when difference > 0 then (coalesce(value, 0) - value_low) + (parts_high - parts)
            else (value_high - coalesce(value, 0)) + (parts - parts_low)
        end as rounding_explains,
    from compared
),

explanation as (
    select
        judged.sum_id,
        {{ value_at_max('entry.explanation_id', '-entry.explanation_seq') }} as explanation_id,
    from judged
    inner join promise using (dataset_id, sum_no)
    inner join {{ ref('stg_catalog__sum_violation') }} as entry
        on
            judged.dataset_id = entry.dataset_id
            and promise.sum_kind = entry.sum_kind
    inner join {{ ref('stg_catalog__sum_violation_cells') }} as cells
        on
            entry.explanation_id = cells.explanation_id
            and judged.period_end between cells.period_from and cells.period_to
            and judged.region_key like concat(cells.region_prefix, '%')
            {% for column in summed + ['measure', 'region_key', 'dimensions', 'basis'] %}
                and cells.{{ column }} in ('*', judged.{{ column }})
            {% endfor %}
    group by judged.sum_id
)

select
    judged.sum_id,
    promise.sum_kind,
    promise.field,
    judged.cell_id as observation_id,
    {% for column in cell_key() %}
        judged.{{ column }},
    {% endfor %}
    judged.n_required,
    judged.n_parts,
    judged.part_ids,
    judged.value as total,
    case when judged.not_comparable_because is null then cast(judged.parts as decimal(24, 6)) end as parts,
    case when judged.not_comparable_because is null then cast(judged.difference as decimal(24, 6)) end as difference,
    cast(judged.rounding_explains as decimal(24, 6)) as rounding_explains,
    promise.tolerance,
    promise.is_promised,
    judged.has_own_figure,
    judged.not_comparable_because,
    coalesce(abs(judged.difference) > judged.rounding_explains + promise.tolerance, false) as is_violated,
    explanation.explanation_id,
from judged
inner join promise using (dataset_id, sum_no)
left join explanation on judged.sum_id = explanation.sum_id
