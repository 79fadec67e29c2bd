-- Was haben wir seit einem Tag neu oder anders veröffentlicht, und was hat eine Quelle seither geändert?
-- Zu beachten: Die erste Veröffentlichung nennt alles als neu. Den Grund jeder einzelnen Änderung nennt
-- diff.md der Veröffentlichung.
with gefragt as (select timestamp '2026-01-01' as seit)  -- UTC

select
    'von uns veröffentlicht' as was,
    w.indicator_id as "Indikator oder Datensatz",
    count(*) as anzahl,
    min(p.published_at) as zuerst,
    max(p.published_at) as zuletzt,
from mart_publication as p
inner join mart_indicator as w using (value_id)
where p.published_at >= (select seit from gefragt) and w.territory = 'as_published'
group by all
union all
select
    'von der Quelle geändert',
    dataset_id,
    count(*),
    min(latest_known_from),
    max(latest_known_from),
from mart_revision
where latest_known_from >= (select seit from gefragt)
group by all
order by all;
