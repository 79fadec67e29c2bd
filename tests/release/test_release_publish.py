"""A release is a whole, immutable folder that says what it is made of."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
import sample_candidate
from release_support import PROJECT, facts_of, settings_of

from integrationsmonitor import release
from integrationsmonitor.errors import ConfigError, GateError, MonitorError
from integrationsmonitor.release import Release, publish, rollback, shelf
from integrationsmonitor.settings import Settings

Night = Callable[..., Release]
# The only files that may differ between two releases of one candidate: they name the release or hold meta_release.
NAMES_THE_RELEASE = {
    "release.json",
    "diff.json",
    "diff.md",
    "warehouse.duckdb",
    "exports/latest.json",
    "exports/checksums.txt",
    "exports/datapackage.json",
    "exports/dcat.ttl",
    "exports/dcat.jsonld",
    "exports/CHANGELOG.md",
    "exports/parquet/meta_release.parquet",
    "exports/csv/meta_release.csv",
    "exports/excel-csv/meta_release.csv",
    "exports/xlsx/meta_release.xlsx",
}


def read_warehouse(path: Path, sql: str) -> list[tuple[object, ...]]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def test_release_json_names_every_file_with_its_checksum(publish_all_tables: Night) -> None:
    folder = publish_all_tables().path
    listed = {file["path"]: file for file in json.loads((folder / "release.json").read_text())["files"]}
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert on_disk - set(listed) == {"release.json"}
    for path, entry in listed.items():
        data = (folder / path).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry["sha256"], entry["bytes"])


def test_release_json_tells_inputs_states_and_mode(publish_all_tables: Night, settings: Settings) -> None:
    published = publish_all_tables()
    told = release.current(settings)
    assert told is not None
    assert told["release_id"] == published.id == published.path.name
    assert published.id.startswith("20261122T011500Z-")
    assert (told["source_mode"], told["notice_de"]) == ("recorded", "Aufgezeichnete Daten, kein Live-Abruf")
    assert told["raw_inputs"] == [{"dataset_id": "regio_12411_03_02_4", "sha256": "a" * 64}]
    assert told["datasets_in_quarantine"] == ["local_azr_presse"]
    assert told["inputs_digest"] == release.inputs_digest(told["inputs"])
    assert told["tables"]["mart_indicator"] == published.rows["mart_indicator"] == 160


def test_the_warehouse_holds_published_tables_with_their_descriptions_and_nothing_else(
    publish_all_tables: Night,
) -> None:
    path = publish_all_tables().path / "warehouse.duckdb"
    schemas = "select distinct schema_name from duckdb_views() where not internal"
    assert read_warehouse(path, schemas) == [("deutsch",)]
    names = read_warehouse(path, "select table_name from duckdb_tables() order by all")
    assert [name for (name,) in names] == sorted([*sample_candidate.TABLES, "meta_release"])
    comment = "select comment from duckdb_columns() where table_name = 'mart_indicator' and column_name = 'value'"
    assert read_warehouse(path, comment) == [("Wert der Kennzahl; bei Anteilen in Prozent",)]
    not_null = "select is_nullable from duckdb_columns() where table_name = 'mart_indicator' and column_name = 'flags'"
    assert read_warehouse(path, not_null) == [(False,)]


def test_macros_come_along_with_their_defaults_and_without_a_trace_of_the_candidate(
    settings: Settings, candidate: Path, quality_dir: Path, tmp_path: Path
) -> None:
    shutil.copy(candidate, tmp_path / "candidate.duckdb")
    with duckdb.connect(str(tmp_path / "candidate.duckdb")) as con:
        con.execute("create table staging.hidden (a integer)")
        con.execute(
            "create macro regions(day, level_ := 'bund') as table "
            "select region_key from dim_region where region_level = level_ and day between valid_from and valid_to"
        )
    path = publish(settings, tmp_path / "candidate.duckdb", quality_dir, facts_of()).path / "warehouse.duckdb"
    assert read_warehouse(path, "from regions(date '2020-12-31')") == [("DG",)]
    assert read_warehouse(path, "select count(*) from regions(date '2020-12-31', level_ := 'kreis')") == [(23,)]
    schemas = "select distinct schema_name from duckdb_tables() union select schema_name from duckdb_schemas() "
    ours = read_warehouse(path, schemas + "where database_name = current_database() and not internal order by 1")
    assert ours == [("deutsch",), ("main",)]


def test_meta_release_is_one_row_that_says_recorded(publish_all_tables: Night) -> None:
    published = publish_all_tables()
    rows = read_warehouse(
        published.path / "warehouse.duckdb",
        "select release_id, source_mode, notice_de, datasets, datasets_in_quarantine, observations from meta_release",
    )
    assert rows == [(published.id, "recorded", "Aufgezeichnete Daten, kein Live-Abruf", 2, "local_azr_presse", 399)]


def test_every_dim_and_mart_is_exported_in_four_forms_with_the_same_rows(publish_all_tables: Night) -> None:
    folder = publish_all_tables().path / "exports"
    latest = json.loads((folder / "latest.json").read_text())
    assert latest["source_mode"] == "recorded"
    tables = {table["table"]: table for table in latest["tables"]}
    assert {"mart_indicator", "mart_indicator_matrix", "meta_release"} <= tables.keys()
    assert "fct_observation" not in tables
    for table in tables.values():
        paths = {file["form"]: folder / file["path"] for file in table["files"]}
        is_evidence = table["table"] in {"mart_provenance", "mart_indicator_vintage", "mart_run"}
        assert set(paths) == {"parquet", "csv", "excel-csv", *([] if is_evidence else ["xlsx"])}
        assert pq.read_metadata(paths["parquet"]).num_rows == table["rows"]
        for form, delimiter in (("csv", ","), ("excel-csv", ";")):
            read = f"select count(*) from read_csv('{paths[form]}', delim='{delimiter}', header=true, all_varchar=true)"
            assert duckdb.sql(read).fetchone() == (table["rows"],)
        if "xlsx" in paths:
            sheets = openpyxl.load_workbook(paths["xlsx"], read_only=True)
            assert sheets.sheetnames == ["Deckblatt", "Hinweise", "Daten", "Datenlexikon"]
            assert len(list(sheets["Daten"].values)) == table["rows"] + 1
    assert "Aufgezeichnete Daten, kein Live-Abruf" in (folder / "README.txt").read_text()
    assert "territory = as_published" in (folder / "README.txt").read_text(), "who sums all rows counts three times"


def test_checksums_hold_for_every_file_of_the_exports(publish_all_tables: Night) -> None:
    folder = publish_all_tables().path / "exports"
    told = subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.txt"], cwd=folder, capture_output=True, check=False
    )
    assert told.returncode == 0, told.stderr
    listed = {line.split("  ", 1)[1] for line in (folder / "checksums.txt").read_text().splitlines()}
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert listed == on_disk - {"checksums.txt"}


def test_who_cannot_follow_the_link_reads_the_same_in_latest_json(
    publish_all_tables: Night, settings: Settings
) -> None:
    def told() -> dict[str, Any]:
        return dict(json.loads((settings.home / "latest.json").read_text()))

    first, second = publish_all_tables(1), publish_all_tables(2)
    assert told()["release_id"] == second.id
    for file in told()["files"]:
        assert hashlib.sha256((settings.home / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    rollback(settings)
    assert told()["release_id"] == first.id
    (settings.home / "latest.json").write_text("{")
    assert publish_all_tables(3).id == told()["release_id"]


def test_parquet_carries_descriptions_and_unrounded_decimals(publish_night: Night) -> None:
    schema = pq.read_schema(publish_night().path / "exports" / "parquet" / "mart_indicator.parquet")
    assert str(schema.field("value").type) == "decimal128(28, 10)"
    assert schema.metadata[b"description_de"].decode().startswith("Kennzahlen: ein Wert je")
    assert json.loads(schema.metadata[b"columns_de"])["value"].startswith("Wert der Kennzahl")
    assert schema.metadata[b"source_mode"] == b"recorded"


def test_two_releases_of_one_candidate_differ_only_where_the_release_is_named(publish_all_tables: Night) -> None:
    first, second = publish_all_tables(1).path, publish_all_tables(2).path
    paths = [path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file()]
    differing = {path for path in paths if (first / path).read_bytes() != (second / path).read_bytes()}
    assert differing == NAMES_THE_RELEASE
    for table in ("mart_indicator", "fct_observation", "dim_region"):
        rows = [read_warehouse(folder / "warehouse.duckdb", f"from {table}") for folder in (first, second)]
        assert rows[0] == rows[1]


def test_no_absolute_path_stands_in_a_release(publish_all_tables: Night, settings: Settings, candidate: Path) -> None:
    folder = publish_all_tables().path
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert str(settings.home).encode() not in data, path
            assert str(candidate.parent).encode() not in data, path
            assert str(PROJECT).encode() not in data, path


def test_files_of_a_release_are_read_only(publish_all_tables: Night) -> None:
    modes = {path.stat().st_mode & 0o777 for path in publish_all_tables().path.rglob("*") if path.is_file()}
    assert modes == {0o444}


def test_same_inputs_at_the_same_second_make_a_second_release(publish_night: Night, settings: Settings) -> None:
    first, second = publish_night(), publish_night()
    assert second.id == first.id + "-2"
    assert [entry["release_id"] for entry in release.releases(settings)] == [first.id, second.id]


def test_a_failed_gate_is_never_released(publish_night: Night, settings: Settings) -> None:
    kept = publish_night(1)
    with pytest.raises(GateError, match="current stays"):
        publish_night(2, gate="failed")
    told = release.current(settings)
    assert told is not None
    assert told["release_id"] == kept.id


def test_live_facts_cannot_enter_a_recorded_home(publish_night: Night) -> None:
    with pytest.raises(MonitorError, match="'live' night"):
        publish_night(mode="live")


def test_nothing_released_is_none_and_so_is_a_link_to_nothing(publish_night: Night, settings: Settings) -> None:
    assert release.current(settings) is None
    shutil.rmtree(publish_night().path)
    assert release.current(settings) is None


def test_the_last_ones_and_the_frozen_are_kept(tmp_path: Path, candidate: Path, quality_dir: Path) -> None:
    settings = settings_of(tmp_path / "home", MONITOR_KEEP_RELEASES="3")
    ids = []
    for number in range(6):
        published = publish(settings, candidate, quality_dir, facts_of(number))
        ids.append(published.id)
        if number == 1:
            (published.path / "FROZEN").write_text("Kreistag 2026-11\n", encoding="utf-8")
    assert [entry["release_id"] for entry in release.releases(settings)] == [ids[1], *ids[3:]]


def test_retention_must_be_a_number(tmp_path: Path, candidate: Path, quality_dir: Path) -> None:
    settings = settings_of(tmp_path / "home", MONITOR_KEEP_RELEASES="all")
    with pytest.raises(ConfigError, match="MONITOR_KEEP_RELEASES='all'"):
        publish(settings, candidate, quality_dir, facts_of())


def test_rollback_returns_to_the_release_before_and_to_a_named_one(publish_night: Night, settings: Settings) -> None:
    first, second, third = (publish_night(number) for number in (1, 2, 3))
    assert rollback(settings).id == second.id
    assert rollback(settings).id == first.id
    with pytest.raises(MonitorError, match="no earlier release"):
        rollback(settings)
    assert rollback(settings, third.id).path == third.path
    assert (settings.current).resolve() == third.path
    with pytest.raises(MonitorError, match=f"no whole release.*{third.id}"):
        rollback(settings, "20200101T000000Z-deadbeef")


def test_every_swap_stands_in_the_journal(publish_night: Night, settings: Settings) -> None:
    first, second = publish_night(1), publish_night(2)
    rollback(settings)
    lines = [json.loads(line[9:]) for line in (settings.archive / "journal.jsonl").read_text().splitlines()]
    assert [(line["event"], line["release_id"]) for line in lines] == [
        ("published", first.id), ("published", second.id), ("rolled_back", first.id),
    ]  # fmt: skip


def test_the_link_in_the_project_is_made_only_for_its_own_home(
    tmp_path: Path, candidate: Path, quality_dir: Path
) -> None:
    project = tmp_path / "project"
    (project / "exports").mkdir(parents=True)
    for name in ("exports", "names_de", "publisher"):
        for file in (f"{name}.yml", f"{name}.schema.json"):
            shutil.copy(PROJECT / "exports" / file, project / "exports")
    publish(settings_of(tmp_path / "elsewhere", project), candidate, quality_dir, facts_of())
    assert not (project / "exports" / "current").exists()
    publish(settings_of(project / "var", project), candidate, quality_dir, facts_of())
    assert (project / "exports" / "current").readlink() == Path("../var/current/exports")
    assert (project / "exports" / "current" / "csv" / "mart_indicator.csv").is_file()


def test_a_mistake_in_the_contract_names_file_and_key(tmp_path: Path, candidate: Path, quality_dir: Path) -> None:
    project = tmp_path / "project"
    (project / "exports").mkdir(parents=True)
    text = (PROJECT / "exports" / "exports.yml").read_text(encoding="utf-8")
    shutil.copy(PROJECT / "exports" / "exports.schema.json", project / "exports")
    (project / "exports" / "exports.yml").write_text(text.replace("zstd", "brotli", 2), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"exports\.yml: parquet\.compression"):
        publish(settings_of(tmp_path / "home", project), candidate, quality_dir, facts_of())


def test_pages_about_the_tables_stand_in_the_release_and_are_taken_from_it_while_they_are_whole(
    settings: Settings, candidate: Path, quality_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("<head></head>", encoding="utf-8")
    made_of, inputs = ("dbt_project", "code"), {"dbt_project": "a", "code": "b", "landing": "c"}
    assert shelf.kept(settings, "docs", inputs, made_of) is None, "there is nothing yet"
    first = publish(settings, candidate, quality_dir, facts_of(inputs=inputs), docs_dir=tmp_path / "docs")
    kept = shelf.kept(settings, "docs", {**inputs, "landing": "other"}, made_of)
    assert kept == first.path / "docs"
    assert shelf.kept(settings, "docs", {**inputs, "code": "other"}, made_of) is None
    second = publish(settings, candidate, quality_dir, facts_of(2, inputs=inputs), docs_dir=kept)
    page = second.path / "docs" / "index.html"
    assert page.read_bytes() == (first.path / "docs" / "index.html").read_bytes()
    assert page.stat().st_mode & 0o777 == 0o444
    page.chmod(0o644)
    page.write_text("<head></head>damaged", encoding="utf-8")
    assert shelf.kept(settings, "docs", inputs, made_of) is None, "what is damaged is made anew"


def test_a_page_that_would_ask_another_host_is_not_released(
    settings: Settings, candidate: Path, quality_dir: Path, tmp_path: Path
) -> None:
    kept = publish(settings, candidate, quality_dir, facts_of())
    (tmp_path / "docs").mkdir()
    page = '<head><link rel="stylesheet" href="https://cdn.example/x.css"></head>'
    (tmp_path / "docs" / "index.html").write_text(page, encoding="utf-8")
    with pytest.raises(MonitorError, match=r"docs/index\.html would load from another host"):
        publish(settings, candidate, quality_dir, facts_of(2), docs_dir=tmp_path / "docs")
    assert settings.current.resolve() == kept.path
