-- Wo gibt es für die Kreise keine Zahl, und warum?
-- Zu beachten: „not_recorded“ heißt, dass uns nichts vorliegt; geheim, nicht veröffentlicht und noch nicht
-- geliefert sagt die Quelle. Gezählt ist je Indikator, was für ihn sprechen darf.
select
    indicator_id as indikator,
    status,
    count(*) as zeilen,
    min(period_end) as von,
    max(period_end) as bis,
from mart_indicator
where territory = 'as_published' and is_default and region_level = 'kreis' and value is null
group by indikator, status
order by indikator, zeilen desc, status;
