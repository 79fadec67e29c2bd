"""Citizenships: one name for each, the same in all datasets, and sums that count nobody twice or leave nobody out."""

from __future__ import annotations

import csv
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_indicators import IndicatorCatalog, load_indicators
from integrationsmonitor.catalog_tables import catalog_tables
from integrationsmonitor.errors import ConfigError

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def indicators() -> IndicatorCatalog:
    return load_indicators(load_catalog(CATALOG))


def _plain(name: str) -> str:
    """A name without the day since when a state exists, without accents, with one kind of apostrophe."""
    letters = unicodedata.normalize("NFD", re.sub(r" \(ab [0-9.]+\)", "", name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("’", "'")


def test_a_citizenship_has_the_name_that_its_datasets_print(indicators: IndicatorCatalog) -> None:
    names = {found.key: _plain(found.name_de) for found in indicators.citizenships}
    printed = {
        (value.sets["citizenship_key"], _plain(value.label))
        for dataset in load_catalog(CATALOG).datasets.values()
        for axis in dataset.axes
        for value in axis.values
        if value.sets.get("citizenship_key") in names
    }
    assert printed == {(key, names[key]) for key, _ in printed}
    assert len(printed) == 51
    assert names.keys() - {key for key, _ in printed} == {"st152", "st154"}, "Poland and Romania stand in local files"


def test_every_citizenship_of_a_curated_figure_is_listed(indicators: IndicatorCatalog) -> None:
    known = {found.key for found in indicators.citizenships}
    known |= {version.citizenship_key for version in indicators.country_groups} | {"insgesamt"}
    used = set()
    for file in (CATALOG / "local").glob("*.csv"):
        with file.open(encoding="utf-8") as lines:
            used |= {line["citizenship_key"] for line in csv.DictReader(lines)}
    assert {"st152", "ohne_angabe"} <= used <= known


def test_the_continent_is_the_first_digit_of_the_key(indicators: IndicatorCatalog) -> None:
    continents = {found.key: found.continent for found in indicators.citizenships}
    chosen = ("st166", "st163", "st273", "st367", "st475", "st997", "ungeklaert")
    assert [continents[key] for key in chosen] == [
        *("europa", "europa", "afrika", "amerika", "asien", "staatenlos_ungeklaert", "staatenlos_ungeklaert")
    ]
    assert {*continents.values()} <= {version.group for version in indicators.country_groups}


def test_every_state_has_an_iso_code_but_kosovo(indicators: IndicatorCatalog) -> None:
    without = {found.key for found in indicators.citizenships if found.iso2 is None}
    assert without == {"st150", "st997", "ungeklaert"}
    listed = {found.iso2 for found in indicators.citizenships}
    asylum = next(version for version in indicators.country_groups if version.group == "asyl_hauptherkunft")
    assert {*asylum.members} <= listed


def test_persons_seeking_protection_are_added_up_from_disjoint_cells(indicators: IndicatorCatalog) -> None:
    """AK-1, OF and X; the other seven status groups are parts of these (12531-0043)."""
    rows = catalog_tables(load_catalog(CATALOG), indicators)["catalog_citizenship_count"].to_pylist()
    cells = {(row["sex"], row["dimensions"]) for row in rows if row["dataset_id"] == "destatis_12531_0043"}
    assert cells == {
        (sex, f"status={status}")
        for sex in ("maennlich", "weiblich")
        for status in ("anerkannt", "offen", "ohne_schutzstatus")
    }
    others = [row for row in rows if row["dataset_id"] != "destatis_12531_0043"]
    assert [(row["sex"], row["dimensions"], row["n_cells"], row["absent_high"]) for row in others] == [
        ("insgesamt", "", 1, None)
    ] * 2


def _asylum(**changes: Any) -> Edit:
    return lambda c: c["counts"][0].update(changes)


def _cells(**changes: Any) -> Edit:
    return lambda c: c["counts"][0]["cells"].update(changes)


MISTAKES: dict[str, tuple[Edit, str]] = {
    "a key twice": (
        lambda c: c["citizenships"].append(c["citizenships"][0]),
        "citizenships.key: 'st121' stands twice; remove one",
    ),
    "a code twice": (
        lambda c: c["citizenships"][0].update(iso2="UA"),
        "citizenships.iso2: 'UA' stands twice; remove one",
    ),
    "Germany": (lambda c: c["citizenships"][0].update(iso2="DE"), "citizenships.0.iso2: 'DE' does not match"),
    "a citizenship that is not listed": (
        lambda c: c["citizenships"].pop(0),
        "citizenships: 'st121' of destatis_12531_0043 is not listed; add it",
    ),
    "a count twice": (
        lambda c: c["counts"].append(c["counts"][0]),
        "counts: 'destatis_12531_0043 schutzsuchende' stands twice; remove one",
    ),
    "an unknown dataset": (_asylum(dataset="destatis_1"), "counts.destatis_1.dataset: 'destatis_1' is not a dataset"),
    "an unknown measure": (_asylum(measure="menschen"), "measure: 'menschen' is not a measure of destatis_12531_0043"),
    "an unknown word": (_cells(status=["geduldet"]), "cells.status: 'geduldet' is not a word of destatis_12531_0043"),
    "a sex left out": (_cells(sex=["weiblich"]), "cells.sex: 'maennlich' of destatis_12531_0043 is left out"),
    "a total beside its parts": (
        _cells(sex=["insgesamt", "weiblich"]),
        "cells.sex: insgesamt already contains the others; name it alone or leave it out",
    ),
    "nothing said of absent cells": (
        lambda c: c["counts"][0].pop("absent_high"),
        "counts.destatis_12531_0043: a sum of several cells needs absent_high",
    ),
}


@pytest.mark.parametrize(("edit", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_file_key_and_fix(tmp_path: Path, edit: Edit, message: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    path = folder / "citizenships.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_indicators(load_catalog(folder))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sex_that_a_dataset_begins_to_name_must_be_counted(tmp_path: Path) -> None:
    """Whoever adds the word for it to the dataset is told that the sum leaves these people out."""
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    path = folder / "datasets" / "destatis_12531_0043.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["axes"][1]["values"].append({"code": "GESU", "labels": ["unbekannt"], "is": "unbekannt_divers"})
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"cells\.sex: 'unbekannt_divers' of destatis_12531_0043 is left out"):
        load_indicators(load_catalog(folder))
