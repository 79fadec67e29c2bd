"""Damages to what is computed from values: changes, places, signals, comparisons, last values."""

from __future__ import annotations

from table_damage import A_CHANGE, A_VALUE, A_YEAR_AGO, Damage, one, put, sample, twice

SIGNAL = (
    "insert into mart_signal by name select now.value_id, before.value_id as previous_value_id, now.indicator_id, "
    "now.region_key, now.period_end, now.group_key, now.value, before.value as previous_value, "
    "before.period_end as previous_period_end, now.value - before.value as change, change as change_low, "
    "change as change_high, persons, persons_before, 'Erfurt: 1 Hinweis.' as text_de "
    "from mart_indicator as now inner join found using (value_id) "
    "inner join mart_indicator as before on found.previous_value_id = before.value_id"
)


def signal(persons_before: str, where: str) -> str:
    """A signal about one of the sample's changes."""
    return (
        "with found as (select value_id, compared_value_id as previous_value_id, 30 as persons, "
        f"{persons_before} as persons_before from mart_indicator_change where {where} limit 1) {SIGNAL}"
    )


COMPUTED = [
    Damage(
        "a change that is not the difference",
        "mart_indicator_change",
        put("mart_indicator_change", "value", "value + 1", A_CHANGE),
        "qa_change_mart_indicator",
        "Jedes Ergebnis ist das",
    ),
    Damage(
        "a change that is missing without a reason",
        "mart_indicator_change",
        put("mart_indicator_change", "value", "null", A_CHANGE),
        "mart_indicator_change",
        "Wo kein Ergebnis steht",
    ),
    Damage(
        "a place behind the last",
        "mart_indicator_change",
        "insert into mart_indicator_change select value_id, 'position', 24, 24, 24, 'Platz', null, null, 23, null "
        f"from mart_indicator where {A_VALUE}",
        "mart_indicator_change",
        "Kein Platz ist schlechter",
    ),
    Damage(
        "a measure that nobody knows",
        "mart_indicator_change",
        put("mart_indicator_change", "measure", "'change_somehow'", A_CHANGE),
        "mart_indicator_change",
        "Das Maß ist bekannt",
    ),
    Damage(
        "a change between two bases",
        "mart_indicator",
        put("mart_indicator", "basis", "'Fortschreibung_ZER'", one("mart_indicator_change", "value_id", A_YEAR_AGO)),
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    sample(
        "a change out of a doubtful figure",
        "mart_indicator",
        "update mart_indicator set flags = 'doubtful_source' where region_key = '16051' and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    sample(
        "a place that another Kreis has",
        "mart_indicator_change",
        "insert into mart_indicator_change select value_id, 'position', 2, 2, 2, 'Platz', null, null, 17, null "
        "from mart_indicator where region_key = '16070' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Jedes Ergebnis ist das",
    ),
    sample(
        "a place among too few",
        "mart_indicator_change",
        "insert into mart_indicator_change select value_id, 'position', 1, 1, 1, 'Platz', null, null, 5, null "
        "from mart_indicator where region_key = '16055' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    sample(
        "a break that nobody described",
        "mart_indicator_change",
        "update mart_indicator_change set reason = 'break:unknown' where value is null",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a stale last value",
        "mart_indicator_latest",
        put(
            "mart_indicator_latest",
            "period_end",
            "period_end - interval 1 year",
            one("mart_indicator_latest", "value_id"),
        ),
        "qa_latest",
        "Gezeigt ist der letzte Wert",
    ),
    Damage(
        "a series without its last value",
        "mart_indicator_latest",
        f"delete from mart_indicator_latest where {one('mart_indicator_latest', 'value_id')}",
        "qa_latest",
        "Gezeigt ist der letzte Wert",
    ),
    Damage(
        "two last values",
        "mart_indicator_latest",
        twice("mart_indicator_latest"),
        "mart_indicator_latest",
        "Je Reihe steht genau ein letzter Wert",
    ),
    Damage(
        "a last value that is another number",
        "mart_indicator_latest",
        put(
            "mart_indicator_latest", "value", "value + 1", one("mart_indicator_latest", "value_id", "value is not null")
        ),
        "qa_repeated",
        "Wiederholt wird",
    ),
    Damage(
        "a wide row twice",
        "mart_indicator_wide",
        twice("mart_indicator_wide"),
        "mart_indicator_wide",
        "Je Wert steht genau eine Zeile",
    ),
    Damage(
        "a wide change that is not the long one",
        "mart_indicator_wide",
        put(
            "mart_indicator_wide",
            "change_previous_year",
            "change_previous_year + 1",
            one("mart_indicator_wide", "value_id", "change_previous_year is not null"),
        ),
        "qa_wide",
        "In der Breite steht dasselbe",
    ),
    sample(
        "a signal of a few people",
        "mart_signal",
        signal("19.9", "value is not null"),
        "mart_signal",
        "Kein Hinweis vergleicht mit weniger",
    ),
    sample(
        "a signal where nothing became worse",
        "mart_signal",
        signal("30", "value = 0"),
        "qa_signal_mart_signal",
        "Ungünstiger ist",
    ),
    sample(
        "a signal across a break",
        "mart_signal",
        signal("30", "reason like 'break:%'"),
        "qa_signal_mart_signal",
        "Kein Hinweis liegt über",
    ),
    Damage(
        "a difference of two regions that is none",
        "mart_comparison",
        put(
            "mart_comparison",
            "difference",
            "difference + 1",
            one("mart_comparison", "value_id", "difference is not null"),
        ),
        "qa_comparison_mart_indicator",
        "Der Unterschied ist der Wert",
    ),
    Damage(
        "a comparison with another region",
        "mart_comparison",
        put("mart_comparison", "comparator_key", "'01'", one("mart_comparison", "value_id", "difference is not null")),
        "qa_comparison_mart_indicator",
        "Verglichen wird nur",
    ),
    sample(
        "a comparison of a doubtful figure",
        "mart_indicator",
        "update mart_indicator set flags = 'doubtful_source' where region_key = '16051' and unit = 'Prozent'",
        "qa_comparison_mart_indicator",
        "Verglichen wird nur",
    ),
    Damage(
        "a comparison without difference and reason",
        "mart_comparison",
        put("mart_comparison", "difference", "null", one("mart_comparison", "value_id", "difference is not null")),
        "mart_comparison",
        "Wo kein Unterschied steht",
    ),
    Damage(
        "a comparator's value that is another",
        "mart_comparison",
        put(
            "mart_comparison",
            "comparator_value",
            "comparator_value + 1",
            one("mart_comparison", "value_id", "difference is not null"),
        ),
        "qa_repeated",
        "Wiederholt wird",
    ),
]
