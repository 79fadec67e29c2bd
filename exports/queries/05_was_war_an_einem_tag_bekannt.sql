-- Was war an einem Tag bekannt, mit den heutigen Definitionen gerechnet?
-- Zu beachten: Gefragt ist, was die Quellen bis dahin gesagt hatten. Was unser Archiv bis dahin hatte:
-- indicator_as_of('2018-06-30', axis := 'recorded'); was wir veröffentlicht hatten: published_as_of. Ein
-- Datum meint seinen Beginn (UTC).
select
    indicator_id as indikator,
    count(*) filter (where value is not null) as "Werte der Kreise",
    max(period_end) filter (where value is not null) as "neuester Zeitbezug",
    max(source_known_from) as "jüngste Angabe der Quellen (UTC)",
from indicator_as_of('2018-06-30')
where territory = 'as_published' and is_default and region_level = 'kreis'
group by indikator
order by indikator;
