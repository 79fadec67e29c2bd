"""Sums that do not hold at their source: an entry says why, or that nobody does; a mistake names file, id and fix."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.catalog_sum_violations import load_sum_violations
from integrationsmonitor.catalog_tables import catalog_tables
from integrationsmonitor.errors import ConfigError

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
Edit = Callable[[dict[str, Any]], None]


def test_an_entry_is_explained_by_its_source_or_says_that_it_is_not() -> None:
    for found in load_sum_violations(load_catalog(CATALOG)):
        assert found.reason_de.endswith("."), found.id
        assert found.reason_de.startswith("Nicht erklärt: ") != found.is_explained, found.id
        assert "Tabelle" in found.source_de, found.id


def test_an_entry_becomes_one_row_per_measure_and_region_that_it_names() -> None:
    catalog = load_catalog(CATALOG)
    rows = catalog_tables(catalog, load_indicators(catalog))["catalog_sum_violation_cells"].to_pylist()
    hessen = [row for row in rows if row["explanation_id"] == "asylblg-hessen-2013"]
    assert [(row["measure"], row["region_key"], row["sex"], row["dimensions"]) for row in hessen] == [
        ("*", "06", "*", "*")
    ]


def _first(**changes: Any) -> Edit:
    return lambda c: c["violations"][0].update(changes)


def _cells(**changes: Any) -> Edit:
    return lambda c: c["violations"][0]["cells"].update(changes)


MISTAKES: list[tuple[str, Edit, str]] = [
    ("an entry twice", lambda c: c["violations"].append(c["violations"][0]), "2010: this id stands twice"),
    ("an unknown dataset", _first(dataset="regio_1"), "dataset: 'regio_1' is not a dataset"),
    ("an unknown kind of sum", _first(sum="monat"), "'monat' is none of 'region', 'sex'"),
    (
        "a sum that the dataset does not have",
        _first(sum="sex"),
        "sum: 'sex' is not a kind of sum of regio_13211_02_05_4; known: region",
    ),
    ("an unknown measure", _cells(measures=["menschen"]), "cells.measures: 'menschen' is not a measure of"),
    ("an unknown region", _cells(regions=["16099"]), "cells.regions: '16099' is not a key of regions.yml"),
    ("a word that the dataset does not know", _cells(age_group="7-9"), "cells.age_group: '7-9' is not a word of"),
    ("years the wrong way round", _cells(period_to="2001-12-31"), "period_to lies before period_from; swap them"),
    ("regions named twice", _cells(region_prefix="16"), "regions and region_prefix both name regions"),
    ("an explanation that explains nothing", _first(explained=True), "reason_de"),
    ("no explanation that sounds like one", _first(reason_de="Die Kreise sind anders gerundet."), "reason_de"),
    ("no source", lambda c: c["violations"][0].pop("source_de"), "source_de"),
]


@pytest.mark.parametrize(("edit", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_names_file_entry_and_fix(tmp_path: Path, edit: Edit, message: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    path = folder / "sum_violations.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["violations"] = [{**entry, "cells": dict(entry["cells"])} for entry in content["violations"]]
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_sum_violations(load_catalog(folder))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
