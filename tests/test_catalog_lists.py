"""The lists that an operator keeps: what is right counts, a wrong list is left out and told, and costs nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor import night
from integrationsmonitor.catalog import catalog_of, load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.catalog_lists import Lists
from integrationsmonitor.catalog_tables import catalog_tables
from integrationsmonitor.night import described, facts
from integrationsmonitor.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
CATALOG = PROJECT / "catalog"
SOURCE = "Erfunden für diesen Test"
CITIES = ["16051", "16052", "16053", "16054", "16055"]
COUNTIES = [*(str(key) for key in range(16061, 16078))]


def types(**changes: Any) -> dict[str, Any]:
    """A list with one version, of 2022, when Eisenach was gone; `changes` are of the version."""
    version = {
        "valid_from": date(2022, 1, 1),
        "valid_to": date(2023, 12, 31),
        "source_de": SOURCE,
        "kreise": {"stadt": CITIES, "land": COUNTIES},
        **changes,
    }
    labels = [{"key": "stadt", "label_de": "Städtisch"}, {"key": "land", "label_de": "Ländlich"}]
    return {"types": labels, "versions": [version]}


def lists(folder: Path, name: str, content: Any) -> Lists:
    (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_indicators(load_catalog(CATALOG, local=folder)).lists


def test_the_catalogue_ships_no_types_one_centre_and_the_state_of_2019() -> None:
    found = load_indicators(load_catalog(CATALOG)).lists
    assert found.region_types == found.problems == ()
    assert [centre.region_key for centre in found.centres] == ["16054"]
    assert {concept.as_of for concept in found.concepts} == {date(2019, 5, 31)}


def test_a_list_of_types_holds_for_every_kreis_as_long_as_it_existed(tmp_path: Path) -> None:
    raw = types(valid_from=date(2020, 1, 1), kreise={"stadt": [*CITIES, "16056"], "land": COUNTIES})
    found = lists(tmp_path, "region_types.yml", raw)
    assert found.problems == ()
    spans = {entry.region_key: (entry.type_de, entry.valid_from, entry.valid_to) for entry in found.region_types}
    assert len(spans) == 23
    assert spans["16056"] == ("Städtisch", date(2020, 1, 1), date(2021, 6, 30))
    assert spans["16061"] == ("Ländlich", date(2020, 1, 1), date(2023, 12, 31))


OVERLAPPING = {"versions": [*types()["versions"], *types(valid_from=date(2023, 12, 31), valid_to=None)["versions"]]}
OVERLAPPING["versions"][1].pop("valid_to")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (types(kreise={"stadt": CITIES, "land": [*COUNTIES, "16999"]}), "'16999' is no Kreis of Thüringen"),
        (types(kreise={"stadt": [*CITIES, "16056"], "land": COUNTIES}), "16056 (Eisenach) did not exist then"),
        (types(kreise={"stadt": CITIES, "land": COUNTIES[1:]}), "16061 (Eichsfeld) is missing"),
        (types(valid_from=date(2021, 6, 30)), "16056 (Eisenach) is missing"),
        (types(kreise={"stadt": CITIES, "land": [*COUNTIES, "16051"]}), "16051 stands in land and in stadt"),
        (types(kreise={"stadt": CITIES, "dorf": COUNTIES}), "'dorf' is not a key of types; known: land, stadt"),
        (types(valid_to=date(2021, 12, 31)), "valid_to 2021-12-31 lies before valid_from 2022-01-01"),
        ({**types(), **OVERLAPPING}, "let the first end on 2023-12-30"),
        (types(kreise={"stadt": CITIES, "land": [16061]}), "16061 is not of type 'string'"),
        ({"types": []}, "region_types.schema.json"),
    ],
)
def test_a_wrong_list_of_types_is_left_out_as_a_whole_and_says_what_to_do(
    tmp_path: Path, content: dict[str, Any], words: str
) -> None:
    found = lists(tmp_path, "region_types.yml", content)
    assert found.region_types == ()
    assert words in "; ".join(found.problems)
    assert found.problems[0].startswith("region_types.yml: ")
    assert len(found.centres) == 1


def centre(**changes: Any) -> dict[str, Any]:
    return {"centres": [{"region": "16074", "name_de": "Erfunden", "source_de": SOURCE, **changes}]}


def test_centres_of_a_home_take_the_place_of_the_catalogues(tmp_path: Path) -> None:
    found = lists(tmp_path, "reception_centres.yml", centre(valid_from=date(2015, 3, 1)))
    assert [(entry.region_key, entry.valid_from) for entry in found.centres] == [("16074", date(2015, 3, 1))]
    assert lists(tmp_path, "reception_centres.yml", {"centres": []}).centres == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (centre(region="16001"), "'16001' is no Kreis of Thüringen"),
        (centre(region="16056", valid_from=date(2022, 1, 1)), "16056 (Eisenach) did not exist then"),
        (centre(valid_from=date(2022, 1, 2), valid_to=date(2022, 1, 1)), "swap them"),
        (centre(von=date(2022, 1, 2)), "'von' was unexpected"),
    ],
)
def test_a_wrong_list_of_centres_leaves_the_catalogues_in_force(
    tmp_path: Path, content: dict[str, Any], words: str
) -> None:
    found = lists(tmp_path, "reception_centres.yml", content)
    assert words in "; ".join(found.problems)
    assert [entry.region_key for entry in found.centres] == ["16054"]


def concepts(day: date, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"states": [{"as_of": day, "source_de": SOURCE, "concepts": [*entries]}]}


def test_states_of_the_concepts_of_a_home_join_that_of_2019(tmp_path: Path) -> None:
    raw = concepts(date(2024, 6, 30), {"region": "16061", "status": "in_force", "year": 2023})
    found = lists(tmp_path, "integrationskonzepte.yml", raw)
    assert (found.problems, len(found.concepts)) == ((), 14 + 1)
    assert found.concepts[-1].year == 2023


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (concepts(date(2019, 5, 31), {"region": "16061", "status": "none"}), "2019-05-31 stands twice"),
        (concepts(date(2024, 6, 30), {"region": "16056", "status": "none"}), "16056 (Eisenach) did not exist then"),
        (concepts(date(2024, 6, 30), *[{"region": "16061", "status": "none"}] * 2), "16061 stands twice"),
        (concepts(date(2024, 6, 30), {"region": "16061", "status": "fertig"}), "'fertig' is none of 'in_force'"),
    ],
)
def test_a_wrong_state_of_the_concepts_is_left_out(tmp_path: Path, content: dict[str, Any], words: str) -> None:
    found = lists(tmp_path, "integrationskonzepte.yml", content)
    assert words in "; ".join(found.problems)
    assert len(found.concepts) == 14


def test_a_home_chooses_of_which_indicators_it_is_told(tmp_path: Path) -> None:
    content = {"signals": [{"indicator": "B01", "why_de": "Ziel des Kreises: mehr Einbürgerungen"}]}
    assert lists(tmp_path, "signals.yml", content).signals == ("B01",)
    told = {found.id for found in load_indicators(load_catalog(CATALOG, local=tmp_path)).indicators if found.signal}
    assert told == {"B01", "E03", "E04", "E05", "E10", "E11", "E13"}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["A01"], "signals.yml: signals: 'A01' is no indicator with a favourable direction; known: B01"),
        (["B77"], "signals.yml: signals: 'B77' is no indicator"),
        (["B01", "B01"], "signals.yml: signals: 'B01' stands twice"),
    ],
)
def test_a_wrong_choice_is_left_out_and_the_catalogues_stays(tmp_path: Path, chosen: list[str], words: str) -> None:
    content = {"signals": [{"indicator": key, "why_de": "Ein Ziel des Kreises"} for key in chosen]}
    found = lists(tmp_path, "signals.yml", content)
    assert found.signals == ()
    assert words in found.problems[0]


def test_the_tables_hold_the_form_of_each_kreis_and_the_listed_type_beside_it(tmp_path: Path) -> None:
    lists(tmp_path, "region_types.yml", types())
    catalog = load_catalog(CATALOG, local=tmp_path)
    rows = catalog_tables(catalog, load_indicators(catalog))["catalog_region_type"].to_pylist()
    forms = {row["region_key"]: row["type_key"] for row in rows if row["scheme"] == "verwaltungsform"}
    assert sorted(forms.values()) == ["kreisfreie_stadt"] * 6 + ["landkreis"] * 17
    listed = [row for row in rows if row["scheme"] == "bbsr"]
    assert len(listed) == 22
    assert {(row["valid_from"], row["valid_to"]) for row in listed} == {(date(2022, 1, 1), date(2023, 12, 31))}


def test_a_wrong_list_is_no_description_and_stands_among_what_needs_a_person(tmp_path: Path) -> None:
    home = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path / "home")})
    home.claim_home()
    home.local.mkdir()
    file = home.local / "region_types.yml"
    file.write_text("types: 1", encoding="utf-8")
    catalog = catalog_of(home)
    assert described.described(home) == [], "a list describes no table"
    facts.catalog_tables(home, catalog)
    [cause] = [cause for cause in night.watch(home) if cause.key == "local_lists"]
    assert "region_types.yml: types" in cause.text or "region_types.yml: (top level)" in cause.text
    assert "es gilt, was ohne die genannte Liste gälte" in cause.text

    file.write_text(yaml.safe_dump(types(), allow_unicode=True), encoding="utf-8")
    facts.catalog_tables(home, catalog)
    assert [cause for cause in night.watch(home) if cause.key == "local_lists"] == []
