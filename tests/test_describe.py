"""`monitor describe` proposes what it sees, asks for what it cannot know, and copies nothing that may be personal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

import local_wire as wire
from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.describe import Proposal, propose, put
from integrationsmonitor.errors import ConfigError, ContractError
from integrationsmonitor.sources.local_table import read_cells
from night_support import Night

COUNTS = {"Nord": (1010, 1020), "Süd": (1030, 1040), "Ost": (1050, 1060), "West": (1070, 1080)}
DECIDED = {
    "title_de": "Erfundene Zählung",
    "provider": "Landratsamt Beispielkreis",
    "contact": "Fachdienst Statistik",
    "licence": "intern",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(wire.PROJECT / "catalog")


def proposed(folder: Path, catalog: Catalog, data: bytes, name: str = "ilm_kreis_stadtteile_2025.csv") -> Proposal:
    (folder / name).write_bytes(data)
    return propose(folder / name, catalog)


def columns_of(proposal: Proposal) -> dict[str, Any]:
    return yaml.safe_load(proposal.text)["columns"]


def test_a_table_is_recognised_with_its_marks_regions_period_and_words(tmp_path, catalog):
    found = proposed(tmp_path, catalog, wire.csv(wire.rows(COUNTS), before=[wire.TITLE, ""]))
    raw = yaml.safe_load(found.text)
    assert found.id == "local_ilm_kreis_stadtteile"
    assert (raw["files"], raw["encoding"], raw["delimiter"]) == ("ilm_kreis_stadtteile_*.csv", "utf-8", ";")
    assert (raw["decimal"], raw["thousands"], raw["period"]) == (",", "TODO", {"type": "stichtag"})
    assert raw["regions"][1] == {"key": "02", "name": "Süd", "parent": "16070"}  # the Kreis stands in the file's name
    assert columns_of(found) == {
        "Gebiet": {"field": "region", "by": "name", "values": {"Kreis gesamt": "16070"}},
        "Stichtag": {"field": "period"},
        "Geschlecht": {"field": "sex", "values": {"m": "maennlich", "w": "weiblich", "gesamt": "insgesamt"}},
        "Anzahl": {"field": "value", "measure": "TODO", "unit": "Anzahl"},
    }
    assert {"title_de", "provider", "contact", "licence", "thousands", "Anzahl"} == set(found.todo)


def test_a_proposal_is_refused_until_everything_is_decided_and_then_loads(tmp_path, catalog):
    data = wire.csv(wire.rows(COUNTS))
    found = proposed(tmp_path, catalog, data)
    drop = tmp_path / "local"
    path = put(drop, found)
    problem = load_catalog(catalog.path, local=drop).datasets[found.id].problem
    assert problem == (
        "local_ilm_kreis_stadtteile.yml: title_de: is still a TODO; decide it, and take the word TODO out of the file"
    )
    raw = {**yaml.safe_load(found.text), **DECIDED, "thousands": "."}
    raw["columns"]["Anzahl"]["measure"] = "personen_lokal"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    after = load_catalog(catalog.path, local=drop)
    dataset = after.datasets[found.id]
    assert not dataset.problem
    cells = read_cells(data, dataset, "ilm_kreis_stadtteile_2025.csv", after.regions).cells
    assert cells["value"].to_pylist()[:3] == ["1010", "1020", "2030"]
    assert cells.num_rows == 15


def test_an_existing_description_is_never_written_over(tmp_path, catalog):
    found = proposed(tmp_path, catalog, wire.csv(wire.rows(COUNTS)))
    path = put(tmp_path / "local", found)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already; nothing was written"):
        put(tmp_path / "local", found)
    assert path.read_text(encoding="utf-8") == "mine"


def test_in_a_workbook_the_sheet_with_the_table_is_named(tmp_path, catalog):
    day = dt.date(2025, 12, 31)
    rows = [[wire.TITLE], [], ["Ortsteil", "Stand", "Männer", "Frauen", "Anteil in %"]]
    rows += [[name, day, men, women, 50.5] for name, (men, women) in COUNTS.items()]
    found = proposed(tmp_path, catalog, wire.workbook({"Hinweis": [["x"]], "Daten": rows}), "zaehlung.xlsx")
    raw = yaml.safe_load(found.text)
    assert raw["sheet"] == "Daten" and "delimiter" not in raw
    assert raw["regions"][0]["parent"] == "TODO"
    assert columns_of(found) == {
        "Ortsteil": {"field": "region", "by": "name"},
        "Stand": {"field": "period"},
        "Männer": {"field": "value", "measure": "TODO", "unit": "Anzahl", "sets": {"sex": "maennlich"}},
        "Frauen": {"field": "value", "measure": "TODO", "unit": "Anzahl", "sets": {"sex": "weiblich"}},
        "Anteil in %": {"field": "value", "measure": "TODO", "unit": "Prozent"},
    }


def test_the_total_of_a_town_is_not_taken_for_that_of_its_kreis(tmp_path, catalog):
    lines = [["Nord", 1010], ["Stadt Muster gesamt", 1010], ["Landkreis insgesamt", 2020]]
    found = proposed(tmp_path, catalog, wire.csv(lines, ("Ort", "Einwohner")))
    values = columns_of(found)["Ort"]["values"]
    assert values == {"Stadt Muster gesamt": "TODO", "Landkreis insgesamt": "16070"}


def test_kreise_are_known_by_name_or_ags_and_a_period_by_the_files_name(tmp_path, catalog):
    lines = [["16070", "Ilm-Kreis", "1,5"], ["16051", "Erfurt, Stadt", "x"], ["16067", "Gotha", ""]]
    found = proposed(tmp_path, catalog, wire.csv(lines, ("AGS", "Kreis", "Einwohner")), "einwohner_2025.csv")
    raw = yaml.safe_load(found.text)
    assert raw["period"] == {"type": "TODO", "filename": "einwohner_{period}.csv"}
    assert [column["by"] for column in columns_of(found).values() if column["field"] == "region"] == ["ags", "name"]
    assert raw["signs"] == {"leer": "TODO", "x": "TODO"}
    assert "regions" not in raw


@pytest.mark.parametrize(
    ("numbers", "decimal", "thousands"),
    [
        (["1.010", "1.020"], ",", "TODO"),
        (["1.010,5", "20"], ",", "."),
        (["1.010.020", "20"], ",", "."),
        (["10.5", "20"], ".", None),
        (["10,5", "20"], ",", None),
        (["1 010", "20"], ",", " "),
        (["1010", "20"], ",", None),
    ],
)
def test_marks_are_proposed_where_they_are_certain(tmp_path, catalog, numbers, decimal, thousands):
    lines = [[name, number] for name, number in zip(("Gotha", "Greiz"), numbers, strict=True)]
    raw = yaml.safe_load(proposed(tmp_path, catalog, wire.csv(lines, ("Kreis", "Einwohner"))).text)
    assert (raw["decimal"], raw.get("thousands")) == (decimal, thousands)


def test_words_that_do_not_repeat_themselves_are_not_copied(tmp_path, catalog):
    lines = [["Gotha", f"Muster{n}", 1000 + n] for n in range(10)]
    found = proposed(tmp_path, catalog, wire.csv(lines, ("Kreis", "Bemerkung", "Einwohner")))
    assert "Muster" not in found.text
    assert yaml.safe_load(found.text)["ignore"] == ["Bemerkung"]


@pytest.mark.parametrize(
    ("head", "line", "words"),
    [
        (("Kreis", "Name", "Zahl"), ["Gotha", "Muster", 1010], "line 1, field 2: expected headings of a table"),
        (("Kreis", "Kontakt", "Zahl"), ["Gotha", "a.muster@post.example", 1010], "found an e-mail address"),
        (("Kreis", "Wann", "Zahl"), ["Gotha", "1.2.03", 1010], "expected no day in a column that is no period"),
        (("Kreis", "Text"), ["Gotha", "Muster"], "expected a column of figures below a header, found none"),
    ],
)
def test_what_a_load_refuses_is_not_described_either(tmp_path, catalog, head, line, words):
    with pytest.raises(ContractError) as caught:
        proposed(tmp_path, catalog, wire.csv([line, line], head))
    assert words in str(caught.value)
    assert "uster" not in str(caught.value)


def test_a_list_of_persons_is_not_described(tmp_path, catalog):
    lines = [[name, sex, 1] for name in ("Gotha", "Greiz") for sex in ("m", "w") for _ in range(5)]
    with pytest.raises(ContractError, match="20 rows that each count one"):
        proposed(tmp_path, catalog, wire.csv(lines, ("Kreis", "Geschlecht", "Anzahl")))


def test_the_command_prints_writes_and_speaks_to_programs(tmp_path):
    file = tmp_path / "stadtteile_2025.csv"
    file.write_bytes(wire.csv(wire.rows(COUNTS)))
    night = Night(tmp_path / "home")
    assert night.monitor("describe", str(file), "--json").json["id"] == "local_stadtteile"
    written = night.monitor("describe", str(file), "--write")
    assert "TODOs to decide; then put stadtteile_2025.csv beside it" in written.out
    again = night.monitor("describe", str(file), "--write")
    assert (again.code, again.err.startswith("monitor: ")) == (1, True)
    assert night.monitor("describe", str(tmp_path / "nichts.csv")).code == 1
