-- Was ist zu einem Kreis als Letztes bekannt?
-- Zu beachten: Jeder Indikator hat seinen eigenen neuesten Zeitbezug. Die Werte sind ungerundet; „stellen“
-- sagt, mit wie vielen Nachkommastellen zitiert wird. „von“ und „bis“ sind die Grenzen, die die Rundung der
-- Quelle lässt. „in der Reihe seither“ sagt, was die neueste Zeile der Reihe statt einer Zahl nennt.
with gefragt as (select '16070' as region_key)  -- Ilm-Kreis

select
    indicator_id as indikator,
    indicator_name as name,
    group_key as gruppe,
    period_end as zeitbezug,
    value as wert,
    decimals as stellen,
    unit as einheit,
    value_low as von,
    value_high as bis,
    case when newest_period_end > period_end then newest_status end as "in der Reihe seither",
    flags as kennzeichen,
from mart_indicator_latest
where region_key = (select region_key from gefragt) and territory = 'as_published' and value is not null
order by indikator, gruppe;
