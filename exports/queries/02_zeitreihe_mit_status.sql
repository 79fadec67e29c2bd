-- Wie viele Ausländerinnen und Ausländer hatte ein Kreis, und wo gibt es keine Zahl?
-- Zu beachten: Eine Reihe ist eine Variante; eine andere hat eine andere Grundlage. Ein leerer Wert ist keine
-- Null, warum er leer ist, sagt der Status. Das Ausländerzentralregister (AZR) zählt nach der zuständigen
-- Ausländerbehörde, nicht nach dem Wohnort.
with gefragt as (select '16070' as region_key, 'A02' as indicator_id, 'auslaender' as group_key)  -- Ilm-Kreis

select
    w.period_end as zeitbezug,
    w.variant as variante,
    round(w.value) as wert,
    w.value_low as von,
    w.value_high as bis,
    w.status,
    w.basis as grundlage,
    w.flags as kennzeichen,
from mart_indicator as w
inner join gefragt using (region_key, indicator_id, group_key)
where w.territory = 'as_published' and w.is_default
order by zeitbezug;
