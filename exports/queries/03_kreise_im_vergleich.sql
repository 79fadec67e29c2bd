-- Welche Kreise liegen höher, und wo lässt die Rundung die Reihenfolge offen?
-- Zu beachten: Vor einem Kreis steht sicher nur, wessen untere Grenze über seiner oberen liegt. Wo „Platz
-- von“ und „Platz bis“ auseinandergehen, ist die Reihenfolge nicht gesagt und nicht zu zitieren. Gezählt sind
-- die Kreise mit einer Zahl; die anderen stehen am Ende, mit dem Grund.
with gefragt as (select 'E10' as indicator_id, date '2023-12-31' as period_end),

werte as (
    select w.*
    from mart_indicator as w
    inner join gefragt using (indicator_id, period_end)
    where w.territory = 'as_published' and w.is_default and w.region_level = 'kreis' and w.group_key = 'auslaender'
),

plaetze as (
    select
        w.value_id,
        1 + count(*) filter (where a.value_low > w.value_high) as platz_von,
        1 + count(*) filter (where a.value_high >= w.value_low and a.value_id <> w.value_id) as platz_bis,
    from werte as w
    cross join werte as a
    where w.value is not null
    group by w.value_id
)

select
    w.region_name as kreis,
    round(w.value, 1) as wert,
    w.value_low as von,
    w.value_high as bis,
    p.platz_von as "Platz von",
    p.platz_bis as "Platz bis",
    w.status,
from werte as w
left join plaetze as p using (value_id)
order by w.value desc nulls last, kreis;
