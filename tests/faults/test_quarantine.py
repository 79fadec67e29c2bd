"""What becomes of refused answers, and of the night around them, beyond what the registry asks of every fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from catalogue import FAULTS
from damage import executing
from fault import Fault

from integrationsmonitor import archive, night
from integrationsmonitor.errors import ContractError, FetchError, MonitorError
from night_support import Night, small_catalog
from recordings_support import Recordings, answer, lines_of

TABLE, DATASET, YEAR = "12511-04-01-4", "regio_12511_04_01_4", 2024
NEIGHBOUR = "regio_12411_01_01_4"
UNKNOWN_SIGN, PAGE = FAULTS["sign-tilde"], FAULTS["html"]


@pytest.fixture
def home(good_home: Night, tmp_path: Path) -> Night:
    return good_home.copied_to(tmp_path / "home", only=("archive", "landing"))


def test_a_dry_run_refuses_too_and_keeps_nothing(home: Night) -> None:
    with executing(UNKNOWN_SIGN), pytest.raises(ContractError, match="line 5"):
        night.load(home.settings, DATASET, dry_run=True)
    assert archive.history(home.settings, DATASET).rejection is None
    assert not (home.home / "quarantine").exists()


def test_the_same_bytes_are_kept_once(home: Night) -> None:
    for _ in range(2):
        with executing(UNKNOWN_SIGN), pytest.raises(ContractError):
            night.load(home.settings, DATASET, everything=True)
    assert len(list((home.home / "quarantine" / DATASET).iterdir())) == 2, "the bytes and the reason, once"


def test_a_good_answer_ends_the_quarantine(home: Night) -> None:
    with executing(PAGE), pytest.raises(FetchError):
        night.load(home.settings, DATASET, everything=True)
    assert archive.history(home.settings, DATASET).rejection is not None
    assert night.load(home.settings, DATASET, everything=True)["state"] == "ok"
    assert archive.history(home.settings, DATASET).rejection is None


@pytest.mark.parametrize("fault", [fault for fault in FAULTS.values() if fault.full], ids=lambda fault: fault.id)
def test_the_night_after_a_full_disk_is_as_any_other(fault: Fault, home: Night) -> None:
    """The same news again, with room: nothing of the night before is in the way, and the figures are the source's."""
    with executing(fault), pytest.raises(MonitorError, match="ENOSPC"):
        night.load(home.settings, DATASET, everything=True)
    accepted = len(archive.history(home.settings, DATASET).accepted)
    with executing(replace(fault, full="")):
        result = night.load(home.settings, DATASET, everything=True)
    assert (result["state"], result["answers"], result["rows"]) == ("ok", 1, 22)
    past = archive.history(home.settings, DATASET)
    assert len(past.accepted) == accepted + 1
    assert archive.get_raw(home.settings, past.accepted[-1].answer.raw_sha256) == fault.give().body
    assert night.load(home.settings, DATASET, everything=True)["answers"] == 0, (
        "the recorded answer has an earlier Stand"
    )


def test_a_refusal_for_which_there_is_no_room_says_so(home: Night) -> None:
    with executing(replace(UNKNOWN_SIGN, full="quarantine")), pytest.raises(MonitorError, match="ENOSPC"):
        night.load(home.settings, DATASET, everything=True)
    assert not [path for path in (home.home / "quarantine").rglob("*") if path.is_file()]


def test_a_broken_dataset_does_not_keep_the_others_from_being_released(good_home: Night, tmp_path: Path) -> None:
    """One source prints an unknown sign; its neighbour corrects Erfurt's inhabitants of 2025 by one."""
    sick = lines_of(TABLE, YEAR)
    well = [line.replace(";217159;", ";217160;") for line in lines_of("12411-01-01-4", 2025)]
    recordings = Recordings(tmp_path / "recordings")
    recordings.put(TABLE, YEAR, answer(TABLE, [*sick[:4], sick[4].replace(";0,8;", ";~;"), *sick[5:]]))
    recordings.put("12411-01-01-4", 2025, answer("12411-01-01-4", well))
    home = good_home.copied_to(tmp_path / "home").with_(recordings=recordings.folder)
    before = dict(_rows_by_dataset(home))

    run = home.monitor("run")

    assert run.code == 2, run.err
    assert "Traceback" not in run.err
    assert home.release["release_id"] != good_home.release["release_id"], "the neighbour's news are released"
    states = {entry["dataset_id"]: entry["state"] for entry in home.release["datasets"]}
    assert states[DATASET] == "quarantine"
    assert {state for dataset, state in states.items() if dataset != DATASET} <= {"ok", "overdue"}
    assert home.query("select datasets_in_quarantine from meta_release") == [(DATASET,)]
    after = dict(_rows_by_dataset(home))
    assert after[DATASET] == before[DATASET], "the last good rows stay as they were"
    erfurt = (
        "select value from fct_observation where dataset_id = ? and region_key = '16051' and period_end = '2025-12-31'"
    )
    assert home.query(erfurt, NEIGHBOUR) == [(217_160,)]
    assert "line 5" in run.out, "the summary says where"
    status = home.monitor("status")
    assert status.code == 2
    assert DATASET in status.out

    again = home.monitor("run")
    assert again.code == 2
    assert "nothing new" in again.err


def _rows_by_dataset(home: Night) -> Iterator[tuple[str, tuple[object, ...]]]:
    """All rows of the datasets, but for the flags and times that are the release's own."""
    for (dataset,) in home.query("select distinct dataset_id from fct_observation"):
        yield dataset, tuple(home.query("select * from fct_observation where dataset_id = ? order by all", dataset))


def test_a_first_night_with_nothing_but_broken_answers_releases_nothing(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings").keep(lambda table, year: False)
    for table, year in (("12511-04-01-4", 2024), ("12411-01-01-4", 2025), ("12411-03-03-4", 2022)):
        recordings.put(table, year, b"<!DOCTYPE html><title>Wartung</title>")
    home = Night(tmp_path / "home").with_(catalog=small_catalog(tmp_path / "catalog"), recordings=recordings.folder)
    run = home.monitor("run")
    assert run.code == 1
    assert "no dataset has an accepted answer yet" in run.err.splitlines()[-1]
    assert not (home.home / "current").exists()
