"""Where a Träger delivered nothing, details are blocked and a rest is filled: that rest is no figure of the Kreis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flat_answers import answer, catalog, observe, svb
from integrationsmonitor.dataset import OutageRule
from integrationsmonitor.errors import ConfigError
from night_support import edit_yaml, small_catalog

REAL = catalog().datasets["regio_13111_01_03_4"]
DATASET = replace(REAL, outages=(OutageRule("GES", "x", ("GESM", "GESW"), rest=("",)),))
GREIZ, GERA = "16076", "16052"


def row(region: str, total: str, men: str, women: str, nat: str = "") -> list[str]:
    return [svb(region, value, nat=nat, sex=sex) for sex, value in (("", total), ("GESM", men), ("GESW", women))]


def statuses(*rows: list[str]) -> list[tuple[str, Any, str | None]]:
    found = observe(answer(*(line for lines in rows for line in lines)), DATASET)
    return [(cell["status"], cell["value"], cell["sign"]) for cell in found]


def test_blocked_details_and_their_rest_are_an_outage_with_the_printed_number_beside_it():
    assert statuses(row(GREIZ, "470", "x", "x")) == [
        ("outage", None, "470"),
        ("outage", None, "x"),
        ("outage", None, "x"),
    ]


def test_only_the_region_and_group_without_a_delivery_are_concerned():
    found = statuses(
        row(GREIZ, "470", "x", "x"), row(GREIZ, "31", "20", "11", "NATA"), row(GERA, "2701", "1500", "1201")
    )
    assert [status for status, _, _ in found] == ["outage"] * 3 + ["value"] * 6


def test_a_single_blocked_detail_is_what_its_sign_says():
    assert [status for status, _, _ in statuses(row(GREIZ, "470", "x", "20"))] == ["value", "not_meaningful", "value"]


def test_another_sign_is_no_outage():
    assert [status for status, _, _ in statuses(row(GREIZ, "470", ".", "."))] == [
        "value",
        "unknown_or_secret",
        "unknown_or_secret",
    ]


def test_without_a_rule_nothing_is_taken_for_an_outage():
    found = observe(answer(*row(GREIZ, "470", "x", "x")), REAL)
    assert [cell["status"] for cell in found] == ["value", "not_meaningful", "not_meaningful"]


@pytest.mark.parametrize(
    "rule", [{"axis": "XYZ", "sign": "x", "parts": ["A", "B"]}, {"axis": "GES", "sign": "x", "parts": ["GESM", "XYZ"]}]
)
def test_a_rule_that_names_what_is_not_declared_is_refused_with_the_file(tmp_path, rule):
    from integrationsmonitor.catalog import load_catalog

    folder = small_catalog(tmp_path / "catalog", ("regio_13111_01_03_4",))
    edit_yaml(folder / "datasets" / "regio_13111_01_03_4.yml", lambda raw: raw.update(outages=[rule]))
    with pytest.raises(ConfigError, match=r"regio_13111_01_03_4.yml: outages of .* names 'XYZ', which is not declared"):
        load_catalog(folder)
