"""A made-up Kreis delivers a table of its Stadtteile: from the drop folder to the mart, with its threshold kept.

All figures are invented. The one below the threshold and the one that protects it have digits that occur nowhere else,
so that the whole home can be searched for them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import local_wire as wire
from integrationsmonitor import archive
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.night import build_tables, facts, has_news, inputs
from night_support import Night, small_catalog

KEPT = "16070:01"
SECRET, PROTECTING = "3,141592", "2718,281828"
COUNTS = {
    "Nord": ("1010,5", "1020,25", "2030,75"),
    "Süd": (SECRET, PROTECTING, "2721,42342"),
    "Ost": ("1110,125", "1120,5", "2230,625"),
}
RESIDENTS = {"Nord": 20300, "Süd": 27210, "Ost": 22300}
INDICATOR = {
    "id": "L01",
    "name_de": "Erfundener Anteil der Frauen",
    "name_en": "Made-up share of women",
    "dimension": "Kontext",
    "handlungsfeld": "Wohnen",
    "numerator_de": "Erfundene Frauen",
    "denominator_de": "Erfundene Personen",
    "formula_de": "Zähler ÷ Nenner × 100",
    "unit": "Prozent",
    "decimals": 1,
    "direction": "neutral",
    "periodicity": "jährlich",
    "reference_point": "31.12.",
    "definition_version": 1,
    "references": {"intmk": "", "inkar": "", "lsn": ""},
    "pitfalls_de": ["Alle Zahlen sind erfunden."],
    "variants": [
        {
            "key": "stadtteile",
            "label_de": "Stadtteile des Beispielkreises",
            "group": "auslaender.weiblich",
            "formula": "ratio",
            "factor": 100,
            "region_levels": ["lokal"],
            "numerator": {
                "datasets": [wire.ID],
                "measure": "personen_lokal",
                "sex": "weiblich",
                "nationality": "auslaendisch",
            },
            "denominator": {"datasets": [wire.ID], "measure": "personen_lokal", "nationality": "auslaendisch"},
        }
    ],
}


def deliver(folder: Path) -> None:
    """Put description, table and indicators into the drop folder."""
    raw = wire.description(licence="intern")
    raw["columns"]["Anzahl"]["fractions"] = True
    raw["regions"] = [region for region in raw["regions"] if region["name"] in COUNTS]
    wire.write_description(folder, raw)
    lines = [
        [area, "31.12.2025", sex, value]
        for area, values in COUNTS.items()
        for sex, value in zip(("m", "w", "gesamt"), values, strict=True)
    ]
    (folder / "stadtteile_2025.csv").write_bytes(wire.csv(lines, before=[wire.TITLE]))
    variant = INDICATOR["variants"][0]
    parts = {"numerator": variant["denominator"], "denominator": variant["numerator"]}  # more than all
    impossible = {**INDICATOR, "id": "L03", "variants": [{**variant, **parts}]}
    broken = {**INDICATOR, "id": "L02", "variants": [{**INDICATOR["variants"][0], "group": "marsmenschen"}]}
    text = yaml.safe_dump({"indicators": [INDICATOR, broken, impossible]}, allow_unicode=True)
    (folder / "indicators.yml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A home after the delivery; a second description of the folder is wrong."""
    folder = tmp_path_factory.mktemp("delivery")
    small_catalog(folder / "catalog", ("regio_12511_04_01_4",))
    deliver(folder / "home" / "local")
    (folder / "home" / "local" / "local_falsch.yml").write_text("id: local_falsch\n", encoding="utf-8")
    night = Night(folder / "home").with_(catalog=folder / "catalog")
    outcome = night.monitor("run")
    assert outcome.code == 2, outcome.err[-3000:]  # released, with the wrong description in quarantine
    return night


def places_of(number: str, root: Path) -> list[str]:
    """Where below a folder a number stands, in any way that a file may print or hold it."""
    written = {number, number.replace(",", "."), number.replace(",", "")}
    found = []
    for path in root.rglob("*"):
        if path.is_file() and path.suffix in (".duckdb", ".parquet"):
            found += [f"{path}: {column}" for column in columns_with(path, written)]
        elif path.is_file() and any(word.encode() in path.read_bytes() for word in written):
            found.append(str(path))
    return found


def columns_with(path: Path, written: set[str]) -> list[str]:
    """Columns of a database or Parquet file in which one of these texts stands."""
    with duckdb.connect() as con:
        if path.suffix == ".duckdb":
            con.execute(f"attach '{path}' as held (read_only)")
            sql = "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'held'"
            relations = [f"held.{name}" for (name,) in con.execute(sql).fetchall()]
        else:
            relations = [f"read_parquet('{path}')"]
        hits = []
        for relation in relations:
            for column, *_ in con.execute(f"describe from {relation}").fetchall():
                tests = " or ".join(f"""contains(cast("{column}" as varchar), '{word}')""" for word in written)
                if con.execute(f"select count(*) from {relation} where {tests}").fetchall()[0][0]:
                    hits.append(f"{relation}.{column}")
        return hits


def values(night: Night) -> dict[str, tuple[Any, ...]]:
    """L01 by region."""
    sql = (
        "select region_key, region_name, region_level, round(value, 2), status, numerator, numerator_status "
        "from mart_indicator where indicator_id = 'L01'"
    )
    return {key: rest for key, *rest in night.query(sql)}


def test_a_stadtteil_comes_from_the_drop_folder_into_the_mart(delivered):
    name, level, value, status, numerator, _ = values(delivered)[KEPT]
    assert (name, level, float(value), status, float(numerator)) == ("Nord", "lokal", 50.24, "value", 1020.25)
    assert delivered.query("select region_name, region_level from dim_region where region_key = ?", KEPT) == [
        ("Nord", "lokal")
    ]
    [(title, licence, notes)] = delivered.query(
        "select title_de, licence_id, notes_de from dim_dataset where dataset_id = ?", wire.ID
    )
    assert title.startswith("Erfundene Zählung") and licence == "intern"
    assert "unter 5 sind geheim" in notes


def test_a_share_of_more_than_all_is_no_number_and_closes_the_gate_for_nobody(delivered):
    sql = "select distinct value, numerator, status from mart_indicator where indicator_id = 'L03' and region_key = ?"
    assert delivered.query(sql, KEPT) == [(None, None, "unreliable")]


def test_a_hidden_figure_is_there_as_secret_without_a_number(delivered):
    name, _, value, status, numerator, numerator_status = values(delivered)["16070:02"]
    assert (name, value, status, numerator, numerator_status) == ("Süd", None, "secret", None, "secret")
    sql = "select sex, value, sign, status from fct_observation where region_key = '16070:02' order by sex"
    told = [(sex, value if value is None else float(value), sign, status) for sex, value, sign, status in
            delivered.query(sql)]  # fmt: skip
    assert told == [
        ("insgesamt", 2721.42342, None, "value"),
        ("maennlich", None, "*", "secret"),
        ("weiblich", None, "*", "secret"),
    ]


def test_neither_the_hidden_figure_nor_the_one_that_protects_it_leaves_the_archive(delivered):
    home = delivered.home
    assert places_of("2721,42342", home / "landing"), "the search finds what is shown"
    found = places_of(SECRET, home) + places_of(PROTECTING, home)
    assert {Path(place).relative_to(home).parts[0] for place in found} == {"archive", "local"}


def test_a_wrong_description_is_told_and_keeps_no_other_from_being_published(delivered):
    states = {entry["dataset_id"]: entry for entry in delivered.monitor("status", "--json").json["datasets"]}
    assert states["local_falsch"]["state"] == "quarantine"
    assert "local_falsch.yml: (top level): 'title_de' is a required property" in states["local_falsch"]["problem"]
    assert states[wire.ID]["state"] == "ok"


def test_a_wrong_indicator_is_left_out_and_told(delivered):
    found = delivered.query("select indicator_id from dim_indicator where indicator_id like 'L%' order by 1")
    assert found == [("L01",), ("L03",)]
    [cause] = [cause for cause in delivered.monitor("watch", "--json").json if cause["key"] == "local_indicators"]
    assert "L02.stadtteile.group: 'marsmenschen' is not a group of groups.yml" in cause["text"]


def made_of(night: Night) -> dict[str, Any]:
    """The tables that the next build would be made of."""
    catalog = catalog_of(night.settings)
    held = build_tables.deliveries(night.settings, inputs.histories_of(night.settings, catalog))
    return {**facts.catalog_tables(night.settings, catalog), "delivery": held}


def test_nothing_is_forgotten_until_the_description_goes(delivered, tmp_path):
    night = delivered.copied_to(tmp_path / "home")
    local, before = night.home / "local", made_of(night)
    (local / "stadtteile_2025.csv").unlink()
    (local / f"{wire.ID}.yml").write_text("id: nicht_lesbar\n", encoding="utf-8")
    assert night.monitor("load", wire.ID).code == 1
    after = made_of(night)
    assert [name for name in before if after[name] != before[name]] == [], "a wrong description takes nothing away"

    raws = [item.answer.raw_sha256 for item in archive.history(night.settings, wire.ID).accepted]
    (local / f"{wire.ID}.yml").unlink()
    left = made_of(night)
    assert raws and not set(left["delivery"]["raw_sha256"].to_pylist()) & set(raws)
    assert wire.ID not in left["catalog_dataset"]["dataset_id"].to_pylist()
    assert KEPT not in left["catalog_region"]["region_key"].to_pylist()
    assert has_news(night.settings), "the next build has nothing of it"
    assert all(archive.get_raw(night.settings, raw) for raw in raws), "what was delivered stays in the archive"


def test_a_stricter_threshold_hides_at_once_what_an_earlier_reading_showed_when_read_again_by_hand(delivered, tmp_path):
    night = delivered.copied_to(tmp_path / "home")
    landed, path = night.home / "landing" / "obs" / wire.ID, night.home / "local" / f"{wire.ID}.yml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    nothing_hidden, hidden = {"threshold": "none", "reason_de": "Erfunden."}, {"threshold": 5}
    for confidentiality, is_shown in ((nothing_hidden, True), (hidden, False)):
        raw["confidentiality"] = confidentiality
        path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        outcome = night.monitor("backfill", wire.ID, "--action", "reparse", "--reason", "Der Kreis will es so.")
        assert (outcome.code, outcome.out.strip()) == (0, f"changed: {wire.ID}; now `monitor build`"), outcome.err
        assert bool(places_of(SECRET, landed)) is is_shown


def test_a_list_of_persons_is_refused_and_its_bytes_are_kept_nowhere(delivered, tmp_path):
    night = delivered.copied_to(tmp_path / "home")
    secret = "Erika.Mustermann@post.example"
    lines = [["Nord", "31.12.2025", "gesamt", "1", secret]]
    (night.home / "local" / "stadtteile_2026.csv").write_bytes(wire.csv(lines, (*wire.HEAD, "Kontakt")))
    outcome = night.monitor("load", wire.ID)
    assert outcome.code == 1
    assert "line 2, field 5: expected figures and their words, found an e-mail address" in outcome.err
    assert secret not in outcome.err
    shutil.rmtree(night.home / "local")
    assert not [path for path in night.home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
