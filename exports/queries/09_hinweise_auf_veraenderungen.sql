-- Wo hat sich etwas ungünstig verändert, sodass Nachsehen lohnt?
-- Zu beachten: Hinweise, keine Urteile; woran es liegt, sagt keine Zahl. Kein Hinweis heißt nicht, dass alles
-- gut ist: Wo keine Veränderung gebildet werden kann, gibt es auch keinen.
select
    indicator_id as indikator,
    region_name as region,
    period_end as zeitbezug,
    is_latest as "neuester Zeitbezug des Indikators",
    text_de as hinweis,
from mart_signal
order by zeitbezug desc, indikator, region;
