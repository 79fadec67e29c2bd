"""Nobody can do harm with SQL, and an error says where it is."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings
from integrationsmonitor.shell import Session, SqlError, statements


def test_the_current_release_answers(session: Session) -> None:
    answer = session.ask("select count(*) as zeilen, 'ä' as wort from mart_indicator")
    assert (answer.columns, list(answer.rows)) == (["zeilen", "wort"], [(160, "ä")])
    assert list(session.ask("select count(*) from deutsch.indikatorwerte").rows) == [(160,)]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from mart_indicator",
        "create table deutsch.neu (a integer)",
        "drop view deutsch.indikatorwerte",
        "copy mart_indicator to '{folder}/out.csv'",
        "export database '{folder}/out'",
        "attach '{folder}/other.duckdb' as other",
        "select * from read_csv('{folder}/in.csv')",
        "from '{folder}/in.csv'",
        "select * from read_text('/etc/passwd')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set temp_directory = '{folder}'",
        "select * from read_parquet('https://example.org/x.parquet')",
    ],
)
def test_neither_release_nor_other_files_nor_network_can_be_reached(session: Session, sql: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a\n1\n")
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SqlError):
        list(session.ask(sql.format(folder=tmp_path)).rows)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select 'ä', fehlt from meta_release", r"^Zeile 1, Spalte 13: Referenced column .fehlt. not found"),
        ("selct 1", r"^Zeile 1, Spalte 1: syntax error at or near .selct.$"),
        ("select 1;\n-- ;\n  selct 2", r"^Zeile 3, Spalte 3: syntax error"),
        ("select 1; select\n'x'::integer", r"^Zeile 2, Spalte 4: Could not convert string 'x' to INT32"),
        ("select error('so nicht')", r"^so nicht$"),
    ],
)
def test_an_error_is_one_line_with_its_place(session: Session, sql: str, told: str) -> None:
    with pytest.raises(SqlError, match=told) as raised:
        for statement in statements(sql):
            list(session.ask(statement).rows)
    assert "\n" not in str(raised.value)


def test_an_error_while_rows_are_read_is_told_too(session: Session) -> None:
    late = session.ask("select case when i = 900000 then error('spät') else i end from range(1000000) as r(i)")
    with pytest.raises(SqlError, match="spät"):
        list(late.rows)


def test_without_a_release_there_is_nothing_to_ask(tmp_path: Path) -> None:
    from release_support import settings_of

    with pytest.raises(ConfigError, match="no release yet"):
        Session(settings_of(tmp_path / "home"))


def test_a_damaged_release_is_one_line(released: Settings, tmp_path: Path) -> None:
    from shutil import copytree

    from release_support import settings_of

    settings = settings_of(tmp_path / "home")
    copytree(released.home, settings.home, symlinks=True)
    file = (settings.current / "warehouse.duckdb").resolve()
    file.chmod(0o600)
    file.write_bytes(b"no database")
    with pytest.raises(MonitorError, match=r"warehouse\.duckdb: cannot be opened: .*see `monitor verify`") as raised:
        Session(settings)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select 1", ["select 1"]),
        ("select 1;;\n;", ["select 1"]),
        ("select ';' as a; select 2", ["select ';' as a", "select 2"]),
        ('select $$a;b$$, "x;y" from t -- ;\n;', ['select $$a;b$$, "x;y" from t -- ;']),
        ("/* ; */ select 'ä;' ; select 'ü'", ["/* ; */ select 'ä;'", "select 'ü'"]),
        ("-- nur ein Wort\n", []),
        ("select 'offen;", ["select 'offen;"]),
    ],
)
def test_a_semicolon_ends_a_statement_but_not_inside_quotes_and_comments(text: str, found: list[str]) -> None:
    assert [statement.strip() for statement in statements(text)] == found
