"""A person takes a published value back, and gives it back: what readers of the release see of it, and what not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from night_support import Night, Outcome, copy_home, differing_tables

REASON = "Zähler und Nenner stammen aus verschiedenen Gebietsständen."
# B01 of Erfurt in 2020 is computed by two variants; the published rate speaks.
OF_ERFURT = "indicator_id = 'B01' and region_key = '16051' and period_end = '2020-12-31'"
NUMBERS = "value, value_low, value_high, numerator, denominator"


def _succeed(outcome: Outcome) -> Outcome:
    assert outcome.code == 0, outcome.err[-3000:]
    return outcome


def _default(night: Night, where: str) -> str:
    ((value_id,),) = night.query(f"select value_id from mart_indicator where {where} and is_default")
    return str(value_id)


@pytest.fixture(scope="session")
def withdrawn(small_project: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The night after a value that speaks for its indicator was taken back."""

    def night(folder: Path) -> Night:
        return Night(folder / "home", small_project.extra)

    def make(folder: Path) -> Outcome:
        copy_home(small_project.home, folder / "home")
        here = night(folder)
        _succeed(here.monitor("withdraw", _default(here, OF_ERFURT), "--reason", REASON))
        return _succeed(here.monitor("build"))

    return night(once("withdrawn", make)[0])


@pytest.fixture
def value_id(small_project: Night) -> str:
    return _default(small_project, OF_ERFURT)


def test_a_withdrawn_value_stands_there_without_any_number(withdrawn: Night, value_id: str) -> None:
    columns = f"{NUMBERS}, status, numerator_status, denominator_status, is_default"
    ((*numbers, status, numerator, denominator, is_default),) = withdrawn.query(
        f"select {columns} from mart_indicator where value_id = ?", value_id
    )
    assert numbers == [None] * 5
    assert status == "withheld"
    assert {numerator, denominator} <= {"withheld", None}
    assert is_default, "no other variant may speak in its place"
    flags = withdrawn.query("select flag from mart_indicator_flag where value_id = ?", value_id)
    assert ("withdrawn",) in flags


def test_an_analyst_and_a_reader_of_the_files_see_the_reason(withdrawn: Night, value_id: str) -> None:
    assert withdrawn.query("select value_id, reason_de, is_applied from mart_withdrawal") == [(value_id, REASON, True)]
    exports = withdrawn.home / "current" / "exports"
    assert REASON in (exports / "mart_withdrawal.csv").read_text(encoding="utf-8-sig")
    assert value_id in (exports / "mart_withdrawal.csv").read_text(encoding="utf-8-sig")


def test_nothing_else_changes(small_project: Night, withdrawn: Night, value_id: str) -> None:
    others = f"select value_id, {NUMBERS}, status, flags, is_default from mart_indicator where value_id <> ? order by 1"
    assert withdrawn.query(others, value_id) == small_project.query(others, value_id)
    changed = differing_tables(small_project.warehouse, withdrawn.warehouse)
    assert set(changed) == {"mart_indicator", "mart_indicator_flag", "mart_withdrawal", "dim_indicator"}
    assert changed["mart_indicator"] == 2  # the row as it was, and as it is
    counts = "select n_values from dim_indicator where indicator_id = 'B01'"
    assert withdrawn.query(counts)[0][0] == small_project.query(counts)[0][0] - 1


def test_the_journal_says_what_was_withdrawn_why_and_when(withdrawn: Night, value_id: str) -> None:
    listed = withdrawn.monitor("withdraw", "--list", "--json")
    (entry,) = listed.json
    assert (entry["value_id"], entry["reason"]) == (value_id, REASON)
    assert entry["at"].startswith("2026-11-22T01:15")
    assert (entry["what"]["indicator_id"], entry["what"]["region_name"]) == ("B01", "Erfurt")
    assert Decimal(entry["what"]["value"]) > 0
    text = withdrawn.monitor("withdraw", "--list").out
    assert "withdrawn since 2026-11-22: B01" in text
    assert f"({value_id}): {REASON}" in text


def test_a_withdrawal_is_news_once(withdrawn: Night, tmp_path: Path) -> None:
    night = withdrawn.copied_to(tmp_path / "home")
    again = _succeed(night.monitor("build"))
    assert "nothing new" in again.err
    assert night.release["release_id"] == withdrawn.release["release_id"]


def test_a_withdrawal_survives_a_home_that_is_made_anew_from_its_archive(withdrawn: Night, tmp_path: Path) -> None:
    restored = withdrawn.copied_to(tmp_path / "home", only=("archive",))
    _succeed(restored.monitor("build"))
    assert differing_tables(withdrawn.warehouse, restored.warehouse) == {}


def test_undoing_gives_the_release_before_row_for_row(
    small_project: Night, withdrawn: Night, value_id: str, tmp_path: Path
) -> None:
    night = withdrawn.copied_to(tmp_path / "home")
    told = _succeed(night.monitor("withdraw", value_id, "--undo", "--reason", "Der Wert stimmt doch."))
    assert "given back: B01" in told.out
    assert night.monitor("withdraw", "--list").out == "nothing is withdrawn\n"
    _succeed(night.monitor("build"))
    assert differing_tables(small_project.warehouse, night.warehouse) == {}
    twice = night.monitor("withdraw", value_id, "--undo", "--reason", "Noch einmal.")
    assert twice.code == 1
    assert "is not withdrawn: nothing to undo" in twice.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["0123456789abcdef", "--reason", "x"], "'0123456789abcdef' is no value of the current release"),
        (["VALUE"], "a reason is needed"),
        (["VALUE", "--reason", "  "], "a reason is needed"),
        (["VALUE", "--undo", "--reason", "x"], "is not withdrawn: nothing to undo"),
        ([], "name a value"),
    ],
    ids=["unknown", "no reason", "an empty reason", "undo of nothing", "no value"],
)
def test_a_mistake_is_refused_in_one_line_and_nothing_is_written(
    small_project: Night, value_id: str, arguments: list[str], message: str
) -> None:
    journal = small_project.home / "archive" / "journal.jsonl"
    before = journal.read_bytes()
    outcome = small_project.monitor("withdraw", *[value_id if word == "VALUE" else word for word in arguments])
    assert (outcome.code, outcome.out) == (1, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert journal.read_bytes() == before


def test_a_value_is_withdrawn_once(withdrawn: Night, value_id: str) -> None:
    twice = withdrawn.monitor("withdraw", value_id, "--reason", "Noch einmal.")
    assert twice.code == 1
    assert f"{value_id} is withdrawn already" in twice.err


def test_without_a_release_there_is_nothing_to_withdraw(tmp_path: Path) -> None:
    outcome = Night(tmp_path / "home").monitor("withdraw", "0123456789abcdef", "--reason", "x")
    assert outcome.code == 1
    assert "no release yet" in outcome.err


def test_the_command_says_what_was_withdrawn_and_what_happens_next(
    small_project: Night, value_id: str, tmp_path: Path
) -> None:
    night = small_project.copied_to(tmp_path / "home")
    told = _succeed(night.monitor("withdraw", value_id, "--reason", REASON))
    assert "withdrawn: B01" in told.out
    assert "Erfurt, 2020-12-31: " in told.out
    assert "The next `monitor build` or night publishes it as withheld" in told.out
    before = _row(small_project, value_id)
    assert _row(night, value_id) == before, "until then the release stays as it is"


def _row(night: Night, value_id: str) -> list[tuple[Any, ...]]:
    return night.query("select * from mart_indicator where value_id = ?", value_id)
