-- Woher kommt eine Zahl?
-- Zu beachten: Jede Zeile ist eine Zahl der Quelle, aus der der Wert gerechnet ist: wie sie gedruckt ist, und
-- wo. `monitor explain` erzählt dasselbe in Worten.
with gefragt as (select 'A01' as indicator_id, '16070' as region_key, date '2022-12-31' as period_end)  -- Ilm-Kreis

select
    w.value_id as "Wert-ID",
    round(w.value, 1) as wert,
    h.role as rolle,
    h.printed as gedruckt,
    h.weight as anteil,
    h.filename as datei,
    h.raw_locator as stelle,
    h.raw_sha256 as pruefsumme,
    h.attribution as quellenangabe,
from mart_indicator as w
inner join gefragt using (indicator_id, region_key, period_end)
inner join mart_provenance as h using (value_id)
where w.territory = 'as_published' and w.is_default
order by rolle desc, h.part_no;
