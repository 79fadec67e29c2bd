"""The dbt project as the night uses it: built in this process, out of a landing written down by hand."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from landing_fixture import PROJECT, Landing, settings_for

from integrationsmonitor import runs, warehouse
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.progress import silent
from integrationsmonitor.runs import Node, Run

KNOWN = datetime(2020, 7, 1, 8, 0)
LATER = datetime(2022, 7, 1, 8, 0)
RECTIFIED = datetime(2026, 11, 23, 1, 15)
DATASET = "regio_12411_03_03_4"


@pytest.fixture
def landing(dbt_home: Path) -> Landing:
    """An empty landing in the shared home (one home, because a new path makes dbt parse everything anew)."""
    shutil.rmtree(dbt_home / "landing", ignore_errors=True)
    return Landing(dbt_home)


@pytest.fixture(scope="module")
def built(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one Kreis per story; a copy, because the next build starts from nothing."""
    shutil.rmtree(dbt_home / "landing", ignore_errors=True)
    landing = Landing(dbt_home)
    gone = [row | {"value": None, "sign": "-", "status": "not_existing"} for row in population("16056", 0, 0)]
    misread, right = population("16053", 1, 200), population("16053", 10, 200)
    history = [row for year in (2019, 2020) for row in population("16055", year - 2018, 100, date(year, 12, 31))]
    plain = [*population("16070", 6594, 106249), *gone, *history]
    landing.answer(DATASET, [*plain, *misread], raw="r1", known=KNOWN, parse="p0", parse_seq=0, current=False)
    landing.answer(DATASET, [*plain, *right], raw="r1", known=KNOWN, parse="p1", parse_seq=1, parsed=RECTIFIED)
    latest = population("16055", 3, 100, date(2021, 12, 31))
    landing.answer(DATASET, latest, raw="r2", known=LATER, parse="p1", parse_seq=1)
    copy = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    with columns_kept(copy.parent):
        result = build(landing)
    shutil.copy(result.path, copy)
    return copy


@contextmanager
def columns_kept(folder: Path) -> Iterator[None]:
    """Note the columns of everything a build makes, before what stands in memory only is gone with it."""
    close = DuckDBConnectionManager.close_all_connections

    def note_and_close() -> None:
        environment: Any = DuckDBConnectionManager._ENV
        environment.conn.execute(
            f"copy (select table_name, column_name from duckdb_columns() where schema_name in ('main', 'intermediate') "
            f"and database_name in ('warehouse', 'scratch') and not internal) to '{folder}/columns.csv'"
        )
        close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDBConnectionManager, "close_all_connections", note_and_close)
        yield


def build(landing: Landing, **inputs: pa.Table) -> warehouse.WarehouseResult:
    return warehouse.build(settings_for(landing.home), landing.write() | inputs, silent)


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def population(key: str, foreign: float, total: float, day: date = date(2019, 12, 31)) -> list[dict[str, Any]]:
    common = {
        "region_key": key,
        "measure": "bevoelkerung",
        "period_end": day,
        "basis": "Fortschreibung_Zensus2011",
        "place": "Wohnort",
    }
    return [
        common | {"nationality": "auslaendisch", "value": foreign},
        common | {"nationality": "insgesamt", "value": total},
    ]


def test_every_rule_of_the_project_holds_in_its_unit_tests(landing: Landing) -> None:
    declared = sum(
        len(yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"])
        for file in (PROJECT / "dbt_project").rglob("*_unit_tests.yml")
    )
    assert warehouse.unit_tests(settings_for(landing.home), landing.write(), silent) == declared > 20


def test_an_empty_landing_builds_leaves_nothing_open_and_nothing_in_the_project(landing: Landing) -> None:
    def tree() -> set[Path]:
        return {path.relative_to(PROJECT) for path in (PROJECT / "dbt_project").rglob("*")}

    before = tree()
    result = build(landing)
    assert tree() == before
    assert result.rows["mart_indicator"] == result.rows["fct_observation"] == 0
    assert result.rows["dim_region"] == 40
    assert result.rows["dim_indicator"] == 42
    assert result.tests > 40
    with duckdb.connect(str(result.path)) as connection:  # read-write: nobody else may hold the file
        found = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    assert {schema for schema, _ in found} == {"main", "intermediate"}
    assert [table for schema, table in found if schema == "intermediate"] == ["int_sum_comparison"]
    assert views == [], "what marts are made from goes with the build"
    assert [file.name for file in result.path.parent.glob("warehouse.duckdb*")] == ["warehouse.duckdb"]


def test_a_share_is_exact_and_its_id_stays_the_same(built: Path) -> None:
    grain = "A01|fortschreibung_zensus2011|as_published|2019-12-31|16070|stichtag|2019-12-31|2019-12-31|auslaender"
    assert query(
        built,
        """
        select value_id, value, numerator, denominator, region_name, unit, is_default, source_known_from, flags
        from mart_indicator where indicator_id = 'A01' and region_key = '16070' and value is not null
            and territory = 'as_published'
        """,
    ) == [
        (
            hashlib.md5(grain.encode()).hexdigest()[:16],
            Decimal("6.2061760581"),
            Decimal("6594.000000"),
            Decimal("106249.000000"),
            "Ilm-Kreis",
            "Prozent",
            True,
            KNOWN,
            "",
        )
    ]


def test_a_changed_reading_of_the_same_bytes_is_marked_as_our_own_correction(built: Path) -> None:
    told = query(
        built,
        "select numerator, flags from mart_indicator where region_key = '16053' and indicator_id = 'A01' and value > 0",
    )
    assert told == [(Decimal(10), "own_correction")] * 3, "as published and on two territories"
    assert query(built, "select distinct flag from mart_indicator_flag") == [("own_correction",)]
    assert query(built, "select nationality, flags from fct_observation where region_key = '16053' order by 1") == [
        ("auslaendisch", "own_correction"),
        ("insgesamt", ""),
    ]


def test_an_answer_of_the_latest_year_only_withdraws_nothing(built: Path) -> None:
    values = "select value from mart_indicator where region_key = '16055' and indicator_id = 'A01'"
    assert query(built, f"{values} and territory = 'as_published' order by 1") == [(1,), (2,), (3,)]
    kinds = "select axis, revision_kind, count(*) from fct_observation_vintage group by all order by all"
    assert query(built, kinds) == [
        ("recorded", "first", 12),
        ("recorded", "own_correction", 1),
        ("source", "first", 11),
        ("source", "own_correction", 1),
    ]


def test_a_dissolved_kreis_is_not_zero(built: Path) -> None:
    assert query(
        built, "select value, status from mart_indicator where region_key = '16056' and period_end = '2019-12-31'"
    ) == [
        (None, "not_existing"),
        (None, "not_existing"),
    ]


def test_two_builds_of_the_same_landing_give_identical_tables(landing: Landing) -> None:
    rows = [row for number in range(16051, 16055) for row in population(str(number), number - 16000, number)]
    landing.answer(DATASET, rows, raw="r1", known=KNOWN)

    def everything() -> dict[str, list[tuple[Any, ...]]]:
        result = build(landing)
        return {table: query(result.path, f"from {table} order by all") for table in result.rows}

    assert everything() == everything()


def test_a_build_accounts_for_every_model_and_test_and_for_the_sql_of_what_broke(landing: Landing) -> None:
    rows = population("16070", 6594, 106249)
    landing.answer(DATASET, rows, raw="r1", known=KNOWN)
    past = Run(1, KNOWN, "recorded", runs.FAILED, nodes=[Node(runs.MODEL, "mart_indicator", runs.BROKEN, 1.5)])
    run = Run(2, LATER, "recorded")
    inputs = landing.write() | {"run": runs.table([past])}
    result = warehouse.build(settings_for(landing.home), inputs, silent, run=run)
    assert {node.kind for node in run.nodes} == {runs.MODEL, runs.TEST}
    assert sum(node.kind == runs.TEST for node in run.nodes) == result.tests > 100
    assert {node.status for node in run.nodes} == {runs.OK}
    told = query(result.path, "select run_no, outcome, kind, name, status from mart_run order by all")
    own = sorted((2, "released", node.kind, node.name, node.status) for node in run.nodes)
    assert told == [(1, "failed", "model", "mart_indicator", "failed"), *own]

    landing.answer(DATASET, [*rows, rows[0]], raw="r2", known=LATER)
    with pytest.raises(MonitorError, match="unique_grain_int_observation_reading"):
        warehouse.build(settings_for(landing.home), landing.write(), silent, run=run)
    [broken] = [node for node in run.nodes if node.status == runs.BROKEN]
    assert (broken.kind, broken.failures) == (runs.TEST, 1)
    assert broken.name.startswith("unique_grain_int_observation_reading_")
    assert "group by" in broken.sql.lower()
    assert broken.message
    assert {node.status for node in run.nodes} == {runs.OK, runs.BROKEN, runs.SKIPPED}


def test_a_cell_that_stands_twice_in_one_answer_stops_the_build(landing: Landing) -> None:
    rows = population("16070", 6594, 106249)
    landing.answer(DATASET, [*rows, rows[0]], raw="r1", known=KNOWN)
    with pytest.raises(MonitorError, match="unique_grain_int_observation_reading"):
        build(landing)


def test_a_value_beside_a_status_that_has_none_stops_the_build(landing: Landing) -> None:
    row = population("16070", 6594, 106249)[0] | {"status": "secret"}
    landing.answer(DATASET, [row], raw="r1", known=KNOWN)
    with pytest.raises(MonitorError, match="fct_observation_value_only_where_the_status_has_one"):
        build(landing)


def test_a_region_that_the_catalogue_does_not_know_stops_the_build(landing: Landing) -> None:
    landing.answer(DATASET, population("16999", 1, 2), raw="r1", known=KNOWN)
    with pytest.raises(MonitorError, match="region_key"):
        build(landing)


def test_inputs_of_another_shape_are_refused_before_dbt_starts(landing: Landing) -> None:
    tables = landing.write()
    settings = settings_for(landing.home)
    with pytest.raises(MonitorError, match=r"missing \['delivery'\]"):
        warehouse.build(settings, {name: table for name, table in tables.items() if name != "delivery"}, silent)
    wrong = tables["delivery"].drop_columns(["scope_to"])
    with pytest.raises(MonitorError, match="delivery: scope_to: expected date32"):
        warehouse.build(settings, tables | {"delivery": wrong}, silent)
    (landing.home / "landing" / "obs" / "_schema.parquet").unlink()
    with pytest.raises(ConfigError, match=r"_schema\.parquet is missing"):
        warehouse.build(settings, tables, silent)


def test_a_copied_warehouse_needs_neither_landing_nor_the_candidates_name(built: Path, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built}' as cand (read_only)")
        connection.execute(f"attach '{tmp_path / 'release.duckdb'}' as rel")
        connection.execute("copy from database cand to rel")
    assert query(tmp_path / "release.duckdb", "select count(*) from duckdb_views() where not internal") == [(0,)]
    values = "select territory, count(*) from mart_indicator where indicator_id = 'A01' and status <> 'not_recorded'"
    found = query(tmp_path / "release.duckdb", f"{values} group by 1 order by 1")
    assert found == [("as_published", 6), ("harmonised", 10)], "Eisenach is gone there"


def test_every_column_of_every_model_is_described(built: Path) -> None:
    described: dict[str, set[str]] = {}
    for file in (PROJECT / "dbt_project" / "models").rglob("_*.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            assert len(model["description"]) > 15, model["name"]
            described[model["name"]] = {c["name"] for c in model["columns"] if len(c["description"]) > 4}
    assert set(described) == {file.stem for file in (PROJECT / "dbt_project" / "models").rglob("*.sql")}
    columns: dict[str, set[str]] = {}
    for table, column in query(built, f"from '{built.parent}/columns.csv'"):
        columns.setdefault(table, set()).add(column)
    assert {name: described[name] for name in columns} == columns
    bare = "select count(*) from duckdb_columns() where schema_name = 'main' and not internal and comment is null"
    assert query(built, bare) == [(0,)], "a mart's descriptions are shipped as comments"
