-- Welche Quellen sind zu nennen, wenn ich die Werte eines Kreises weitergebe?
-- Zu beachten: Quellenangabe und Verweis auf die Lizenz gehören zu jeder Zahl; Anteile, Indizes und Summen
-- sind eigene Berechnungen und als solche zu nennen. Ohne Lizenz stehen hier Zitate: ihre Fundstelle steht in
-- mart_provenance.citation.
with gefragt as (select '16070' as region_key)  -- Ilm-Kreis

select
    d.attribution as quellenangabe,
    d.licence_id as lizenz,
    d.licence_url as "Adresse der Lizenz",
    string_agg(distinct w.indicator_id, ', ' order by w.indicator_id) as indikatoren,
    d.last_known_from::date as "Stand der Quelle",
from mart_indicator as w
inner join gefragt using (region_key)
inner join mart_indicator_dataset as e using (value_id)
inner join dim_dataset as d using (dataset_id)
where w.territory = 'as_published' and w.value is not null
group by all
order by quellenangabe;
