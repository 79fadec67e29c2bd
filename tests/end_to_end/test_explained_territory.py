"""A converted value of the recordings is explained so that a reader can compute it again by hand.

The shares are those of the BBSR's Umsteigeschlüssel, the counts those that the sources print.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integrationsmonitor.explain import Question, explain
from integrationsmonitor.settings import Settings
from night_support import Night

OF_THE_WARTBURGKREIS = Decimal("0.97318431")


def explained(night: Night, *question: str) -> dict[str, Any]:
    facts: dict[str, Any] = night.monitor("explain", *question, "--json").json
    return facts


def test_an_estimate_for_the_wartburgkreis_of_today_can_be_computed_by_hand(recorded_home: Night) -> None:
    facts = explained(recorded_home, "A01", "--region", "16063", "--period", "2015", "--territory", "harmonised")
    assert facts["territory"]["date"] == "2021-12-31"
    foreigners, residents = 2344 + 2950 * OF_THE_WARTBURGKREIS, 42417 + 125655 * OF_THE_WARTBURGKREIS
    assert facts["value"] == pytest.approx(float(foreigners * 100 / residents), abs=1e-9)
    assert [step["step_id"] for step in facts["territory"]["steps"]] == ["2019-01-01", "2021-07-01"]
    assert [(part["printed"], part["weight"]) for part in facts["inputs"]] == [
        ("2344", 1), ("2950", 0.97318431), ("42417", 1), ("125655", 0.97318431),
    ]  # fmt: skip
    text = " ".join(recorded_home.monitor("explain", facts["value_id"]).out.split())
    assert "16056 Eisenach × 1, 16063 Wartburgkreis × 0,97318431" in text
    assert "BBSR, Umsteigeschlüssel Kreise 2018 → 2020" in text


def test_the_published_value_names_both_converted_ones_and_the_merger_is_exact(recorded_home: Night) -> None:
    facts = explained(recorded_home, "A00", "--region", "16063", "--period", "2020")
    assert (facts["value"], facts["territory"]["kind"]) == (117967, "as_published")
    assert [entry["territory_date"] for entry in facts["elsewhere"]] == ["2021-12-31", "2024-01-01"]
    merged = explained(recorded_home, facts["elsewhere"][0]["value_id"])
    assert (merged["value"], merged["method"]) == (117967 + 41970, "computed")
    assert [flag["flag"] for flag in merged["flags"]] == ["territory_sum"]


def test_a_published_rate_and_employees_of_an_unknown_split_say_why_they_have_no_value(recorded_home: Night) -> None:
    rate = explained(recorded_home, "E10", "--region", "16063", "--period", "2016", "--territory", "harmonised")
    assert (rate["value"], rate["status"]) == (None, "not_convertible")
    assert rate["reason_de"].startswith("Eine veröffentlichte Quote wird nicht umgerechnet")
    assert rate["elsewhere"][0]["value"] == 16.9
    employees = explained(recorded_home, "E02", "--region", "16063", "--period", "2018", "--territory", "2024-01-01")
    assert "Ohne Anteil: 16056 Eisenach, 16063 Wartburgkreis." in employees["reason_de"]


def test_a_change_that_rounding_could_have_made_is_told_as_no_difference(recorded_home: Night) -> None:
    ids = recorded_home.query(
        "select value_id from mart_indicator_change inner join mart_indicator using (value_id) "
        "where is_within_rounding and territory = 'as_published' order by value_id limit 1"
    )
    (change, *_) = explained(recorded_home, ids[0][0])["changes"]
    assert change["text_de"].startswith("kein Unterschied jenseits der Rundung gegenüber ")


def test_every_status_and_every_flag_is_explained_on_every_territory(recorded_home: Night) -> None:
    found = recorded_home.query(
        "select min(value_id) from mart_indicator group by territory, status "
        "union select min(value_id) from mart_indicator_flag group by flag"
    )
    assert len(found) > 15
    settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(recorded_home.home)})
    for (value_id,) in found:
        facts = explain(settings, Question(value_id))
        assert (facts["value"] is None) == (facts["reason_de"] is not None)
        assert all(flag["text_de"] != flag["flag"] for flag in facts["flags"])
