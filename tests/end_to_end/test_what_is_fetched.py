"""What a night asks for: everything the first time and once a week, else only what the source lists as changed.

And what becomes of figures that jump: they wait in quarantine until a person says that they are right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from integrationsmonitor import archive, night
from integrationsmonitor.errors import ConfigError, JumpError
from integrationsmonitor.replay import ReplayServer, Request
from night_support import NOW, Night
from recordings_support import LATER, Recordings, answer, lines_of

RATES, PEOPLE = "regio_12511_04_01_4", "regio_12411_01_01_4"
TABLE = "12511-04-01-4"
A_DAY_LATER, A_WEEK_LATER = "2026-11-23T02:15:00+01:00", "2026-11-29T02:14:00+01:00"


@contextmanager
def watched(**options: Any) -> Iterator[list[Request]]:
    """Every request that the recorded source is asked while the block runs."""
    asked: list[Request] = []

    class Watched(ReplayServer):
        def stop(self) -> None:
            asked.extend(self.requests)
            self.requests.clear()
            super().stop()

    with patch("integrationsmonitor.replay.server.ReplayServer", partial(Watched, **options)):
        yield asked


def methods(asked: list[Request]) -> set[str]:
    return {request.method for request in asked}


@pytest.fixture
def home(small_project: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A copy of a home after one night; the clock stands at that night."""
    monkeypatch.setenv("MONITOR_NOW", NOW)
    return small_project.copied_to(tmp_path / "home")


def test_the_night_after_asks_for_the_list_of_changes_and_nothing_else(home, monkeypatch):
    before = archive.history(home.settings, RATES)
    monkeypatch.setenv("MONITOR_NOW", A_DAY_LATER)
    with watched() as asked:
        result = night.load(home.settings, RATES)
    assert methods(asked) == {"catalogue/modifieddata"}
    assert len(asked) == 1
    assert (result["changed"], result["answers"], result["state"]) == (False, 0, "ok")
    after = archive.history(home.settings, RATES)
    assert after.last_checked > before.last_checked, "that the source was asked is on record"
    assert after.last_fetched == before.last_fetched, "and so is that nothing was fetched"
    assert not night.has_news(home.settings)


def test_once_a_week_everything_is_fetched_whatever_the_list_says(home, monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", A_WEEK_LATER)
    with watched() as asked:
        night.load(home.settings, RATES)
    assert methods(asked) == {"metadata/table", "data/tablefile"}
    years = [int(request.form["startyear"]) for request in asked if request.method == "data/tablefile"]
    assert years == list(range(2011, 2025)), "the years of which the source says that it has them"
    assert archive.history(home.settings, RATES).last_fetched.startswith("2026-11-29")


def test_a_person_who_asks_for_a_dataset_gets_all_of_it(home):
    with watched() as asked:
        night.load(home.settings, RATES, everything=True)
    assert "data/tablefile" in methods(asked)


def test_after_a_refusal_everything_is_asked_again(home):
    archive.record_rejection(home.settings, RATES, "regio: line 3", "contract", [])
    with watched() as asked:
        night.load(home.settings, RATES)
    assert methods(asked) == {"metadata/table", "data/tablefile"}
    assert archive.history(home.settings, RATES).rejection is None


def test_a_list_that_cannot_be_read_spares_nothing(home):
    from integrationsmonitor.replay import Answer

    def unreadable(request: Request) -> Answer | None:
        return Answer(body=b'{"Status": {"Code": 0}}') if request.method == "catalogue/modifieddata" else None

    with watched(faults=unreadable) as asked:
        night.load(home.settings, RATES)
    assert "data/tablefile" in methods(asked)


def test_a_new_recording_is_fetched_in_the_next_night(home, tmp_path):
    body = answer(TABLE, [line.replace(";1,1;", ";1,2;") for line in lines_of(TABLE, 2024)])
    changed = home.with_(recordings=Recordings(tmp_path / "recordings").put(TABLE, 2024, body).folder)
    with watched() as asked:
        result = night.load(changed.settings, RATES)
    assert methods(asked) == {"catalogue/modifieddata", "metadata/table", "data/tablefile"}
    assert (result["changed"], result["answers"]) == (True, 1)


# ---- sizes --------------------------------------------------------------------------------------------------------


def _without_comparators(share: float) -> list[str]:
    """12411-01-01-4 of 2015 with the last comparators left out: Thüringen and its Kreise stay whole."""
    head, *lines = lines_of("12411-01-01-4", 2015)
    ours = [line for line in lines if line.split(";")[7].startswith("16")]
    others = [line for line in lines if line not in ours]
    return [head, *ours, *others[: round(len(lines) * share) - len(ours)]]


@pytest.mark.parametrize(("share", "warnings"), [(0.8, 0), (0.7, 1)])
def test_a_quarter_of_the_rows_less_is_accepted_with_a_warning(home, tmp_path, share, warnings):
    recordings = Recordings(tmp_path / "recordings")
    recordings.put("12411-01-01-4", 2015, answer("12411-01-01-4", _without_comparators(share)))
    changed = home.with_(recordings=recordings.folder)
    told: list[str] = []
    result = night.load(changed.settings, PEOPLE, lambda stage, text, **_: told.append(f"{stage} {text}"))
    assert result["answers"] == 1
    assert len(result["warnings"]) == warnings
    assert archive.history(changed.settings, PEOPLE).warnings == result["warnings"]
    assert [f"warning {text}" for text in result["warnings"]] == [line for line in told if line.startswith("warning")]
    for text in result["warnings"]:
        assert text.startswith(f"{PEOPLE}: 12411-01-01-4_")


# ---- figures that jump --------------------------------------------------------------------------------------------


@pytest.fixture
def jumped(home: Night, tmp_path: Path) -> Night:
    """The source corrects Erfurt's population of 2024 (22,496 foreigners or not): a third less, and every sum fits."""

    def change(line: str) -> str:
        fields = line.split(";")
        if fields[7] == "16051":  # all three lines of the Kreis: total, male, female
            fields[13] = str({"Insgesamt": 150_000, "männlich": 70_000, "weiblich": 80_000}[fields[12]])
        return ";".join(fields)

    lines = lines_of("12411-01-01-4", 2024)
    return home.with_(
        recordings=Recordings(tmp_path / "recordings")
        .put("12411-01-01-4", 2024, answer("12411-01-01-4", [lines[0], *map(change, lines[1:])]))
        .folder
    )


def test_figures_that_jump_wait_for_a_person_and_the_last_good_state_stays(jumped):
    before = archive.history(jumped.settings, PEOPLE)
    landed = {path.name for path in (jumped.home / "landing" / "obs" / PEOPLE).iterdir()}
    with pytest.raises(JumpError, match=r"within a factor of 1\.25 of the .* before, found .*monitor accept"):
        night.load(jumped.settings, PEOPLE)
    after = archive.history(jumped.settings, PEOPLE)
    assert after.accepted == before.accepted
    assert {path.name for path in (jumped.home / "landing" / "obs" / PEOPLE).iterdir()} == landed
    assert after.rejection is not None
    assert (after.rejection["kind"], len(after.rejection["contents"]), len(after.rejection["quarantined"])) == (
        "jump",
        1,
        1,
    )
    assert night.exit_code(jumped.settings) == 2


def test_accepted_with_a_reason_they_are_taken_and_the_decision_is_journaled(jumped):
    with pytest.raises(JumpError):
        night.load(jumped.settings, PEOPLE)
    said = jumped.monitor("accept", PEOPLE, "--reason", "Zensus, vom Landesamt bestätigt", "--json")
    assert said.code == 0, said.err
    result = night.load(jumped.settings, PEOPLE)
    assert (result["changed"], result["answers"]) == (True, 1)
    assert archive.history(jumped.settings, PEOPLE).rejection is None
    journal = (jumped.home / "archive" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    decision = json.loads(journal[-1].split(" ", 1)[1])
    assert (decision["event"], decision["dataset"]) == ("accept", PEOPLE)
    assert decision["reason"] == "Zensus, vom Landesamt bestätigt"
    assert decision["contents"] == said.json["contents"]


def test_other_figures_than_the_accepted_ones_are_judged_anew(jumped, tmp_path):
    with pytest.raises(JumpError):
        night.load(jumped.settings, PEOPLE)
    night.accept(jumped.settings, PEOPLE, "bestätigt")
    fields = [line.split(";") for line in lines_of("12411-01-01-4", 2024)]
    for row in fields[1:]:
        if row[7] == "16052":
            row[13] = str({"Insgesamt": 60_000, "männlich": 29_000, "weiblich": 31_000}[row[12]])
    recordings = Recordings(tmp_path / "worse")
    recordings.put(
        "12411-01-01-4", 2024, answer("12411-01-01-4", [";".join(row) for row in fields], LATER + 1000), LATER + 1000
    )
    with pytest.raises(JumpError, match="of 16052"):
        night.load(jumped.with_(recordings=recordings.folder).settings, PEOPLE)


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_accepted_without_a_reason(jumped, reason):
    with pytest.raises(JumpError):
        night.load(jumped.settings, PEOPLE)
    with pytest.raises(ConfigError, match="a reason is needed"):
        night.accept(jumped.settings, PEOPLE, reason)


def test_where_nothing_waits_nothing_can_be_accepted(home):
    with pytest.raises(ConfigError, match="nothing to accept: its last answer was accepted"):
        night.accept(home.settings, RATES, "weil")
    archive.record_rejection(home.settings, RATES, "regio: line 3: expected a number", "contract", ["quarantine/x"])
    with pytest.raises(ConfigError, match=r"nothing to accept: regio: line 3.*put right in the dataset's file"):
        night.accept(home.settings, RATES, "weil")
    with pytest.raises(ConfigError, match="no dataset 'regio_x'"):
        night.accept(home.settings, "regio_x", "weil")


def test_the_command_says_in_one_line_what_is_wrong(home):
    said = home.monitor("accept", RATES, "--reason", "weil")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"monitor: {RATES}: nothing to accept")
    assert said.err.count("\n") == 1
