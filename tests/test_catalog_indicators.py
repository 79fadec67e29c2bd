"""The catalogue's indicators: what stands in it is whole, and a mistake names file, key and fix."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_indicators import IndicatorCatalog, load_indicators
from integrationsmonitor.catalog_tables import SCHEMAS, arrow_schema, catalog_tables
from integrationsmonitor.errors import ConfigError

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def indicators() -> IndicatorCatalog:
    return load_indicators(load_catalog(CATALOG))


def test_the_first_step_has_its_twelve_indicators(indicators: IndicatorCatalog) -> None:
    assert [indicator.id for indicator in indicators.indicators] == [
        *("A01", "A02", "A03", "A04", "A05", "B01", "D01", "E01", "E02", "E10", "E12", "F01")
    ]


def test_naturalisations_prefer_the_register_then_the_published_rate_then_the_population(
    indicators: IndicatorCatalog,
) -> None:
    (b01,) = [indicator for indicator in indicators.indicators if indicator.id == "B01"]
    assert [(v.priority, v.key) for v in b01.variants] == [
        (1, "azr_vorjahr"),
        (2, "veroeffentlichte_quote"),
        (3, "fortschreibung_vorjahr"),
    ]


def test_no_variant_mixes_the_register_with_the_population_in_one_ratio(indicators: IndicatorCatalog) -> None:
    """Either both parts share a basis, or the numerator is a count of events that has no population basis."""
    for indicator in indicators.indicators:
        for variant in indicator.variants:
            if variant.denominator and variant.basis_rule != "own":
                assert set(variant.numerator.basis) == set(variant.denominator.basis), (indicator.id, variant.key)
            if variant.basis_rule == "own":
                assert variant.numerator.basis == ("*",), (indicator.id, variant.key)


@pytest.mark.parametrize(
    ("day", "version", "count"),
    [
        (date(2013, 6, 30), "eu27_2007", 26),
        (date(2013, 7, 1), "eu28_2013", 27),
        (date(2020, 1, 31), "eu28_2013", 27),
        (date(2020, 2, 1), "eu27_2020", 26),
    ],
)
def test_the_union_is_not_always_the_same(indicators: IndicatorCatalog, day: date, version: str, count: int) -> None:
    """Members without Germany: Croatia joined on 1 July 2013, the United Kingdom left on 31 January 2020."""
    (found,) = [v for v in indicators.country_groups if v.group == "eu" and v.valid_from <= day <= v.valid_to]
    assert (found.version, len(found.members)) == (version, count)
    assert ("GB" in found.members) == (day < date(2020, 2, 1))
    assert ("HR" in found.members) == (day >= date(2013, 7, 1))
    assert "DE" not in found.members


def test_the_tables_have_the_types_that_dbt_expects(indicators: IndicatorCatalog) -> None:
    tables = catalog_tables(load_catalog(CATALOG), indicators)
    assert set(tables) == set(SCHEMAS) - {"delivery", "withdrawal"}
    for name, table in tables.items():
        assert table.schema.equals(arrow_schema(name))
        assert table.num_rows, name
    parts = tables["catalog_indicator_part"].to_pylist()
    eu = [p for p in parts if p["indicator_id"] == "A05" and p["role"] == "numerator"]
    assert {(p["citizenship_key"], p["valid_from"], p["valid_to"]) for p in eu} == {
        ("eu27_2007", date(2007, 1, 1), date(2013, 6, 30)),
        ("eu28_2013", date(2013, 7, 1), date(2020, 1, 31)),
        ("eu27_2020", date(2020, 2, 1), None),
    }


def _first(catalogue: dict[str, Any]) -> dict[str, Any]:
    return catalogue["indicators"][0]["variants"][0]  # type: ignore[no-any-return]


def _numerator(**changes: Any) -> Edit:
    return lambda c: _first(c)["numerator"].update(changes)


MISTAKES: list[tuple[str, str, Edit, str]] = [
    (
        "unknown dataset",
        "indicators",
        _numerator(datasets=["regio_1"]),
        "A01.*numerator.datasets: 'regio_1' is not a dat",
    ),
    (
        "unknown measure",
        "indicators",
        _numerator(measure="menschen"),
        "numerator.measure: 'menschen' is not a measure of",
    ),
    ("unknown basis", "indicators", _numerator(basis=["AZR"]), "numerator.basis: 'AZR' is not a basis of its datasets"),
    (
        "unknown key",
        "indicators",
        _numerator(masure="x"),
        r"indicators.0.variants.0.numerator: .*'masure' was unexpected",
    ),
    (
        "unknown group",
        "indicators",
        lambda c: _first(c).update(group="alle"),
        "group: 'alle' is not a group of groups.yml",
    ),
    ("no factor", "indicators", lambda c: _first(c).pop("factor"), "'factor' is a required property"),
    ("ratio of one", "indicators", lambda c: _first(c).pop("denominator"), "'denominator' is a required property"),
    (
        "a country group that is not there",
        "indicators",
        _numerator(country_group="efta"),
        "numerator.country_group: 'efta' is not a key of country_groups.yml; known: eu",
    ),
    (
        "an indicator twice",
        "indicators",
        lambda c: c["indicators"].append(c["indicators"][0]),
        "indicators: 'A01' stands twice; remove one",
    ),
    (
        "a variant twice",
        "indicators",
        lambda c: c["indicators"][0]["variants"].append(_first(c)),
        "A01.variants: 'fortschreibung_zensus2022' stands twice",
    ),
    (
        "an index without a fixed date",
        "indicators",
        lambda c: c["indicators"][3]["variants"][0]["denominator"].update(date="same"),
        "indicators.3.variants.0",
    ),
    ("an unknown direction", "indicators", lambda c: c["indicators"][0].update(direction="gut"), "'gut' is none of"),
    ("a group twice", "groups", lambda c: c["groups"].append(c["groups"][0]), "'insgesamt' stands twice"),
    (
        "versions that overlap",
        "country_groups",
        lambda c: c["country_groups"][0]["versions"][0].update(valid_to="2013-07-01"),
        "eu: versions 'eu27_2007' and 'eu28_2013' overlap; let the first end before 2013-07-01",
    ),
]


@pytest.mark.parametrize(("file", "edit", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_names_file_key_and_fix(tmp_path: Path, file: str, edit: Edit, message: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    path = folder / f"{file}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_indicators(load_catalog(folder))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
