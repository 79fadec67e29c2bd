"""Damages to the values of indicators."""

from __future__ import annotations

from table_damage import A_SHARE, A_VALUE, SHARE, Damage, empty, put, remade, sample, twice

VALUES = [
    Damage("an empty mart", "mart_indicator", empty("mart_indicator"), "mart_indicator", "Werte sind da"),
    Damage("a value twice", "mart_indicator", twice("mart_indicator"), "mart_indicator", "Je Kennzahl, Variante"),
    Damage(
        "two values with one id",
        "mart_indicator",
        put(
            "mart_indicator",
            "value_id",
            "'x'",
            "value_id in (select value_id from mart_indicator order by all limit 2)",
        ),
        "mart_indicator",
        "Jede Zeile hat ihre eigene Kennung",
    ),
    Damage(
        "a value without an id",
        "mart_indicator",
        put("mart_indicator", "value_id", "null", A_VALUE),
        "mart_indicator",
        "Jede Zeile hat eine Kennung",
    ),
    Damage(
        "a value without a status",
        "mart_indicator",
        put("mart_indicator", "status", "null", A_VALUE),
        "mart_indicator",
        "Jede Zeile hat einen Status",
    ),
    Damage(
        "a status that nobody knows",
        "mart_indicator",
        put("mart_indicator", "status", "'vielleicht'", A_VALUE),
        "mart_indicator",
        "Der Status ist bekannt",
    ),
    Damage(
        "a number where the status says none",
        "mart_indicator",
        put("mart_indicator", "status", "'secret'", A_VALUE),
        "mart_indicator",
        "Kein Wert steht da",
    ),
    Damage(
        "no number where the status says one",
        "mart_indicator",
        put("mart_indicator", "value", "null", A_VALUE),
        "mart_indicator",
        "Ein Wert steht da",
    ),
    Damage(
        "a zero that is none",
        "mart_indicator",
        put("mart_indicator", "status", "'zero'", A_SHARE),
        "mart_indicator",
        "Eine Null ist eine Null",
    ),
    Damage(
        "a share of 110 percent",
        "mart_indicator",
        put("mart_indicator", "value", "110", A_SHARE),
        "mart_indicator",
        "Anteile liegen zwischen",
    ),
    Damage(
        "bounds that changed places",
        "mart_indicator",
        put("mart_indicator", "value_low", "value + 1", A_SHARE),
        "mart_indicator",
        "Der Wert liegt nicht unter",
    ),
    Damage(
        "numerator and denominator that changed places",
        "mart_indicator",
        put("mart_indicator", "numerator", "denominator + 1", A_SHARE),
        "mart_indicator",
        "Der Zähler eines Anteils",
    ),
    Damage(
        "a denominator below zero",
        "mart_indicator",
        put("mart_indicator", "denominator", "-denominator", A_SHARE),
        "mart_indicator",
        "Kein Nenner ist negativ",
    ),
    Damage(
        "a period of the future",
        "mart_indicator",
        put("mart_indicator", "period_end", "date '2099-12-31'", A_VALUE),
        "mart_indicator",
        "Kein Wert ist aufgezeichnet, bevor",
    ),
    Damage(
        "a key that lost a digit",
        "mart_indicator",
        put("mart_indicator", "region_key", "'1607'", "region_key = '16070'"),
        "mart_indicator",
        "Der Regionalschlüssel",
    ),
    Damage(
        "a column that is not there",
        "mart_indicator",
        remade("mart_indicator", "select * exclude (dataset_ids) from mart_indicator"),
        "mart_indicator",
        "Jede Zeile nennt ihre Datensätze",
    ),
    Damage(
        "a count below zero",
        "mart_indicator",
        put("mart_indicator", "value", "-value", A_VALUE),
        "qa_sign_mart_indicator",
        "Kein Wert ist negativ",
    ),
    Damage(
        "a numerator that lost its sign's meaning",
        "mart_indicator",
        put("mart_indicator", "numerator", "-numerator", A_SHARE),
        "qa_sign_mart_indicator",
        "Kein Zähler ist negativ",
    ),
    Damage(
        "a unit of another indicator",
        "mart_indicator",
        put("mart_indicator", "unit", "'Personen'", A_SHARE),
        "qa_described_mart_indicator",
        "Jeder Wert hat die Einheit",
    ),
    Damage(
        "a region under another's name",
        "mart_indicator",
        put("mart_indicator", "region_name", "'Erfurt'", "region_key = '16070'"),
        "qa_described_mart_indicator",
        "Jede Region heißt",
    ),
    Damage(
        "a territory at which the Kreis did not exist",
        "mart_indicator",
        put(
            "mart_indicator", "territory_date", "date '2024-01-01'", "region_key = '16056' and status <> 'not_existing'"
        ),
        "qa_described_mart_indicator",
        "Jeder Kreis besteht",
    ),
    Damage(
        "two converted territories that both speak",
        "mart_indicator",
        remade(
            "mart_indicator",
            "select * exclude (day) replace (concat(value_id, day) as value_id, 'harmonised' as territory, "
            "day as territory_date, true as is_default) from mart_indicator, "
            "(values (date '2021-12-31'), (date '2024-01-01')) as target(day) where territory = 'as_published'",
        ),
        "qa_described_mart_indicator",
        "Von den umgerechneten Gebietsständen",
    ),
    Damage(
        "an older definition",
        "mart_indicator",
        put("mart_indicator", "definition_version", "definition_version + 1", A_VALUE),
        "qa_described_mart_indicator",
        "Jeder Wert hat die Fassung",
    ),
    Damage(
        "a digit too few in print",
        "mart_indicator",
        put("mart_indicator", "decimals", "decimals + 1", A_VALUE),
        "qa_described_mart_indicator",
        "Jeder Wert hat die Nachkommastellen",
    ),
    Damage(
        "two defaults",
        "mart_indicator",
        put("mart_indicator", "is_default", "true"),
        "qa_default_mart_indicator",
        "Je Kennzahl, Gebietsstand",
    ),
    Damage(
        "no default",
        "mart_indicator",
        put("mart_indicator", "is_default", "false", "territory = 'as_published'"),
        "qa_default_mart_indicator",
        "Je Kennzahl, Gebietsstand",
    ),
    Damage(
        "a lost Kreis",
        "mart_indicator",
        "delete from mart_indicator where region_key = '16070' and territory = 'as_published'",
        "qa_complete_mart_indicator",
        "Wo die Datensätze es zusagen",
    ),
    Damage(
        "a share that is not its quotient",
        "mart_indicator",
        put("mart_indicator", "value", "value * 1.05", A_SHARE),
        "qa_arithmetic_mart_indicator",
        "Der Wert ist Zähler",
    ),
    Damage(
        "a period times ten",
        "mart_indicator",
        put(
            "mart_indicator",
            "numerator",
            "numerator * 10",
            f"period_end = (select max(period_end) from mart_indicator where {SHARE})",
        ),
        "qa_arithmetic_mart_indicator",
        "Der Wert ist Zähler",
    ),
    sample(
        "an estimate that is not its quotient",
        "mart_indicator",
        "update mart_indicator set value = 10.5, method = 'estimated' where region_key = '16051' and unit = 'Prozent'",
        "qa_arithmetic_mart_indicator",
        "Der Wert ist Zähler",
    ),
    Damage(
        "a withdrawn value that is still shown",
        "mart_withdrawal",
        f"insert into mart_withdrawal by name select value_id, 'Irrtum' as reason_de, "
        f"timestamp '2026-11-22' as withdrawn_at, true as is_applied from mart_indicator where {A_VALUE}",
        "qa_withdrawn_mart_indicator",
        "Von einem zurückgezogenen Wert",
    ),
    Damage(
        "a withdrawal without a reason",
        "mart_withdrawal",
        remade(
            "mart_withdrawal",
            f"select value_id, null::varchar as reason_de, timestamp '2026-11-22' as withdrawn_at, true as is_applied "
            f"from mart_indicator where {A_VALUE}",
        ),
        "mart_withdrawal",
        "Jede Rücknahme ist begründet",
    ),
]
