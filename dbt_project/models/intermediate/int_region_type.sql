-- The type of a Kreis that counts for comparisons, exactly one for each day of its existence: that of the BBSR where an
-- operator supplied it for that day, else what the Kreis is by its own law.
with listed as (
    select *,
    from {{ ref('stg_catalog__region_type') }}
    where scheme = 'bbsr'
),

by_law as (
    select *,
    from {{ ref('stg_catalog__region_type') }}
    where scheme = 'verwaltungsform'
),

-- The time before each listed type, and the time after the last one or without any.
around as (
    select
        by_law.region_key,
        coalesce(
            lag({{ day_after('listed.valid_to') }}) over (partition by by_law.region_key order by listed.valid_from),
            by_law.valid_from
        ) as starts_at,
        listed.valid_from as ends_before,
    from by_law
    inner join listed on by_law.region_key = listed.region_key
    union all
    select
        by_law.region_key,
        coalesce(max({{ day_after('listed.valid_to') }}), max(by_law.valid_from)) as starts_at,
        {{ day_after('max(by_law.valid_to)') }} as ends_before,
    from by_law
    left join listed on by_law.region_key = listed.region_key
    group by by_law.region_key
    having count(listed.region_key) = count(listed.valid_to)
)

select
    region_key,
    scheme,
    type_key,
    type_de,
    valid_from,
    valid_to,
from listed
union all by name
select
    by_law.region_key,
    by_law.scheme,
    by_law.type_key,
    by_law.type_de,
    around.starts_at as valid_from,
    {{ day_before('around.ends_before') }} as valid_to,
from around
inner join by_law on around.region_key = by_law.region_key
where
    around.starts_at is null
    or around.ends_before is null
    or around.starts_at < around.ends_before
