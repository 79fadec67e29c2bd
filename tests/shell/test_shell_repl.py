"""`monitor sql` is a conversation for people, and one command for programs."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from release_support import PROJECT
from typer.testing import CliRunner

from integrationsmonitor.cli import app
from integrationsmonitor.release.names import load_names
from integrationsmonitor.release.queries import load
from integrationsmonitor.settings import Settings
from integrationsmonitor.shell import Repl, Session

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def repl(session: Session) -> Repl:
    return Repl(session, load_names(PROJECT / "exports" / "names_de.yml"), load(PROJECT))


def test_a_statement_may_take_several_lines(repl: Repl, capsys: Capture) -> None:
    assert repl.hear("select 1 +")
    assert repl.hear("-- ; kein Ende")
    assert capsys.readouterr().out == ""
    assert repl.hear("1 as zwei; select")
    assert "zwei" in capsys.readouterr().out
    assert repl.hear("fehlt;")
    assert capsys.readouterr().err.startswith("Zeile 2, Spalte 1: ")
    assert repl.hear("select 3 as drei;")
    assert "drei" in capsys.readouterr().out


def test_the_greeting_says_what_to_mind_and_how_to_cite(repl: Repl, released: Settings) -> None:
    release = released.current.resolve().name
    for told in (release, "Aufgezeichnete Daten, kein Live-Abruf", f"@{release}", "territory", "monitor explain"):
        assert told in repl.greeting()


def test_tables_schema_and_examples_are_listed(repl: Repl, capsys: Capture) -> None:
    repl.hear(".tables")
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("mart_indicator "))
    assert line.split() == ["mart_indicator", "160", "deutsch.indikatorwerte", "Indikatorwerte"]
    repl.hear(".schema mart_indicator")
    of_table = capsys.readouterr().out
    assert "DECIMAL(28,10)" in of_table
    assert "Wert der Kennzahl; bei Anteilen in Prozent" in of_table
    repl.hear(".schema deutsch.indikatorwerte")
    assert capsys.readouterr().out.count("\n") == of_table.count("\n")
    repl.hear(".beispiele")
    assert "  8  Woher kommt eine Zahl?" in capsys.readouterr().out
    assert repl.hear(".quit") is False


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (".schema nie", "keine Tabelle"),
        (".weg", "kein Befehl"),
        (".beispiel 99", "kein Beispiel"),
        (".csv", "erst eine Frage"),
    ],
)
def test_a_wrong_command_says_what_is_right(repl: Repl, capsys: Capture, line: str, told: str) -> None:
    assert repl.hear(line)
    assert told in capsys.readouterr().err


def test_the_last_answer_can_be_kept_and_no_file_is_overwritten(repl: Repl, capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "alles.csv"
    repl.hear("select i from range(1000) as r(i);")
    repl.hear(f".csv {path}")
    assert len(path.read_text().splitlines()) == 1001
    capsys.readouterr()
    repl.hear(f".csv {path}")
    assert "File exists" in capsys.readouterr().err


@pytest.fixture
def home(released: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("MONITOR_SOURCE", "recorded")
    monkeypatch.setenv("MONITOR_HOME", str(released.home))
    return released


def test_one_command_prints_and_leaves(home: Settings) -> None:
    told = CliRunner().invoke(app, ["sql", "-c", "select count(*) as n from mart_indicator", "--csv"])
    assert (told.exit_code, told.stdout) == (0, "n\n160\n")
    told = CliRunner().invoke(app, ["sql", "--json"], input="select 1 as a;\nselect 2 as b")
    assert (told.exit_code, told.stdout) == (0, '[{"a": 1}]\n[{"b": 2}]\n')


def test_an_error_ends_it_with_code_1_and_one_line(home: Settings) -> None:
    told = CliRunner().invoke(app, ["sql"], input="select 1 as a; selct; select 2 as b")
    assert told.exit_code == 1
    assert told.stderr == 'monitor: Zeile 1, Spalte 16: syntax error at or near "selct"\n'
    assert "(1 Zeile)" in told.stdout
    assert "b" not in told.stdout
    assert CliRunner().invoke(app, ["sql", "-c", "select 1", "--csv", "--json"]).exit_code == 1


def test_a_person_at_a_terminal_can_talk_to_it(home: Settings) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-c", "from integrationsmonitor.cli import main; main()", "sql"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=PROJECT,
    ) as shell:  # fmt: skip
        os.close(theirs)
        os.write(ours, b"select 40 +\n2 as antwort;\n.quit\n")
        told, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # the other side has closed
                break
            if not chunk:
                break
            told += chunk
        assert shell.wait(10) == 0
    os.close(ours)
    text = told.decode()
    assert "Integrationsmonitor Thüringen, Veröffentlichung" in text
    assert "   ...> " in text
    assert "antwort" in text
    assert "42" in text
    assert "select 40 +" in (home.home / "sql-history").read_text()
