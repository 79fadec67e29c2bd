"""The catalogue's breaks: every one says what it touches and where it is said, and a mistake names file, id and fix."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.catalog_tables import catalog_tables
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.indicator import Break
from integrationsmonitor.region import LAST_DAY

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CATALOG)


@pytest.fixture(scope="module")
def breaks(catalog: Catalog) -> dict[str, Break]:
    return {found.id: found for found in load_indicators(catalog).breaks}


def test_every_break_says_what_changed_and_where_that_is_said(breaks: dict[str, Break]) -> None:
    assert len(breaks) > 15
    for found in breaks.values():
        assert found.text_de.endswith("."), found.id
        assert len(found.source_de) > 5, found.id
        assert found.at or found.known_from, found.id


def test_each_territorial_step_names_the_kreise_on_both_sides_of_it(breaks: dict[str, Break]) -> None:
    """Steps and Kreise as in the BBSR's conversion key and the law on Eisenach."""
    territorial = [found for found in breaks.values() if found.kind == "territory"]
    steps = {found.at: found.touches[0].regions for found in territorial if found.touches[0].indicator == "*"}
    assert steps == {
        date(2019, 1, 1): ("16054", "16063", "16066", "16070", "16072", "16073"),
        date(2021, 7, 1): ("16056", "16063"),
        date(2023, 1, 1): ("16061", "16063", "16064"),
        date(2024, 1, 1): ("16061", "16063", "16064"),
    }
    rate = [(found.at, found.touches[0].regions) for found in territorial if found.touches[0].indicator == "B01"]
    first_day_of_the_year_after = [(date(day.year + 1, 1, 1), regions) for day, regions in steps.items() if day]
    assert rate == first_day_of_the_year_after, "its denominator is the population of the year before"


def test_a_census_lies_where_its_basis_begins_in_every_table_that_holds_both_bases(
    catalog: Catalog, breaks: dict[str, Break]
) -> None:
    """The last day of the old basis, as the tables' own files say it, lies at most a year before the break."""
    for census, old in (("zensus_2011", "Fortschreibung_ZER"), ("zensus_2022", "Fortschreibung_Zensus2011")):
        found = breaks[census]
        assert found.at is not None
        lasts = {
            rule.last
            for dataset_id in found.touches[0].datasets
            for rule in catalog.datasets[dataset_id].basis
            if rule.basis == old and rule.last != LAST_DAY
        }
        assert lasts <= {found.at.replace(year=found.at.year - 1), found.at}
        assert found.at.replace(year=found.at.year - 1) in lasts


def test_a_yearly_renewed_denominator_is_no_break(breaks: dict[str, Break]) -> None:
    touched = {dataset_id for found in breaks.values() for touch in found.touches for dataset_id in touch.datasets}
    assert "regio_13211_02_05_4" not in touched


def test_the_table_has_one_row_per_combination_of_what_a_break_touches(catalog: Catalog) -> None:
    rows = catalog_tables(catalog, load_indicators(catalog))["catalog_break"].to_pylist()
    azr = [row for row in rows if row["break_id"] == "azr_rundung_2016"]
    assert {(row["dataset_id"], row["measure"], row["region_key"]) for row in azr} == {
        ("destatis_12521_0041", "auslaender_azr", "*"),
        ("local_azr_presse", "auslaender_azr", "*"),
    }
    assert {row["break_at"] for row in azr} == {date(2016, 1, 1)}


def _first(**changes: Any) -> Edit:
    return lambda c: c["breaks"][0].update(changes)


MISTAKES: list[tuple[str, Edit, str]] = [
    ("a break twice", lambda c: c["breaks"].append(c["breaks"][0]), "zensus_2011: this id stands twice"),
    ("no day at all", lambda c: c["breaks"][0].pop("at"), "breaks.0"),
    ("an unknown kind", _first(kind="umzug"), "'umzug' is none of"),
    ("an unknown dataset", _first(touches=[{"datasets": ["regio_1"]}]), "touches.datasets: 'regio_1' is not a dataset"),
    (
        "an unknown measure",
        _first(touches=[{"datasets": ["regio_12411_01_01_4"], "measures": ["menschen"]}]),
        "touches.measures: 'menschen' is not a measure of regio_12411_01_01_4; known: bevoelkerung",
    ),
    ("an unknown basis", _first(basis="AZR"), "basis: 'AZR' is not a basis of its datasets"),
    ("an unknown indicator", _first(touches=[{"indicator": "Z99"}]), "touches.indicator: 'Z99' is not an indicator"),
    (
        "an unknown variant",
        _first(touches=[{"indicator": "B01", "variants": ["azr"]}]),
        "touches.variants: 'azr' is not a variant of B01; known: azr_vorjahr, fortschreibung_vorjahr",
    ),
    ("an unknown region", _first(touches=[{"regions": ["16099"]}]), "touches.regions: '16099' is not a key of regions"),
    ("what touches nothing", _first(touches=[{}]), "breaks.0.touches.0"),
]


@pytest.mark.parametrize(("edit", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_names_file_break_and_fix(tmp_path: Path, edit: Edit, message: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    path = folder / "breaks.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_indicators(load_catalog(folder))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
