with member as (
    select
        version,
        {{ each_word('members') }} as iso2,
    from {{ ref('stg_catalog__country_group') }}
)

select
    citizenship.citizenship_key,
    citizenship.name_de,
    citizenship.iso2,
    citizenship.continent,
    citizenship.continent <> 'staatenlos_ungeklaert' as is_nationality,
    {{ collect_words('member.version') }} as country_group_versions,
from {{ ref('stg_catalog__citizenship') }} as citizenship
left join member on citizenship.iso2 = member.iso2
group by
    citizenship.citizenship_key,
    citizenship.name_de,
    citizenship.iso2,
    citizenship.continent
order by citizenship.citizenship_key
