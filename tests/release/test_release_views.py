"""The German views mean the tables of their own file, whoever attaches it, and say what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import sample_candidate
from release_support import PROJECT, settings_of

from integrationsmonitor.release import Release, as_of
from integrationsmonitor.release.names import load_names

NAMES = load_names(PROJECT / "exports" / "names_de.yml")


@pytest.fixture
def attached(published: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """A client that has attached the file under a name of its own."""
    con = duckdb.connect()
    con.execute(f"attach '{published.path / 'warehouse.duckdb'}' as zahlen (read_only)")
    yield con
    con.close()


def test_every_table_has_a_view_with_the_same_rows_and_german_columns(attached: duckdb.DuckDBPyConnection) -> None:
    for table in (*sample_candidate.TABLES, "meta_release"):
        view = f"zahlen.deutsch.{NAMES.view(table)}"
        columns = [row[0] for row in attached.execute(f"describe zahlen.{table}").fetchall()]
        found = [row[0] for row in attached.execute(f"describe {view}").fetchall()]
        assert found == list(NAMES.headers(table, columns).values())
        assert attached.execute(f"from {view}").fetchall() == attached.execute(f"from zahlen.main.{table}").fetchall()


def test_a_table_of_the_same_name_outside_is_not_mistaken_for_it(attached: duckdb.DuckDBPyConnection) -> None:
    attached.execute("create table memory.main.mart_indicator as select 'wrong' as value_id, -1 as value")
    attached.execute("create schema memory.deutsch")
    told = 'select count(*), min("Wert") >= 0 from zahlen.deutsch.indikatorwerte'
    assert attached.execute(told).fetchall() == [(160, True)]
    attached.execute("use zahlen")
    assert attached.execute(told.replace("zahlen.", "")).fetchall() == [(160, True)]


def test_views_and_their_columns_carry_the_descriptions_of_the_tables(attached: duckdb.DuckDBPyConnection) -> None:
    of_tables = "select comment from duckdb_tables() where table_name = 'mart_indicator'"
    of_views = "select comment from duckdb_views() where view_name = 'indikatorwerte'"
    assert attached.execute(of_views).fetchall() == attached.execute(of_tables).fetchall()
    assert attached.execute(
        "select comment from duckdb_columns() where table_name = 'indikatorwerte' and column_name = 'Wert'"
    ).fetchall() == [("Wert der Kennzahl; bei Anteilen in Prozent",)]


def test_a_macro_is_described_as_dbt_describes_it(attached: duckdb.DuckDBPyConnection) -> None:
    told = "select function_name, comment from duckdb_functions() where database_name = 'zahlen' and not internal"
    assert attached.execute(told).fetchall() == [
        ("published_as_of", "Tabellenfunktion: die Indikatorwerte, wie sie zu einem Zeitpunkt veröffentlicht waren.")
    ]


def test_a_warehouse_as_it_was_known_has_them_too(tmp_path: Path, candidate: Path) -> None:
    moment = as_of.Moment(datetime(2018, 6, 30, tzinfo=UTC), "source", "0.1.0+test")
    as_of.write(settings_of(tmp_path / "home"), candidate, tmp_path / "then.duckdb", moment)
    with duckdb.connect(str(tmp_path / "then.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from deutsch.indikatorwerte").fetchall() == [(160,)]
