"""Descriptions of the drop folder: few keys, clear errors, and a wrong one costs nobody else the night."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

import local_wire as wire
from integrationsmonitor import archive, landing, night
from integrationsmonitor.catalog import catalog_of, load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.errors import ConfigError, ContractError
from integrationsmonitor.night import described
from integrationsmonitor.settings import Settings
from night_support import NOW, small_catalog

COUNTS = {"Nord": (1010, 1020), "Süd": (1030, 2), "Ost": (1050, 1060), "West": (1070, 1080)}
CATALOG = wire.PROJECT / "catalog"


def problem(folder: Path, **changes: Any) -> str:
    return wire.dataset(folder, **changes)[0].problem


def column(**changes: Any) -> dict[str, Any]:
    return {"columns": {**wire.description()["columns"], **changes}}


def test_a_description_is_a_dataset_like_all_others(tmp_path):
    dataset, catalog = wire.dataset(tmp_path, notes_de="Alles erfunden.")
    assert (dataset.id, dataset.publisher, dataset.load, dataset.period_type) == (
        wire.ID, "Landratsamt Beispielkreis, Fachdienst Statistik", "tls", "stichtag",
    )  # fmt: skip
    assert dataset.licence["attribution"] == dataset.publisher
    assert dataset.notes_de.startswith("Alles erfunden. Zahlen von Personen unter 5 sind geheim")
    assert wire.ID in catalog.group("tls")
    assert (catalog.regions["16070:02"].name, catalog.regions["16070:02"].parent) == ("Süd", "16070")
    assert catalog.kreise_at(dataset.basis[0].first) == load_catalog(CATALOG).kreise_at(dataset.basis[0].first)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_de": None}, "(top level): 'title_de' is a required property"),
        ({"plaze": "none"}, "Additional properties are not allowed ('plaze' was unexpected)"),
        ({"title_de": "TODO"}, "title_de: is still a TODO; decide it"),
        ({"contact": "Frau Muster, Amt 50"}, "contact: names a person; name the unit"),
        ({"contact": "Amt 50, erika.muster@kreis.example"}, "contact: names a person"),
        ({"provider": "Dr. Muster"}, "provider: names a person"),
        ({"files": "../geheim.csv"}, "files: '../geheim.csv' does not match"),
        ({"files": "tabelle.doc"}, "files: 'tabelle.doc' does not match"),
        ({"confidentiality": {"threshold": 2}}, "confidentiality.threshold: 2 is less than the minimum of 3"),
        ({"confidentiality": {"threshold": "none"}}, "confidentiality: 'reason_de' is a required property"),
        ({"licence": "frei"}, "licence: 'frei' is none of 'dl-de/by-2-0'"),
        ({"regions": [{"key": "01", "name": "Nord"}]}, "regions.01: needs `parent`"),
        ({"regions": [{"key": "01", "name": "Nord", "parent": "99999"}]}, "parent '99999' is no Kreis of catalog"),
        ({"regions": [{"key": "01", "name": "Nord, alt", "parent": "16070"}]}, "regions.0.name: 'Nord, alt' does not"),
        ({"signs": {"*": "zero"}}, "signs: '*' always means secret"),
        ({"period": {"type": "jahressumme", "value": "2025"}}, "period: the period stands in one place"),
        ({"thousands": ",", "decimal": ","}, "thousands: is the decimal mark, too"),
        (column(Gebiet={"field": "region", "values": {"Alle": "16999"}}), "'Alle' leads to '16999', no known region"),
        (column(Geschlecht={"field": "sex", "values": {"m": "Mann"}}), "columns.Geschlecht: 'Mann' is no word for sex"),
        (column(Anteil={"field": "value", "measure": "a", "unit": "Prozent"}), "a rate under a threshold needs"),
        (column(Zwei={"field": "period"}), "columns: two columns hold the field 'period'"),
        ({"ignore": ["Anzahl"]}, "the heading 'Anzahl' stands twice"),
        ({"id": "local_anders"}, ""),
    ],
)  # fmt: skip
def test_a_wrong_description_names_file_key_and_fix(tmp_path, changes, words):
    if "id" in changes:
        file = wire.write_description(tmp_path, wire.description())
        file.rename(tmp_path / "local_anders.yml")
        found = load_catalog(CATALOG, local=tmp_path).datasets["local_anders"].problem
        assert found == f"local_anders.yml: id: is {wire.ID!r}; it must be the file's name, 'local_anders'"
        return
    found = problem(tmp_path, **changes)
    assert found.startswith(f"{wire.ID}.yml: ")
    assert words in found
    assert str(tmp_path) not in found


@pytest.mark.parametrize(
    ("name", "text", "dataset_id"),
    [
        ("Wohnungslose.yml", "id: x", "local_wohnungslose"),
        ("local_kaputt.yml", "id: [", "local_kaputt"),
        ("local_leer.yml", "", "local_leer"),
        ("local_azr_presse.yml", "id: local_azr_presse", "local_azr_presse_x"),
        ("local_endung.yaml", "id: local_endung", "local_endung"),
        ("indikatoren tabelle.yml", "- 1", "local_indikatoren_tabelle"),
    ],
)
def test_whatever_is_wrong_is_a_dataset_with_a_problem_and_all_others_are_there(tmp_path, name, text, dataset_id):
    wire.write_description(tmp_path, wire.description())
    (tmp_path / name).write_text(text, encoding="utf-8")
    catalog = load_catalog(CATALOG, local=tmp_path)
    assert catalog.datasets[dataset_id].problem.startswith(f"{name}: ")
    assert not catalog.datasets[wire.ID].problem
    assert set(load_catalog(CATALOG).datasets) < set(catalog.datasets)


def test_a_wrong_file_does_not_take_the_id_of_a_right_description(tmp_path):
    file = wire.write_description(tmp_path, wire.description())
    shutil.copy(file, file.with_suffix(".yaml"))
    (tmp_path / "Beispiel_Stadtteile.yml").write_text("id: [", encoding="utf-8")
    datasets = load_catalog(CATALOG, local=tmp_path).datasets
    assert not datasets[wire.ID].problem
    problems = sorted(dataset.problem for dataset in datasets.values() if dataset.problem)
    assert [words.partition(":")[0] for words in problems] == ["Beispiel_Stadtteile.yml", f"{wire.ID}.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [("Kreis gesamt:", "16070:", "16070"), ("m: maennlich", "no: maennlich", "no"), ("  Anzahl:", "  2025:", "2025")],
)
def test_a_word_that_yaml_takes_for_something_else_must_stand_in_quotes(tmp_path, old, new, word):
    file = wire.write_description(tmp_path, wire.description())
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = load_catalog(CATALOG, local=tmp_path).datasets[wire.ID].problem
    assert found.startswith(f"{wire.ID}.yml: columns")
    assert "put it into quotes" in found
    if word != "no":  # YAML has made False of it
        assert f"is {word} to YAML" in found


def test_a_year_may_stand_without_quotes(tmp_path):
    columns = {heading: column for heading, column in wire.description()["columns"].items() if heading != "Stichtag"}
    dataset, _ = wire.dataset(tmp_path, period={"type": "jahressumme", "value": 2025}, columns=columns)
    assert not dataset.problem
    assert dataset.local_table.period_value == "2025"


def test_one_key_stands_for_one_region_in_all_descriptions(tmp_path):
    other = wire.description(id="local_zweite", regions=[{"key": "01", "name": "Norden", "parent": "16070"}])
    catalog = wire.catalog(tmp_path, wire.description(), other)
    assert "16070:01 (Norden) is 'Nord' in another description" in catalog.datasets["local_zweite"].problem
    assert catalog.regions["16070:01"].name == "Nord"


# --- in a home -------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A recorded home whose drop folder holds the made-up table."""
    small_catalog(tmp_path / "catalog", ("regio_12511_04_01_4",))
    monkeypatch.setenv("MONITOR_NOW", NOW)
    environment = {"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path / "home")}
    settings = Settings.from_env({**environment, "MONITOR_CATALOG": str(tmp_path / "catalog")})
    wire.write_description(settings.local, wire.description())
    drop(settings, COUNTS)
    return settings


def drop(
    settings: Settings, counts: dict[str, tuple[int, int]], name: str = "stadtteile_2025.csv", **more: Any
) -> None:
    (settings.local / name).write_bytes(wire.csv(wire.rows(counts, **more)))


def landed(settings: Settings) -> dict[tuple[str, str], float | None]:
    """Region and sex → value of all landing files."""
    found = {}
    for path in sorted((settings.landing / "obs" / wire.ID).glob("*.parquet")):
        table = landing.read(path)
        assert table is not None
        for row in table.select(["region_key", "sex", "value"]).to_pylist():
            found[row["region_key"], row["sex"]] = None if row["value"] is None else float(row["value"])
    return found


def test_the_folder_is_in_the_home_or_where_a_setting_says(home, tmp_path):
    assert home.local == home.home / "local"
    (tmp_path / "ablage").mkdir()
    elsewhere = Settings.from_env({**home.environment, "MONITOR_LOCAL": str(tmp_path / "ablage")})
    assert elsewhere.local == tmp_path / "ablage"
    assert wire.ID not in catalog_of(elsewhere).datasets
    (tmp_path / "ablage").rmdir()
    with pytest.raises(ConfigError, match=r"MONITOR_LOCAL=.* is not a folder"):
        Settings.from_env(elsewhere.environment)


def test_a_file_is_loaded_once_and_a_changed_one_again(home):
    assert described.load_described(home)[0]["rows"] == 15
    assert described.load_described(home)[0]["changed"] is False
    drop(home, {**COUNTS, "Nord": (1011, 1020)})
    assert described.load_described(home)[0]["changed"] is True
    assert night.plan(home, "tls") == [wire.ID, "regio_12511_04_01_4"]


def test_a_wrong_description_leaves_the_one_that_was_accepted_in_force(home):
    night.load(home, wire.ID)
    before = catalog_of(home)
    (home.local / f"{wire.ID}.yml").write_text("id: [", encoding="utf-8")
    with pytest.raises(ContractError, match=r"local_beispiel_stadtteile\.yml: is no valid YAML"):
        night.load(home, wire.ID)
    after = catalog_of(home)
    assert after.regions == before.regions
    assert after.datasets[wire.ID].measures == before.datasets[wire.ID].measures
    past = archive.history(home, wire.ID)
    assert past.rejection and past.rejection["kind"] == "contract"
    assert past.current_parse == landing.parse_key(after.datasets[wire.ID], after, landing.parser_version())
    wire.write_description(home.local, wire.description())
    night.load(home, wire.ID)
    assert archive.history(home, wire.ID).rejection is None


def test_a_description_is_news(home):
    from integrationsmonitor.night import inputs

    def digests() -> dict[str, str]:
        return inputs.digests(home, inputs.histories_of(home, catalog_of(home)))

    before = digests()
    wire.write_description(home.local, wire.description(notes_de="Neu."))
    assert {key for key, value in digests().items() if before[key] != value} == {"local"}


def test_a_file_that_is_taken_away_leaves_its_figures(home):
    night.load(home, wire.ID)
    (home.local / "stadtteile_2025.csv").unlink()
    assert night.load(home, wire.ID)["changed"] is False
    assert len(archive.history(home, wire.ID).accepted) == 1


def test_a_period_stands_in_one_file(home):
    night.load(home, wire.ID)
    drop(home, COUNTS, "stadtteile_neu.csv")
    with pytest.raises(ContractError, match=r"personen_lokal for 2025-12-31 in one file, found it in stadtteile_2025"):
        night.load(home, wire.ID)
    drop(home, COUNTS, "stadtteile_neu.csv", day="30.06.2026")
    assert night.load(home, wire.ID)["answers"] == 1


def test_a_period_that_has_not_begun_is_a_slip(home):
    drop(home, COUNTS, day="31.12.2062")
    with pytest.raises(ContractError, match="expected figures of a time that has begun, found 2062-12-31"):
        night.load(home, wire.ID)


def test_a_stricter_threshold_takes_back_what_landed_before(home):
    wire.write_description(home.local, wire.description(confidentiality={"threshold": "none", "reason_de": "Test"}))
    night.load(home, wire.ID)
    assert landed(home)["16070:02", "weiblich"] == 2
    wire.write_description(home.local, wire.description())
    night.load(home, wire.ID)
    assert landed(home)["16070:02", "weiblich"] is None
    assert len(list((home.landing / "obs" / wire.ID).glob("*.parquet"))) == 1


@pytest.mark.parametrize("pattern", ["**.csv", "stadtteile_**.csv", "[.csv"])
def test_a_pattern_that_no_shell_knows_costs_nobody_the_night(home, pattern):
    wire.write_description(home.local, wire.description(id="local_muster", files=pattern))
    night.load_all(home, ["local_muster", wire.ID])
    assert archive.history(home, wire.ID).accepted


def test_a_file_is_read_by_one_description_since_a_second_may_show_what_the_first_hides(home):
    night.load(home, wire.ID)
    columns = wire.description()["columns"]
    wire.write_description(home.local, wire.description(id="local_a_zweite", files="stadtteile_2025.csv"))
    datasets = catalog_of(home).datasets
    assert not datasets[wire.ID].problem  # it was accepted before
    found = datasets["local_a_zweite"].problem
    assert found.startswith(f"local_a_zweite.yml: files: stadtteile_2025.csv is read by {wire.ID}.yml, too")
    book = wire.workbook({"Eins": [wire.HEAD, *wire.rows(COUNTS)], "Zwei": [wire.HEAD, *wire.rows(COUNTS)]})
    (home.local / "mappe.xlsx").write_bytes(book)
    for number, sheet in enumerate(("Eins", "Zwei")):
        raw = wire.description(id=f"local_blatt_{number}", files="mappe.xlsx", sheet=sheet, columns=columns)
        wire.write_description(home.local, raw)
    datasets = catalog_of(home).datasets
    assert [datasets[f"local_blatt_{number}"].problem for number in (0, 1)] == ["", ""]


def test_a_new_description_does_not_rename_the_regions_of_an_accepted_one(home):
    night.load(home, wire.ID)
    other = wire.description(id="local_a", files="a.csv", regions=[{"key": "01", "name": "Norden", "parent": "16070"}])
    wire.write_description(home.local, other)
    catalog = catalog_of(home)
    assert (catalog.regions["16070:01"].name, catalog.datasets[wire.ID].problem) == ("Nord", "")
    assert "is 'Nord' in another description" in catalog.datasets["local_a"].problem


@pytest.mark.parametrize("kind", ["dangling", "folder", "pipe"])
def test_what_is_no_file_costs_nobody_the_night(home, tmp_path, kind):
    odd = home.local / "local_odd.yml"
    make = {"dangling": lambda: odd.symlink_to(tmp_path / "gone"), "folder": odd.mkdir, "pipe": lambda: os.mkfifo(odd)}
    make[kind]()
    night.load(home, wire.ID)
    assert night.has_news(home)
    assert catalog_of(home).datasets["local_odd"].problem.startswith("local_odd.yml: is a link, a folder or")


def test_a_link_out_of_the_folder_is_not_followed(home, tmp_path):
    secret = tmp_path / "anderswo.csv"
    shutil.move(home.local / "stadtteile_2025.csv", secret)
    (home.local / "stadtteile_2025.csv").symlink_to(secret)
    with pytest.raises(ContractError, match="expected a file of the folder itself, found a link or a folder"):
        night.load(home, wire.ID)
    assert not list(home.quarantine.rglob("*"))


def test_what_breaks_its_contract_goes_to_quarantine_but_a_list_of_persons_goes_nowhere(home):
    text = wire.csv(wire.rows(COUNTS)).replace(b"1.010", b"1.011")
    (home.local / "stadtteile_2025.csv").write_bytes(text)
    with pytest.raises(ContractError, match="the sum of its parts"):
        night.load(home, wire.ID)
    assert [path.read_bytes() for path in home.quarantine.rglob("*") if path.suffix != ".json" and path.is_file()] == [
        text
    ]
    shutil.rmtree(home.quarantine)
    (home.local / "stadtteile_2025.csv").write_bytes(text + b"Nord;31.12.2025;m;+49 3641 490000\r\n")
    with pytest.raises(ContractError, match="found a telephone number"):
        night.load(home, wire.ID)
    kept = [path for path in home.home.rglob("*") if path.is_file() and path.parent != home.local]
    assert not [path for path in kept if b"490000" in path.read_bytes()]
    assert not home.quarantine.exists()


def test_what_needs_a_person_is_told_with_the_place_of_the_description(home):
    (home.local / "local_falsch.yml").write_text("id: local_falsch", encoding="utf-8")
    (home.local / "unbekannt.xlsx").write_bytes(b"")
    described.load_described(home)
    causes = {cause.key: cause for cause in night.watch(home)}
    assert set(causes) == {"answer:local_falsch", "local_files"}
    assert f"gehört es in {home.local}/local_falsch.yml" in causes["answer:local_falsch"].text
    assert "(Ablage)" in causes["answer:local_falsch"].text
    assert "Dateien: unbekannt.xlsx" in causes["local_files"].text


# --- indicators of a home --------------------------------------------------------------------------------------------


def indicators(folder: Path, change: dict[str, Any]) -> tuple[list[str], str]:
    """Ids of the home's own indicators and their problems, for one that is changed and one that is right."""
    wire.write_description(folder, wire.description())
    raw = yaml.safe_load((CATALOG / "indicators.yml").read_text(encoding="utf-8"))["indicators"][0]
    part = {"datasets": [wire.ID], "measure": "personen_lokal", "nationality": "auslaendisch"}
    variant = {"key": "v", "label_de": "Erfunden", "group": "auslaender", "formula": "count", "numerator": part}
    good = {**raw, "id": "L01", "unit": "Personen", "variants": [variant]}
    text = yaml.safe_dump({"indicators": [good, {**good, "id": "L02", **change}]}, allow_unicode=True)
    (folder / "indicators.yml").write_text(text, encoding="utf-8")
    found = load_indicators(load_catalog(CATALOG, local=folder))
    return [item.id for item in found.indicators if item.id.startswith("L")], "; ".join(found.problems)


@pytest.mark.parametrize(
    ("change", "left", "words"),
    [
        ({}, ["L01", "L02"], ""),
        ({"id": "A02"}, ["L01"], "indicators.yml: A02: the indicators of a home begin with L"),
        ({"unit": "Euro"}, ["L01"], "L02.unit: 'Euro' is not a unit that is checked; known: Prozent"),
        (
            {"unit": "Prozent"},
            ["L01"],
            "L02.v: formula count × 1 does not give Prozent, ratio × 100 or adopted × 1 or relation × 100 does",
        ),
        ({"id": "L01"}, [], "indicators.yml: indicators: 'L01' stands twice"),
        ({"decimals": "zwei"}, [], "indicators.1.decimals: 'zwei' is not of type 'integer'"),
    ],
)
def test_own_indicators_join_those_of_the_catalogue_and_wrong_ones_are_left_out(tmp_path, change, left, words):
    found, problems = indicators(tmp_path, change)
    assert found == left
    assert words in problems if words else not problems


def test_the_catalogues_own_indicators_leave_the_letter_l_to_the_homes(tmp_path):
    shutil.copytree(CATALOG, tmp_path / "catalog")
    file = tmp_path / "catalog" / "indicators.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("id: A01", "id: L01", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match="L01: ids with L are those of a home"):
        load_indicators(load_catalog(tmp_path / "catalog"))
