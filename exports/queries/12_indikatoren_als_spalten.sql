-- Wie stehen mehrere Indikatoren der Kreise nebeneinander?
-- Zu beachten: Die deutschen Sichten haben dieselben Zeilen wie die Tabellen. Ein leeres Feld heißt: kein
-- Wert; warum, sagt die Spalte Status. Indikatoren haben verschiedene Grundlagen; nebeneinander heißt nicht,
-- dass man sie verrechnen darf.
with werte as (
    select
        "Region",
        "Jahr",
        "Indikator",
        round("Wert", 1) as wert,
    from deutsch.indikatorwerte_breit
    where
        "Gebietsstand der Reihe" = 'as_published'
        and "Ebene" = 'kreis'
        and "Jahr" = 2019
        and "Indikator" in ('A01', 'E02', 'E10')
        and "Personengruppe" = 'auslaender'
)

pivot werte on "Indikator" in ('A01', 'E02', 'E10') using max(wert) group by "Region" order by "Region";
