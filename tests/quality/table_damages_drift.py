"""Damages that only a comparison with the last release shows."""

from __future__ import annotations

from table_damage import A_VALUE, SHARE, Damage, put, remade

DRIFT = [
    Damage(
        "a table that lost half of its rows",
        "dim_region",
        "delete from dim_region where rowid % 2 = 0",
        "qa_drift_table",
        "Keine Tabelle verliert",
        "warning",
    ),
    Damage(
        "a Kreis with half of its values",
        "mart_indicator",
        "delete from mart_indicator where region_key = '16070' "
        "and period_end < (select max(period_end) from mart_indicator where region_key = '16070')",
        "qa_drift_value",
        "Kein Indikator und keine Region verliert mehr",
        "warning",
    ),
    Damage(
        "a Kreis that fell silent",
        "mart_indicator",
        remade(
            "mart_indicator",
            "select * replace (case when region_key <> '16070' then value end as value, "
            "case when region_key <> '16070' then status else 'secret' end as status) from mart_indicator",
        ),
        "qa_drift_value",
        "Der Anteil der Zeilen ohne Zahl",
        "warning",
    ),
    Damage(
        "all values of an indicator gone",
        "mart_indicator",
        "delete from mart_indicator where indicator_id = 'A02'",
        "qa_drift_value",
        "Kein Indikator und keine Region verliert alle",
    ),
    Damage(
        "all values of an indicator not recorded",
        "mart_indicator",
        remade(
            "mart_indicator",
            "select * replace (case when indicator_id <> 'A02' then value end as value, "
            "case when indicator_id <> 'A02' then status else 'not_recorded' end as status) from mart_indicator",
        ),
        "qa_drift_value",
        "Kein Indikator und keine Region verliert alle",
    ),
    Damage(
        "a period times ten in all that it is made of",
        "mart_indicator",
        put(
            "mart_indicator",
            "value",
            "value * 10",
            f"period_end = (select max(period_end) from mart_indicator where {SHARE})",
        ),
        "qa_drift_period",
        "Kein Median bewegt sich",
        "warning",
    ),
    Damage(
        "a period divided by a thousand",
        "mart_indicator",
        put(
            "mart_indicator",
            "value",
            "value / 1000",
            f"period_end = (select max(period_end) from mart_indicator where {SHARE})",
        ),
        "qa_drift_period",
        "Keine Summe bewegt sich",
        "warning",
    ),
    Damage(
        "a value that nobody took back",
        "mart_indicator",
        f"delete from mart_indicator where {A_VALUE}",
        "qa_drift_key",
        "Kein Wert verschwindet",
        "warning",
    ),
]
