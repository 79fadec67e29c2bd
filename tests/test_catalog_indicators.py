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


COMPUTED = (
    *("A00", "A01", "A02", "A03", "A04", "A05", "A07", "A11"),
    *("B01", "D01", "E01", "E02", "E10", "E11", "E12", "F01"),
)
MISSING = {
    "not_recorded": ("A06", "A08", "A09", "A10", "B02", "B03", "E03", "E04", "E05", "E06", "E09", "E13", "F02", "H01"),
    "no_source_per_kreis": ("A12", "C01", "C02", "E07", "E08", "G01", "G02", "I01"),
    "on_order_only": ("D02", "D03", "D04", "D05"),
}


def test_every_indicator_is_described_and_computed_or_says_why_it_is_not(indicators: IndicatorCatalog) -> None:
    ids = [indicator.id for indicator in indicators.indicators]
    assert ids == sorted([*COMPUTED, *(missing for group in MISSING.values() for missing in group)])
    speaking = {i.id: [v for v in i.variants if v.may_default] for i in indicators.indicators}
    assert [id_ for id_, variants in speaking.items() if any(v.parts or v.of for v in variants)] == [*COMPUTED]
    for reason, missing in MISSING.items():
        assert {variant.missing for id_ in missing for variant in speaking[id_]} == {reason}


def test_indicators_cover_every_dimension_and_all_fields_but_one(indicators: IndicatorCatalog) -> None:
    """No official table is known for culture, leisure, religion and sport: that field alone says so."""
    assert {i.dimension for i in indicators.indicators} == {
        *("strukturell", "kulturell", "sozial", "identifikatorisch", "Kontext")
    }
    used = {i.dimension for i in indicators.indicators} | {i.handlungsfeld for i in indicators.indicators}
    assert len(indicators.fields) == 5 + 7
    assert [field.name for field in indicators.fields if field.name not in used] == [
        "Kultur, Freizeit, Religion und Sport"
    ]
    assert [field.name for field in indicators.fields if field.gap_de] == ["Kultur, Freizeit, Religion und Sport"]


@pytest.mark.parametrize("kind", ["dimension", "handlungsfeld"])
def test_an_indicator_of_an_unknown_dimension_or_field_is_refused(tmp_path: Path, kind: str) -> None:
    shutil.copytree(CATALOG, tmp_path / "catalog")
    file = tmp_path / "catalog" / "indicators.yml"
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    raw["indicators"][0][kind] = "Freizeit"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"A00.{kind}: 'Freizeit' is not one of handlungsfelder.yml"):
        load_indicators(load_catalog(tmp_path / "catalog"))


def test_figures_that_never_speak_for_an_indicator_say_why(indicators: IndicatorCatalog) -> None:
    beside = {(i.id, v.key): v.why_de for i in indicators.indicators for v in i.variants if not v.may_default}
    assert set(beside) == {
        *(("A01", "kreisangabe"), ("A02", "azr_lokal"), ("A02", "kreisangabe")),
        *(("E01", "wohnort"), ("E02", "wohnort"), ("E03", "alle_alter"), ("E05", "zu_insgesamt")),
        *(("A11", f"{way}_{basis}") for way in ("zuzuege", "fortzuege") for basis in ("zensus2011", "zer")),
    }
    assert all(beside.values())


def test_what_no_dataset_holds_is_named_and_computed_from_nothing(indicators: IndicatorCatalog) -> None:
    missing = {(i.id, v.key) for i in indicators.indicators for v in i.variants if not (v.parts or v.of)}
    assert missing == {(i.id, v.key) for i in indicators.indicators for v in i.variants if v.missing_de}
    assert missing == {(i.id, v.key) for i in indicators.indicators for v in i.variants if v.missing}
    beside = {("A02", "azr_ohne_ukraine")}
    assert len(missing - beside) == sum(map(len, MISSING.values())) + 1, "E05 has two, every other indicator one"
    assert beside < missing
    parts = catalog_tables(load_catalog(CATALOG), indicators)["catalog_indicator_part"].to_pylist()
    assert not {(part["indicator_id"], part["variant"]) for part in parts} & missing


def test_the_bases_of_the_population_follow_each_other_and_meet_only_on_the_day_that_stands_on_both(
    indicators: IndicatorCatalog,
) -> None:
    for indicator in (i for i in indicators.indicators if i.id in ("A00", "A01", "A07", "F01")):
        census_2022, census_2011, register = indicator.variants[:3]
        assert (register.valid_to, census_2011.valid_from) == (date(2010, 12, 31), date(2011, 12, 31))
        assert census_2011.valid_to == census_2022.valid_from == date(2022, 12, 31)


def test_residents_of_15_to_64_years_and_minors_are_sums_of_the_same_age_groups_in_both_tables(
    indicators: IndicatorCatalog,
) -> None:
    sums = catalog_tables(load_catalog(CATALOG), indicators)["catalog_age_sum"].to_pylist()
    of_table = {(s["dataset_id"], s["measure"]): set() for s in sums}
    for s in sums:
        of_table[s["dataset_id"], s["measure"]].add(s["age_group"])
    assert of_table == {
        ("regio_12411_03_02_4", "bevoelkerung"): {"15-64", "0-17"},
        ("regio_12411_03_03_4", "bevoelkerung"): {"15-64", "0-17"},
    }
    spans = [s for s in sums if s["dataset_id"] == "regio_12411_03_02_4"]
    first, *between, last = [s["member"] for s in spans if s["age_group"] == "15-64"]
    assert (first, len(between), last) == ("15-17", 9, "60-64")
    assert [s["member"] for s in spans if s["age_group"] == "0-17"] == ["0-2", "3-5", "6-9", "10-14", "15-17"]


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
            if not variant.parts:
                continue
            assert variant.numerator is not None
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


def test_whoever_has_no_state_is_a_group_of_its_own_and_the_eight_asylum_countries_are_those_of_the_agency(
    indicators: IndicatorCatalog,
) -> None:
    members = {version.group: version.members for version in indicators.country_groups}
    assert members["asyl_hauptherkunft"] == ("AF", "ER", "IQ", "IR", "NG", "PK", "SO", "SY")
    assert members["ukraine"] == ("UA",)
    assert "UA" not in {member for group, found in members.items() if group != "ukraine" for member in found}
    assert {group for group, found in members.items() if not found} == {
        *("europa", "afrika", "amerika", "asien", "ozeanien", "drittstaaten", "staatenlos_ungeklaert", "ohne_ukraine")
    }


def test_the_tables_have_the_types_that_dbt_expects(indicators: IndicatorCatalog) -> None:
    tables = catalog_tables(load_catalog(CATALOG), indicators)
    assert set(tables) == set(SCHEMAS) - {
        "as_of",
        "confidential",
        "delivery",
        "origin",
        "publication",
        "run",
        "withdrawal",
    }
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
    return _indicator(catalogue, "A01")["variants"][0]  # type: ignore[no-any-return]


def _indicator(catalogue: dict[str, Any], wanted: str) -> dict[str, Any]:
    (found,) = [indicator for indicator in catalogue["indicators"] if indicator["id"] == wanted]
    return found


def _age_sum(**changes: Any) -> Edit:
    return lambda c: _indicator(c, "E03")["variants"][1]["denominator"]["age_sum"].update(changes)


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
        r"indicators.1.variants.0.numerator: .*'masure' was unexpected",
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
        "numerator.country_group: 'efta' is not a key of country_groups.yml; known: afrika, amerika",
    ),
    (
        "a country group that no source has a line for",
        "indicators",
        _numerator(country_group="asyl_hauptherkunft"),
        "numerator.country_group: no source has a line for 'asyl_hauptherkunft'; give its version a citizenship_key",
    ),
    (
        "a group of people of a country group that is not there",
        "groups",
        lambda c: c["groups"].append(c["groups"][-1] | {"key": "auslaender.efta", "country_group": "efta"}),
        "auslaender.efta.country_group: 'efta' is not a key of country_groups.yml",
    ),
    (
        "a group of people whose key names another country group",
        "groups",
        lambda c: c["groups"].append(c["groups"][-1] | {"key": "auslaender.efta"}),
        "auslaender.efta: the key must end in .ohne_ukraine; rename it",
    ),
    (
        "Germany in a group of countries",
        "country_groups",
        lambda c: c["country_groups"][0]["versions"][0]["members"].append("DE"),
        "country_groups.0.versions.0.members.26: 'DE' does not match",
    ),
    (
        "a member twice",
        "country_groups",
        lambda c: c["country_groups"][0]["versions"][0]["members"].append("AT"),
        "country_groups.0.versions.0.members: .* has non-unique elements",
    ),
    (
        "an indicator twice",
        "indicators",
        lambda c: c["indicators"].append(c["indicators"][0]),
        "indicators: 'A00' stands twice; remove one",
    ),
    (
        "a variant twice",
        "indicators",
        lambda c: _indicator(c, "A01")["variants"].append(_first(c)),
        "A01.variants: 'fortschreibung_zensus2022' stands twice",
    ),
    (
        "an index without a fixed date",
        "indicators",
        lambda c: _indicator(c, "A04")["variants"][0]["denominator"].update(date="same"),
        "indicators.4.variants.0",
    ),
    (
        "a figure that never speaks without a reason",
        "indicators",
        lambda c: _first(c).update(may_default=False),
        "'why_de' is a dependency of 'may_default'",
    ),
    (
        "an indicator for which nothing speaks",
        "indicators",
        lambda c: [v.update(may_default=False, why_de="Nur daneben.") for v in _indicator(c, "E01")["variants"]],
        "E01.variants: none may be the default; let one speak for the indicator",
    ),
    (
        "a missing variant that is computed",
        "indicators",
        lambda c: _first(c).update(missing="not_recorded", missing_de="Fehlt in allen Datensätzen."),
        "indicators.1.variants.0",
    ),
    (
        "a missing variant without the kind of reason",
        "indicators",
        lambda c: _indicator(c, "A08")["variants"][0].pop("missing"),
        "'missing' is a dependency of 'missing_de'",
    ),
    (
        "a missing variant without the sentence",
        "indicators",
        lambda c: _indicator(c, "A08")["variants"][0].pop("missing_de"),
        "'missing_de' is a dependency of 'missing'",
    ),
    (
        "a kind of reason that nobody knows",
        "indicators",
        lambda c: _indicator(c, "A08")["variants"][0].update(missing="keine_lust"),
        "'keine_lust' is none of",
    ),
    (
        "a formula that only missing variants may name",
        "indicators",
        lambda c: _first(c).update(formula="dissimilarity"),
        "'dissimilarity' is none of",
    ),
    (
        "a variant without figures and without a reason",
        "indicators",
        lambda c: [_indicator(c, "A06")["variants"][0].pop(key) for key in ("missing", "missing_de")],
        "indicators.6.variants.0: 'numerator' is a required property",
    ),
    (
        "a basis that ends before it begins",
        "indicators",
        lambda c: _first(c).update(valid_to="2000-12-31"),
        "A01.fortschreibung_zensus2022: valid_to lies before valid_from; swap them",
    ),
    (
        "a sum of an age group that a dataset lacks",
        "indicators",
        _age_sum(of=["15-17", "16-18"]),
        "denominator.age_sum.of: '16-18' is not an age group of regio_12411_03_03_4",
    ),
    (
        "a sum that the source itself names",
        "indicators",
        _age_sum(label="60-64"),
        "age_sum.label: regio_12411_03_03_4 itself names '60-64'; write age_group instead",
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
