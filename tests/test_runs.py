"""The account of builds: numbered, kept however they end, and published without what only the operator needs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from integrationsmonitor import files, runs
from integrationsmonitor.errors import GateError, MonitorError
from integrationsmonitor.runs import Node, Run
from integrationsmonitor.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("MONITOR_SOURCE", "recorded")
    monkeypatch.setenv("MONITOR_HOME", str(tmp_path / "home"))
    return Settings.from_env()


def build(settings: Settings, problem: BaseException | None = None, seconds: float = 1.0) -> None:
    with runs.recorded(settings) as run:
        with run.step("warehouse"):
            run.nodes = [
                Node(runs.MODEL, "mart_indicator", runs.OK, seconds),
                Node(runs.TEST, "grain", runs.OK, 0.25, failures=0),
            ]
            if problem:
                raise problem
        run.outcome, run.release_id = runs.RELEASED, "r"


@pytest.mark.parametrize(
    ("problem", "outcome", "told"),
    [
        (None, runs.RELEASED, ""),
        (GateError("2 critical"), runs.GATE_FAILED, "2 critical"),
        (MonitorError("a node failed"), runs.FAILED, "a node failed"),
        (KeyError("bug"), runs.FAILED, "KeyError: 'bug'"),
        (KeyboardInterrupt(), runs.FAILED, "KeyboardInterrupt: "),
    ],
)
def test_a_build_is_on_record_however_it_ends(settings, problem, outcome, told):
    if problem:
        with pytest.raises(type(problem)):
            build(settings, problem)
    else:
        build(settings)
    [run] = runs.listed(settings)
    assert (run.run_no, run.outcome, run.problem, run.mode) == (1, outcome, told, "recorded")
    [step] = run.steps
    assert (step.name, step.status) == ("warehouse", runs.BROKEN if problem else runs.OK)


def test_builds_are_numbered_and_the_newest_are_listed_oldest_first(settings):
    for _ in range(12):
        build(settings)
    assert [run.run_no for run in runs.listed(settings, newest=3)] == [10, 11, 12]
    (settings.archive / "runs" / "000005.json").unlink()
    build(settings)
    assert runs.listed(settings, newest=1)[0].run_no == 13


def test_a_build_that_never_ended_was_killed_when_nobody_builds_or_another_follows_it(settings):
    runs._write(settings, Run(1, runs.clock.now(), "recorded"))
    with files.locked(runs.lock_of(settings)):
        assert [run.outcome for run in runs.listed(settings)] == [runs.BUILDING]
        assert runs.table(runs.listed(settings)).num_rows == 0, "how it ends is not known yet"
    assert [run.outcome for run in runs.listed(settings)] == [runs.KILLED], "nobody builds any more"
    build(settings)
    assert [run.outcome for run in runs.listed(settings)] == [runs.KILLED, runs.RELEASED]


def test_a_file_that_cannot_be_read_tells_of_no_run(settings):
    build(settings)
    for text in ("", "{", "[]", '{"run_no": 1}'):
        (settings.archive / "runs" / "000002.json").write_text(text, encoding="utf-8")
        assert [run.run_no for run in runs.listed(settings)] == [1]


def test_the_published_rows_say_neither_sql_nor_message(settings):
    with runs.recorded(settings) as run:
        run.nodes = [Node(runs.TEST, "grain", runs.BROKEN, 0.5, 3, "Got 3 results", "select secret")]
        run.outcome = runs.RELEASED
    table = runs.table(runs.listed(settings))
    [row] = table.to_pylist()
    assert (row["status"], row["failures"]) == (runs.BROKEN, 3)
    assert row["seconds"] == Decimal("0.5")
    assert "secret" not in str(row)
    assert "Got" not in str(row)


def test_what_is_usual_is_the_median_of_what_went_well(settings):
    for seconds in (1, 2, 9):
        build(settings, seconds=seconds)
    usual = runs.usual_seconds(runs.listed(settings))
    assert usual[runs.MODEL, "mart_indicator"] == 2
    assert usual[runs.TEST, "grain"] == 0.25
