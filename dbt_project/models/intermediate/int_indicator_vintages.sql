-- Every value of every variant at every time, as published and on every territory that counts are converted to. Where
-- no step touched a region, a converted territory has the value as it was published; an adopted rate, or
-- what is made of one, is converted nowhere.
{% set numbers = ['value', 'value_low', 'value_high', 'numerator', 'denominator'] %}
with computed as (
    select *,
    from {{ ref('int_indicator_computed') }}
    union all by name
    select *,
    from {{ ref('int_indicator_derived') }}
),

-- A region that is gone on the target's day has no value there: it is in that of its successor.
elsewhere as (
    select
        computed.* replace (
            target.territory_key as territory_key,
            'harmonised' as territory,
            target.target_date as territory_date
        ),
        unit.region_key is not null as is_touched,
    from computed
    cross join {{ ref('stg_catalog__territory_target') }} as target
    inner join {{ ref('stg_catalog__region') }} as region on computed.region_key = region.region_key
    left join {{ ref('stg_catalog__territory_unit') }} as unit
        on
            target.territory_key = unit.territory_key
            and computed.region_key = unit.region_key
    where
        computed.territory_key = 'as_published'
        and computed.region_level in ('bund', 'land', 'kreis')
        and {{ valid_on('region', 'target.target_date') }}
),

never_converted as (
    select
        * exclude (is_touched) replace (
            {% for column in numbers %}
                null as {{ column }},
            {% endfor %}
            'not_convertible' as status,
            'published_rate' as flags,
            'first' as revision_kind,
            case
                when not bool_or(known_to is null) over within_value then max(known_to) over within_value
            end as known_to
        ),
    from elsewhere
    where is_adopted
    window
        within_value as (
            partition by axis, territory_key, indicator_id, variant, region_key, period_type, period_start, period_end
        )
    qualify vintage_no = min(vintage_no) over within_value
)

select *,
from computed
union all by name
select * exclude (is_touched),
from elsewhere
where
    not is_adopted
    and not is_touched
union all by name
select *,
from never_converted
