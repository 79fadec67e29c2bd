"""A source that answers with something else than its contract: that dataset keeps its last good state for the night.

The table is 12511-04-01-4 (one figure per Kreis and year); for the year 2024 the source answers, with a later Stand,
what the case describes. Everything else is answered as recorded.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrationsmonitor import archive, night
from integrationsmonitor.errors import ContractError, FetchError, MonitorError
from integrationsmonitor.replay import Answer, ReplayServer, Request
from night_support import NOW, Night
from recordings_support import Recordings, answer, lines_of

TABLE, DATASET, YEAR = "12511-04-01-4", "regio_12511_04_01_4", 2024
MEMBER = f"{TABLE}_1793919600000_de_flat.csv"
NEIGHBOUR = "regio_12411_01_01_4"


def _edited(change: Callable[[list[str]], list[str]]) -> Callable[[], bytes]:
    return lambda: answer(TABLE, change(lines_of(TABLE, YEAR)))


def _in_header(old: str, new: str) -> Callable[[], bytes]:
    return _edited(lambda lines: [lines[0].replace(old, new), *lines[1:]])


def _in_line(number: int, old: str, new: str) -> Callable[[], bytes]:
    """Replace in a physical line, counted from 1."""

    def change(lines: list[str]) -> list[str]:
        assert old in lines[number - 1]
        return [*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]]

    return _edited(change)


def _additional_column(lines: list[str]) -> list[str]:
    return [f"{lines[0]};value_extra", *(f"{line};1" for line in lines[1:])]


def _missing_column(lines: list[str]) -> list[str]:
    return [";".join(field for number, field in enumerate(line.split(";")) if number != 10) for line in lines]


HTML = b"<!DOCTYPE html><html><head><title>Wartung</title></head><body>Wir sind bald wieder da.</body></html>"
JSON_ERROR = json.dumps(
    {
        "Ident": {"Service": "data", "Method": "tablefile"},
        "Status": {"Code": -1, "Content": "Ein interner Fehler ist aufgetreten.", "Type": "Fehler"},
        "Object": None,
    }
).encode()

# What the source answers → what the error must name besides dataset and file: the place and the expectation.
BAD = {
    "a web page": (lambda: HTML, ["HTTP 200", "Wartung", "web page"]),
    "a status that is an error": (lambda: JSON_ERROR, ["GENESIS status -1", "interner Fehler", "Try again later"]),
    "a ZIP that is cut off": (lambda: answer(TABLE, lines_of(TABLE, YEAR))[:-60], ["ZIP", "a whole ZIP file"]),
    "a ZIP of another table": (
        lambda: answer("12411-01-01-4", lines_of(TABLE, YEAR)),
        ["ZIP member", f"table {TABLE}", "12411-01-01-4"],
    ),
    "a renamed column": (_in_header(";time;", ";zeit;"), ["line 1, field 5", "'time'", "'zeit'"]),
    "a missing column": (_edited(_missing_column), ["line 1, field 11", "'value_unit'"]),
    "an additional column": (_edited(_additional_column), ["line 1", "13 columns", "14 columns"]),
    "an unknown sign": (_in_line(5, ";0,8;", ";~;"), ["line 5", "a number or a sign explained", "'~'"]),
    "an unknown Kreis": (_in_line(3, ";16052;Gera;", ";16099;Gera;"), ["line 3", "a known Kreis", "'16099' (Gera)"]),
    "a Kreis under another name": (_in_line(3, ";Gera;", ";Jena;"), ["line 3", "'Gera'", "'Jena'"]),
    "a Kreis that no longer exists": (
        _in_line(3, ";16052;Gera;", ";16056;Eisenach;"),
        ["line 3", "no value for 16056", "did not exist"],
    ),
    "a number that is none": (_in_line(2, ";1,1;", ";1,1,1;"), ["line 2", "a number or a sign explained", "'1,1,1'"]),
    "a negative sign before nothing": (_in_line(2, ";1,1;", ";−1,1;"), ["line 2", "a number or a sign explained"]),
    "an unknown measure": (_in_line(4, ";BEV008Q;", ";BEV009Q;"), ["line 4", "a known measure", "'BEV009Q'"]),
    "another unit": (_in_line(4, ";Prozent;", ";Promille;"), ["line 4", "'Prozent'", "'Promille'"]),
    "another kind of time": (_in_line(2, ";2024;", ";2024-12-31;"), ["line 2", "a time of the kind jahressumme"]),
    "a line twice": (_edited(lambda lines: [*lines, lines[-1]]), ["line 23", "line 24", "every cell once"]),
    "a line that is cut off": (
        _edited(lambda lines: [*lines[:-1], lines[-1][:60]]),
        ["line 23", "13 fields", "may be cut off"],
    ),
    "half the rows": (_edited(lambda lines: lines[:12]), ["at least 22 rows", "11"]),
    "a Kreis too few": (
        _edited(lambda lines: [*lines[:5], *lines[6:], lines[1].replace("16051;Erfurt", "16;Thüringen")]),
        ["a row for region 16055", "none"],
    ),
    "a header and nothing else": (_edited(lambda lines: lines[:1]), ["line 2", "data lines", "none"]),
    "another encoding": (
        lambda: answer(TABLE, lines_of(TABLE, YEAR), encoding="latin-1"),
        ["line 2", "UTF-8", "another encoding"],
    ),
}


@pytest.fixture(scope="module")
def good_home(small_project: Night, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A home in which every dataset has a good state, without the candidate and the release."""
    return small_project.copied_to(tmp_path_factory.mktemp("good") / "home", only=("archive", "landing"))


@pytest.fixture
def home(good_home: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.setenv("MONITOR_NOW", NOW)
    return good_home.copied_to(tmp_path / "home")


def _answering(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Let the recorded source answer with these bytes for the year in question."""

    def faults(request: Request) -> Answer | None:
        is_it = request.form.get("name") == TABLE and request.form.get("startyear") == str(YEAR)
        kinds = {b"<": "text/html", b"{": "application/json"}
        return Answer(200, kinds.get(body[:1], "application/zip"), body) if is_it else None

    monkeypatch.setattr(
        "integrationsmonitor.replay.server.ReplayServer", functools.partial(ReplayServer, faults=faults)
    )


@pytest.mark.parametrize("case", BAD)
def test_the_answer_is_refused_and_the_last_good_state_stays(
    home: Night, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, words = BAD[case]
    body = make()
    _answering(monkeypatch, body)
    settings = home.settings
    before, landed = archive.history(settings, DATASET), _landing(home)

    with pytest.raises(MonitorError) as refused:
        night.load(settings, DATASET, everything=True)

    told = str(refused.value)
    assert isinstance(refused.value, FetchError if body[:1] in b"<{" else ContractError)
    assert told.startswith(f"{DATASET}: ")
    assert "\n" not in told
    for word in words:
        assert word in told
    if isinstance(refused.value, ContractError):
        assert f"{DATASET}: {MEMBER}, " in told or f"{DATASET}: {TABLE}_{YEAR}.zip, " in told
        assert ": expected " in told

    after = archive.history(settings, DATASET)
    assert after.accepted == before.accepted
    assert after.current_parse == before.current_parse
    assert _landing(home) == landed
    assert after.rejection is not None
    assert after.rejection["error"] == told
    (kept,) = after.rejection["quarantined"]
    assert (home.home / kept).read_bytes() == body
    note = json.loads((home.home / kept).with_suffix(".json").read_text(encoding="utf-8"))
    assert note["error"] == told


def _landing(home: Night) -> set[str]:
    return {path.name for path in (home.home / "landing" / "obs" / DATASET).iterdir()}


def test_a_dry_run_refuses_too_and_keeps_nothing(home: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, BAD["an unknown sign"][0]())
    with pytest.raises(ContractError, match="line 5"):
        night.load(home.settings, DATASET, dry_run=True)
    assert archive.history(home.settings, DATASET).rejection is None
    assert not (home.home / "quarantine").exists()


def test_the_same_bytes_are_kept_once(home: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, BAD["an unknown sign"][0]())
    for _ in range(2):
        with pytest.raises(ContractError):
            night.load(home.settings, DATASET, everything=True)
    assert len(list((home.home / "quarantine" / DATASET).iterdir())) == 2, "the bytes and the reason, once"


def test_a_good_answer_ends_the_quarantine(home: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        _answering(broken, HTML)
        with pytest.raises(FetchError):
            night.load(home.settings, DATASET, everything=True)
    assert archive.history(home.settings, DATASET).rejection is not None
    assert night.load(home.settings, DATASET, everything=True)["state"] == "ok"
    assert archive.history(home.settings, DATASET).rejection is None


def test_a_broken_dataset_does_not_keep_the_others_from_being_released(small_project: Night, tmp_path: Path) -> None:
    """One source prints an unknown sign; its neighbour corrects Erfurt's inhabitants of 2025 by one."""
    sick = lines_of(TABLE, YEAR)
    well = [line.replace(";217159;", ";217160;") for line in lines_of("12411-01-01-4", 2025)]
    recordings = Recordings(tmp_path / "recordings")
    recordings.put(TABLE, YEAR, answer(TABLE, [*sick[:4], sick[4].replace(";0,8;", ";~;"), *sick[5:]]))
    recordings.put("12411-01-01-4", 2025, answer("12411-01-01-4", well))
    home = small_project.copied_to(tmp_path / "home").with_(recordings=recordings.folder)
    before = dict(_rows_by_dataset(home))

    run = home.monitor("run")

    assert run.code == 2, run.err
    assert "Traceback" not in run.err
    assert home.release["release_id"] != small_project.release["release_id"], "the neighbour's news are released"
    states = {entry["dataset_id"]: entry["state"] for entry in home.release["datasets"]}
    assert states[DATASET] == "quarantine"
    assert {state for dataset, state in states.items() if dataset != DATASET} == {"ok"}
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


def test_a_first_night_with_nothing_but_broken_answers_releases_nothing(tmp_path: Path, small_project: Night) -> None:
    recordings = Recordings(tmp_path / "recordings").keep(lambda table, year: False)
    for table, year in (("12511-04-01-4", 2024), ("12411-01-01-4", 2025), ("12411-03-03-4", 2022)):
        recordings.put(table, year, HTML)
    home = Night(tmp_path / "home", small_project.extra).with_(recordings=recordings.folder)
    run = home.monitor("run")
    assert run.code == 1
    assert "no dataset has an accepted answer yet" in run.err.splitlines()[-1]
    assert not (home.home / "current").exists()
