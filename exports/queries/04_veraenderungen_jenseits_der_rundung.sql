-- Was hat sich in den Kreisen gegenüber dem Vorjahr verändert, mehr als die Rundung erklärt?
-- Zu beachten: Über einen Bruch (neuer Zensus, Gebietsänderung, neue Abgrenzung) wird nichts gebildet; warum
-- eine Veränderung fehlt, sagt mart_indicator_change.reason. Gerechnet ist mit ungerundeten Werten, bei
-- Anteilen in Prozentpunkten, bei Personen in Anzahlen.
with gefragt as (select 'E10' as indicator_id, date '2020-12-31' as period_end, 'auslaender' as group_key)

select
    w.region_name as kreis,
    round(frueher.value, 1) as vorjahr,
    round(w.value, 1) as wert,
    round(c.value, 1) as veraenderung,
    c.value_low as von,
    c.value_high as bis,
    c.unit as einheit,
from mart_indicator_change as c
inner join mart_indicator as w using (value_id)
inner join gefragt using (indicator_id, period_end, group_key)
inner join mart_indicator as frueher on c.compared_value_id = frueher.value_id
where
    c.measure in ('change_previous_year_abs', 'change_previous_year_pp')
    and not c.is_within_rounding
    and w.territory = 'as_published' and w.is_default and w.region_level = 'kreis'
order by c.value desc, kreis;
