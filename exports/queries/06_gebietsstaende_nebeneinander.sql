-- Wie sieht eine Reihe über die Gebietsänderungen von 2021 und 2024 aus: wie veröffentlicht und umgerechnet?
-- Zu beachten: Nie zwei Spalten mischen. Umgerechnete Werte können geschätzt sein („estimate“,
-- „estimate_weak“); wie groß der Fehler ist, weiß niemand, und die Grenzen messen ihn nicht. Jede Zeile ist
-- eine Variante, also eine Grundlage.
with gefragt as (select '16063' as region_key, 'A01' as indicator_id, 'auslaender' as group_key)  -- Wartburgkreis

select
    w.period_end as zeitbezug,
    w.variant as variante,
    max(round(w.value, 2)) filter (where w.territory = 'as_published') as "wie veröffentlicht",
    max(round(w.value, 2)) filter (where w.territory = 'harmonised' and w.territory_date = '2021-12-31')
        as "Gebiet 31.12.2021",
    max(w.flags) filter (where w.territory = 'harmonised' and w.territory_date = '2021-12-31') as "Kennzeichen 2021",
    max(round(w.value, 2)) filter (where w.territory = 'harmonised' and w.territory_date = '2024-01-01')
        as "Gebiet 01.01.2024",
    max(w.flags) filter (where w.territory = 'harmonised' and w.territory_date = '2024-01-01') as "Kennzeichen 2024",
from mart_indicator as w
inner join gefragt using (region_key, indicator_id, group_key)
where w.status <> 'not_recorded'
group by zeitbezug, variante
order by zeitbezug, variante;
