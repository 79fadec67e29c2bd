"""Damages to a sound candidate, each with the suite and the expectation that are meant to catch it.

A damage is SQL that works on the sample candidate and, unless it says `only_sample`, on one of a real night. What it
changes is one thing; other suites may see it, too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """One damage: what it is, the table that is damaged, how, and who catches it (the beginning of its sentence)."""

    id: str
    table: str
    sql: str
    suite: str
    caught_by: str
    severity: str = "critical"
    only_sample: bool = False


def remade(table: str, query: str) -> str:
    """The table made anew of a query, without the keys and constraints that would refuse the damage."""
    return f"create or replace table {table} as {query}"


def twice(table: str) -> str:
    """One row of the table twice."""
    return remade(table, f"from {table} union all (from {table} limit 1)")


def put(table: str, column: str, value: str, where: str = "true") -> str:
    """Another content of one column."""
    return remade(
        table, f"select * replace (case when {where} then {value} else {column} end as {column}) from {table}"
    )


def one(table: str, column: str, where: str = "true") -> str:
    """A condition that holds for the rows with the smallest value of a column."""
    return f"{column} = (select min({column}) from {table} where {where})"


def empty(table: str) -> str:
    """No row at all."""
    return f"delete from {table}"


SHARE = "unit = 'Prozent' and value is not null and value > 1 and method = 'computed' and is_default"
A_SHARE = one("mart_indicator", "value_id", SHARE)
A_VALUE = one("mart_indicator", "value_id", "value is not null and is_default and territory = 'as_published'")
A_YEAR_AGO = "measure in ('change_previous_year_abs', 'change_previous_year_pp') and value is not null"
A_CHANGE = one("mart_indicator_change", "value_id", A_YEAR_AGO) + f" and {A_YEAR_AGO}"
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


def _sample(id: str, table: str, sql: str, suite: str, caught_by: str, severity: str = "critical") -> Damage:
    return Damage(id, table, sql, suite, caught_by, severity, only_sample=True)


_VALUES = [
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
    _sample(
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

_COMPUTED = [
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
    _sample(
        "a change out of a doubtful figure",
        "mart_indicator",
        "update mart_indicator set flags = 'doubtful_source' where region_key = '16051' and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    _sample(
        "a place that another Kreis has",
        "mart_indicator_change",
        "insert into mart_indicator_change select value_id, 'position', 2, 2, 2, 'Platz', null, null, 17, null "
        "from mart_indicator where region_key = '16070' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Jedes Ergebnis ist das",
    ),
    _sample(
        "a place among too few",
        "mart_indicator_change",
        "insert into mart_indicator_change select value_id, 'position', 1, 1, 1, 'Platz', null, null, 5, null "
        "from mart_indicator where region_key = '16055' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    _sample(
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
    _sample(
        "a signal of a few people",
        "mart_signal",
        signal("19.9", "value is not null"),
        "mart_signal",
        "Kein Hinweis vergleicht mit weniger",
    ),
    _sample(
        "a signal where nothing became worse",
        "mart_signal",
        signal("30", "value = 0"),
        "qa_signal_mart_signal",
        "Ungünstiger ist",
    ),
    _sample(
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
    _sample(
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

_ORIGIN = [
    Damage(
        "a Kreis lost in the observations",
        "fct_observation",
        "delete from fct_observation where region_key = '16070' and sex = 'weiblich'",
        "qa_complete_fct_observation",
        "Wo der Datensatz es zusagt",
    ),
    Damage(
        "no observation",
        "fct_observation",
        empty("fct_observation"),
        "qa_profile_fct_observation",
        "Beobachtungen sind da",
    ),
    Damage(
        "an observation twice",
        "fct_observation",
        twice("fct_observation"),
        "qa_profile_fct_observation",
        "Jede Zelle steht genau einmal",
    ),
    Damage(
        "a number under a secret",
        "fct_observation",
        put("fct_observation", "status", "'secret'", one("fct_observation", "observation_id", "value is not null")),
        "qa_profile_fct_observation",
        "Kein Wert steht da",
    ),
    Damage(
        "a count of observations below zero",
        "fct_observation",
        put(
            "fct_observation", "value", "-1", one("fct_observation", "observation_id", "value > 0 and unit = 'Anzahl'")
        ),
        "qa_profile_fct_observation",
        "Keine Anzahl ist negativ",
    ),
    Damage(
        "an observation of the future",
        "fct_observation",
        put(
            "fct_observation",
            "period_end",
            "date '2099-12-31'",
            one("fct_observation", "observation_id", "value is not null and period_type = 'stichtag'"),
        ),
        "qa_profile_fct_observation",
        "Keine Zahl ist aufgezeichnet, bevor",
    ),
    Damage(
        "an observation of no file",
        "fct_observation",
        put("fct_observation", "raw_sha256", "''", one("fct_observation", "observation_id")),
        "qa_profile_fct_observation",
        "Jede Beobachtung nennt die Datei",
    ),
    Damage(
        "an observation that was never known",
        "fct_observation_vintage",
        f"delete from fct_observation_vintage where {one('fct_observation', 'observation_id')}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a vintage that ends before it begins",
        "fct_observation_vintage",
        "update fct_observation_vintage set known_to = known_from - interval 1 day",
        "qa_profile_fct_observation_vintage",
        "Keine Fassung endet",
    ),
    Damage(
        "a vintage that does not end",
        "mart_indicator_vintage",
        remade(
            "mart_indicator_vintage",
            "select * replace (null::timestamp as known_to) from mart_indicator_vintage union all "
            "(select * replace (99 as vintage_no, known_from + interval 1 day as known_from) "
            "from mart_indicator_vintage limit 1)",
        ),
        "qa_profile_mart_indicator_vintage",
        "Keine Fassung beginnt",
    ),
    Damage(
        "no vintage at all",
        "mart_indicator_vintage",
        empty("mart_indicator_vintage"),
        "qa_profile_mart_indicator_vintage",
        "Fassungen sind da",
    ),
    Damage(
        "a value of no origin",
        "mart_provenance",
        f"delete from mart_provenance where {one('mart_indicator', 'value_id', 'value is not null')}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "an origin of no value",
        "mart_provenance",
        put("mart_provenance", "value_id", "'x'", one("mart_provenance", "value_id")),
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "an origin that has another number",
        "mart_provenance",
        put(
            "mart_provenance",
            "used_value",
            "used_value + 1",
            one("mart_provenance", "value_id", "used_value is not null"),
        ),
        "qa_repeated",
        "Wiederholt wird",
    ),
    Damage(
        "a place in a file that is none",
        "mart_provenance",
        put("mart_provenance", "raw_locator", "'somewhere'", one("mart_provenance", "value_id")),
        "qa_profile_mart_provenance",
        "Jede Fundstelle nennt",
    ),
    Damage(
        "a source without a licence",
        "mart_provenance",
        put("mart_provenance", "licence_id", "''", one("mart_provenance", "value_id")),
        "qa_profile_mart_provenance",
        "Jede Quelle ist mit Lizenz",
    ),
    Damage(
        "a dataset that nobody describes",
        "mart_indicator_dataset",
        f"insert into mart_indicator_dataset select value_id, 'nowhere' from mart_indicator where {A_VALUE}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a dataset twice",
        "mart_indicator_dataset",
        twice("mart_indicator_dataset"),
        "mart_indicator_dataset",
        "Jeder Datensatz steht je Wert genau einmal",
    ),
    Damage(
        "a flag that nobody explains",
        "mart_indicator_flag",
        f"insert into mart_indicator_flag select value_id, 'misspelt' from mart_indicator where {A_VALUE}",
        "mart_indicator_flag",
        "Das Kennzeichen ist bekannt",
    ),
    Damage(
        "a flag that only one table shows",
        "mart_indicator_flag",
        f"insert into mart_indicator_flag select value_id, 'provisional' from mart_indicator where {A_VALUE}",
        "qa_repeated",
        "Wiederholt wird",
    ),
    Damage(
        "a dropped figure that is there",
        "mart_correction",
        put("mart_correction", "action", "'drop'", "published_value is not null and is_applied"),
        "mart_correction",
        "Was wir zurückhalten",
    ),
    Damage(
        "a correction of nothing published",
        "mart_correction",
        put("mart_correction", "observation_id", "'x'", "observation_id is not null"),
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a revision into the past",
        "mart_revision",
        remade(
            "mart_revision",
            "select 'x' as observation_id, dataset_id, measure, region_key, period_end, 1 as n_revisions, "
            "recorded_at as first_known_from, recorded_at - interval 1 day as latest_known_from, 0 as days_to_latest "
            "from fct_observation limit 1",
        ),
        "mart_revision",
        "Die neueste Fassung ist nicht älter",
    ),
    Damage(
        "a publication of nobody",
        "mart_publication",
        remade(
            "mart_publication",
            "select value_id, 1 as publication_no, null::varchar as release_id, "
            "timestamp '2026-11-22' as published_at, value, status, definition_version "
            f"from mart_indicator where {A_VALUE}",
        ),
        "mart_publication",
        "Zu jeder Änderung steht, in welcher",
    ),
]

_DIMENSIONS = [
    Damage("a break twice", "dim_break", twice("dim_break"), "dim_break", "Jeder Bruch steht genau einmal"),
    Damage(
        "a citizenship twice",
        "dim_citizenship",
        twice("dim_citizenship"),
        "dim_citizenship",
        "Jede Staatsangehörigkeit steht",
    ),
    Damage(
        "a group of countries twice",
        "dim_country_group",
        twice("dim_country_group"),
        "dim_country_group",
        "Jede Fassung einer Staatengruppe",
    ),
    Damage(
        "a lost dataset",
        "dim_dataset",
        f"delete from dim_dataset where {one('fct_observation', 'dataset_id')}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a dataset without its credit",
        "dim_dataset",
        remade("dim_dataset", "select * exclude (attribution) from dim_dataset"),
        "dim_dataset",
        "Jeder Datensatz nennt die Quellenangabe",
    ),
    Damage(
        "a dataset that counts wrongly",
        "dim_dataset",
        put("dim_dataset", "n_observations", "n_observations + 1"),
        "qa_counts",
        "Gezählt ist, was da ist",
    ),
    Damage(
        "a group of a nationality that is none",
        "dim_group",
        put("dim_group", "nationality", "'fremd'"),
        "dim_group",
        "Die Staatsangehörigkeit ist bekannt",
    ),
    Damage(
        "an indicator in another unit",
        "dim_indicator",
        put("dim_indicator", "unit", "'Promille'"),
        "dim_indicator",
        "Die Einheit ist bekannt",
    ),
    Damage(
        "two variants of one priority",
        "dim_indicator_variant",
        put("dim_indicator_variant", "priority", "1"),
        "dim_indicator_variant",
        "Die Rangfolge der Varianten",
    ),
    Damage(
        "a period that ends before it begins",
        "dim_period",
        put("dim_period", "period_end", "period_start - interval 1 day", one("dim_period", "period_end")),
        "dim_period",
        "Kein Zeitraum endet",
    ),
    Damage(
        "a table that is not there",
        "dim_period",
        "drop table dim_period cascade",
        "dim_period",
        "Die Tabelle lässt sich lesen",
    ),
    Damage(
        "a centre of no source",
        "dim_reception_centre",
        put("dim_reception_centre", "source_de", "null"),
        "dim_reception_centre",
        "Jede Einrichtung nennt",
    ),
    Damage("a region twice", "dim_region", twice("dim_region"), "dim_region", "Jede Region steht genau einmal"),
    Damage(
        "a region lost",
        "dim_region",
        "delete from dim_region where region_key = '16070'",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a type of a Kreis twice",
        "dim_region_type",
        twice("dim_region_type"),
        "dim_region_type",
        "Jeder Kreis hat je Einteilung",
    ),
    Damage(
        "a territory twice",
        "dim_region_version",
        twice("dim_region_version"),
        "dim_region_version",
        "Jeder Gebietsstand steht",
    ),
    Damage(
        "an explanation that is out of date",
        "dim_sum_explanation",
        put("dim_sum_explanation", "n_violated", "0"),
        "dim_sum_explanation",
        "Keine Erklärung ist überholt",
        "warning",
    ),
]

_SURVEYS = [
    Damage(
        "a gap that gives no reason",
        "mart_coverage",
        put("mart_coverage", "gap_de", "null"),
        "mart_coverage",
        "Wo es keinen Indikator gibt",
    ),
    Damage(
        "an indicator that says not what it lacks",
        "mart_coverage",
        put("mart_coverage", "missing_de", "null"),
        "mart_coverage",
        "Was nicht aufgezeichnet ist",
    ),
    Damage(
        "more Kreise than there were",
        "mart_coverage",
        put("mart_coverage", "n_kreise_last_year", "n_kreise_expected + 1"),
        "mart_coverage",
        "Im letzten Jahr haben",
    ),
    Damage(
        "people of a citizenship twice",
        "mart_citizenship",
        twice("mart_citizenship"),
        "mart_citizenship",
        "Jede Staatsangehörigkeit steht",
    ),
    Damage(
        "a worst rank before the best",
        "mart_citizenship",
        put("mart_citizenship", "rank_low", "rank_high + 1"),
        "mart_citizenship",
        "Der schlechteste Rang",
    ),
    Damage(
        "more nationalities than are named",
        "mart_nationalities",
        put("mart_nationalities", "n_at_least", "n_named + 1"),
        "mart_nationalities",
        "Sicher sind nicht mehr",
    ),
    Damage(
        "more sums violated than compared",
        "mart_sum_check",
        put("mart_sum_check", "n_violated", "n_compared + 1", one("mart_sum_check", "dataset_id")),
        "mart_sum_check",
        "Verletzt sind nicht mehr",
    ),
    Damage(
        "a sum that nobody explains",
        "mart_sum_violation",
        remade(
            "mart_sum_violation",
            "select * replace ('Thüringen' as scope, null as explanation_id, true as is_promised, "
            "false as has_own_figure) from mart_sum_violation",
        ),
        "mart_sum_violation",
        "In Thüringen gehen zugesagte Summen auf",
    ),
    Damage(
        "a column of the picture twice",
        "rpt_diagramm_1",
        twice("rpt_diagramm_1"),
        "rpt_diagramm_1",
        "Je Tag und Gruppe",
    ),
    Damage(
        "a Kreis with more than all",
        "rpt_diagramm_2",
        put("rpt_diagramm_2", "share_pct", "101", "share_pct is not null"),
        "rpt_diagramm_2",
        "Kein Kreis hat mehr als alle",
    ),
    Damage(
        "half of the Kreise",
        "rpt_tabelle_1",
        "delete from rpt_tabelle_1 where region_key > '16063'",
        "rpt_tabelle_1",
        "Alle 22 oder 23 Kreise",
    ),
]

_SINCE_THE_LAST_RELEASE = [
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

DAMAGES = {
    damage.id: damage for damage in [*_VALUES, *_COMPUTED, *_ORIGIN, *_DIMENSIONS, *_SURVEYS, *_SINCE_THE_LAST_RELEASE]
}
