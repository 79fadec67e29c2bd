"""How a number differs from the one of the year before, and when it does not."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from explain_support import GAP, SHARE, Release
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.explain import words

BEFORE = "9a" * 8


@pytest.fixture
def compared(release: Release) -> Release:
    """The share of 2019 has one of 2018 to compare it with."""
    release.value(BEFORE, "fortschreibung", date(2018, 12, 31), value=Decimal("6.1"), numerator=61, denominator=1000,
                  group_key="alle")  # fmt: skip
    return release


def change(release: Release, low: str, value: str, high: str, **more: Any) -> str:
    row = {"measure": "change_previous_year_pp", "unit": "Prozentpunkte", "compared_value_id": BEFORE,
           "is_within_rounding": Decimal(low) <= 0 <= Decimal(high) and low != high}  # fmt: skip
    numbers = {"value": Decimal(value), "value_low": Decimal(low), "value_high": Decimal(high)}
    release.add("mart_indicator_change", value_id=SHARE, **(row | numbers | more))
    (told,) = release.explain(SHARE)["changes"]
    assert told["text_de"] in release.text(SHARE)
    return str(told["text_de"])


def test_a_change_is_told_with_its_sign_and_unit(compared: Release) -> None:
    assert change(compared, "0.1", "0.1061761334", "0.11") == "+0,1 Prozentpunkte gegenüber 31.12.2018"


def test_a_change_that_rounding_could_have_made_is_no_difference(compared: Release) -> None:
    assert change(compared, "-0.02", "0.1", "0.213") == (
        "kein Unterschied jenseits der Rundung gegenüber 31.12.2018 (zwischen -0,02 und 0,22 Prozentpunkte)"
    )


def test_a_small_change_beyond_rounding_is_not_told_as_zero(compared: Release) -> None:
    assert change(compared, "0.003", "0.004", "0.005").startswith("+0,004 Prozentpunkte")


def test_two_exact_numbers_that_are_the_same_are_unchanged(compared: Release) -> None:
    assert change(compared, "0", "0", "0") == "unverändert gegenüber 31.12.2018"


def test_a_change_between_estimates_says_so(release: Release) -> None:
    release.value(BEFORE, "fortschreibung", date(2018, 12, 31), value=6, group_key="alle", method="estimated")
    assert change(release, "0.1", "0.2", "0.3").endswith("gegenüber 31.12.2018, aus geschätzten Werten")


def test_where_no_change_is_formed_the_reason_is_told_once(release: Release) -> None:
    release.add("dim_break", break_id="zensus_2022", text_de="Neue Grundlage: Zensus 2022.")
    for measure in ("change_previous_year_abs", "change_previous_year_pct"):
        release.add(
            "mart_indicator_change", value_id=SHARE, measure=measure, unit="Personen", reason="break:zensus_2022"
        )
    assert release.text(SHARE).count("nicht gebildet. Neue Grundlage: Zensus 2022.") == 1


def test_a_change_against_a_withdrawn_value_is_not_told(compared: Release) -> None:
    change(compared, "0.1", "0.2", "0.3")
    compared.decide("withdraw", BEFORE)
    assert compared.explain(SHARE)["changes"] == []


def test_where_there_is_no_value_there_is_no_change(release: Release) -> None:
    release.add("mart_indicator_change", value_id=GAP, measure="change_previous_year_pp", reason="no_value")
    assert release.explain(GAP)["changes"] == []


@pytest.mark.parametrize(
    ("measure", "numbers", "more", "told"),
    [
        ("index_2010", ("308.1", "308.88", "309.6"), {"unit": "Index"},
         "Index (2010 = 100): 308,9 (zwischen 308,1 und 309,6)"),
        ("index_2010", ("250", "250", "250"), {"unit": "Index"}, "Index (2010 = 100): 250,0"),
        ("gap_insgesamt", ("8.6", "8.7", "8.8"), {}, "+8,7 Prozentpunkte (Abstand zum Wert aller Personen)"),
        ("gap_deutsche", ("0", "0", "0"), {}, "kein Unterschied (Abstand zum Wert der Deutschen)"),
        ("ratio_insgesamt", ("150", "150", "150"), {"unit": "Prozent"},
         "Im Verhältnis zum Wert aller Personen: 150,0 %"),
        ("mean_three_years", ("20", "20.05", "20.05"), {"unit": "Prozent", "n_compared": 3},
         "Mittel aus drei Jahren: 20,1 %"),
        ("position", ("4", "4", "5"), {"unit": "Platz", "n_compared": 17},
         "Platz 4 von 17 vergleichbaren Kreisen (1 = am günstigsten), nach der Rundung der Quelle 4 bis 5"),
        ("position", ("1", "1", "1"), {"unit": "Platz", "n_compared": 17},
         "Platz 1 von 17 vergleichbaren Kreisen (1 = am günstigsten)"),
    ],
)  # fmt: skip
def test_every_measure_is_told_in_its_own_words(
    compared: Release, measure: str, numbers: tuple[str, str, str], more: dict[str, Any], told: str
) -> None:
    assert change(compared, *numbers, measure=measure, **more) == told


def test_a_measure_that_is_not_formed_is_named(release: Release) -> None:
    release.add("mart_indicator_change", value_id=SHARE, measure="position", unit="Platz", reason="group_too_small")
    assert "Platz nicht gebildet. Vergleichbar sind weniger als zehn Kreise." in release.text(SHARE)


def test_every_reason_and_every_measure_of_the_mart_has_german() -> None:
    models = Path(__file__).parents[2] / "dbt_project" / "models" / "intermediate"
    reasons = {
        word
        for file in models.glob("int_measure_*.sql")
        for word in re.findall(r"then '([a-z_]+)'", file.read_text(encoding="utf-8"))
    }
    assert reasons - {"no_value"} == set(words.NO_CHANGE), "where there is no value, none is asked for"
    suite = Path(__file__).parents[2] / "expectations" / "suites" / "mart_indicator_change.json"
    (known,) = (
        set(entry["kwargs"]["value_set"])
        for entry in json.loads(suite.read_text(encoding="utf-8"))["expectations"]
        if "value_set" in entry["kwargs"]
    )
    assert {measure for measure in known if not measure.startswith("change_")} == set(words.MEASURES)


@given(st.decimals(-(10**6), 10**6, places=6), st.decimals(0, 10**3, places=6), st.integers(0, 3))
def test_bounds_are_rounded_outwards(low: Decimal, width: Decimal, decimals: int) -> None:
    told = [Decimal(text.replace(".", "").replace(",", ".")) for text in words.bounds(low, low + width, decimals)]
    assert told[0] <= low <= low + width <= told[1]
    assert low - told[0] < Decimal(1).scaleb(-decimals - 1) > told[1] - low - width
