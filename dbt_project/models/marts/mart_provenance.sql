{% set grain = [
    'indicator_id', 'variant', 'territory', 'territory_date', 'region_key', 'period_type', 'period_start', 'period_end',
    'group_key',
] %}
-- From every indicator value to the observations that it is made of, and from each to the bytes of its source.
with direct as (
    {% for role in ['numerator', 'denominator'] %}
        select
            {% for column in grain %}
                {{ column }},
            {% endfor %}
            '{{ role }}' as role,
            {{ role }}_cell_id as cell_id,
            {{ role }}_sum_id as sum_id,
        from {{ ref('int_indicator_value') }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
),

-- What is made of two values is made of the parts of both; those of the second one have roles of their own.
input as (
    select *,
    from direct
    {% for side in ['of', 'against'] %}
        union all by name
        select
            derived.indicator_id,
            derived.variant,
            direct.* exclude (indicator_id, variant, group_key, role, cell_id, sum_id),
            derived.group_key,
            {{ "direct.role" if side == 'of' else "concat('against_', direct.role)" }} as role,
            direct.cell_id,
            direct.sum_id,
        from {{ ref('stg_catalog__indicator_variant') }} as derived
        inner join direct
            on
                derived.{{ side }}_indicator_id = direct.indicator_id
                and derived.{{ side }}_variant = direct.variant
    {% endfor %}
),

-- A sum is told by all of its members.
observed as (
    select
        input.* exclude (cell_id, sum_id),
        coalesce(member.cell_id, input.cell_id) as cell_id,
        case when member.sum_id is null then cast(1 as decimal(18, 15)) else member.weight end as weight,
        coalesce(member.weight_quality, 'exact') as weight_quality,
        case when member.steps <> '' then member.weight_kind end as weight_kind,
        nullif(member.steps, '') as step_ids,
    from input
    left join {{ ref('int_sum_member') }} as member on input.sum_id = member.sum_id
    where input.cell_id is not null or member.cell_id is not null
),

-- The same bytes may have been delivered again; what counts is when they came first.
first_delivery as (
    select *,
    from {{ ref('stg_inputs__delivery') }}
    where is_current_parse
    qualify row_number() over (partition by dataset_id, raw_sha256 order by delivery_seq) = 1
)

select
    indicator.value_id,
    observed.role,
    cast(row_number() over (
        partition by indicator.value_id, observed.role
        order by observation.region_key, observation.age_group, observed.cell_id
    ) as integer) as part_no,
    observed.cell_id as observation_id,
    count(*) over (partition by indicator.value_id, observed.role) > 1 as is_part_of_sum,
    observed.weight,
    observed.weight_quality,
    observed.weight_kind,
    observed.step_ids,
    observation.dataset_id,
    observation.measure,
    observation.region_key,
    observation.period_end,
    observation.basis,
    -- What a person took back leaves no number from which it could be computed again.
    case when withdrawal.value_id is null then observation.value end as used_value,
    case when withdrawal.value_id is null then observation.status else 'withheld' end as status,
    case when withdrawal.value_id is null then observation.printed end as printed,
    observation.raw_sha256,
    observation.raw_locator,
    case
        when delivery.layout in ('ffcsv', 'local') then 'value'
        when delivery.layout = 'ba_json' then 'showValue'
        when observation.raw_locator like '%, field %'
            then regexp_extract(observation.raw_locator, 'field ([0-9]+)$', 1)
        else nullif(regexp_extract(observation.raw_locator, '!([A-Z]+)[0-9]+$', 1), '')
    end as raw_column,
    delivery.layout,
    delivery.filename,
    delivery.url,
    delivery.retrieved_at,
    observation.source_known_from,
    observation.known_from_quality,
    observation.recorded_at,
    dataset.licence_id,
    dataset.licence_url,
    dataset.attribution,
    observation.citation,
    origin.origin_file,
    origin.origin_sha256,
    origin.origin_locator,
    origin.origin_stand,
from {{ ref('mart_indicator') }} as indicator
inner join observed on {{ same_key('indicator', 'observed', grain) }}
inner join {{ ref('int_observation_current') }} as observation on observed.cell_id = observation.cell_id
inner join {{ ref('stg_catalog__dataset') }} as dataset on observation.dataset_id = dataset.dataset_id
inner join first_delivery as delivery
    on
        observation.dataset_id = delivery.dataset_id
        and observation.raw_sha256 = delivery.raw_sha256
left join {{ ref('stg_inputs__origin') }} as origin
    on
        observation.raw_sha256 = origin.raw_sha256
        and observation.raw_locator = origin.raw_locator
left join {{ ref('int_withdrawal') }} as withdrawal on indicator.value_id = withdrawal.value_id
order by indicator.value_id, observed.role, part_no
