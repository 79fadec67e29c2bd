"""Damages to dimensions, surveys and reports."""

from __future__ import annotations

from table_damage import Damage, one, put, remade, twice

DIMENSIONS = [
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
        "a centre that ends before it begins",
        "dim_reception_centre",
        remade(
            "dim_reception_centre",
            "select * replace (date '2020-01-02' as valid_from, date '2020-01-01' as valid_to) "
            "from dim_reception_centre",
        ),
        "dim_reception_centre",
        "Keine Einrichtung endet",
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

SURVEYS = [
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
        "qa_counts",
        "Gezählt ist, was da ist",
    ),
    Damage(
        "a concept in a state that nobody knows",
        "rpt_tabelle_1",
        put("rpt_tabelle_1", "status", "'geplant'"),
        "rpt_tabelle_1",
        "Der Stand ist bekannt",
    ),
]
