"""What a GENESIS host says before any figure is fetched: what changed, of which years it knows, which job is ready."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.errors import FetchError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import pack
from integrationsmonitor.sources import genesis_client
from integrationsmonitor.sources.genesis_body import listed_codes, years_of
from integrationsmonitor.sources.genesis_client import GenesisClient, Patience
from integrationsmonitor.sources.genesis_jobs import JobBook

API = Path(__file__).parents[3] / "shared" / "data" / "genesis_v5" / "api"
TABLE, OTHER, BIG = "13111-01-03-4", "13111-02-02-4", "12531-0043"
LOGIN = ("recorded", "recorded")
MARCH_2026 = int(datetime.fromisoformat("2026-03-10T12:00:00+00:00").timestamp() * 1000)
SHORT = Patience(first=0.001, longest=0.002, job=0.004, busy=0.004)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    answers = [("regio", TABLE, 2008, MARCH_2026, b"x"), ("regio", TABLE, 2025, MARCH_2026, b"x")]
    return pack(tmp_path_factory.mktemp("recordings"), [*answers, ("destatis", BIG, 2024, MARCH_2026, b"x")])


def body(code: int, **content: Any) -> Answer:
    told = {"Status": {"Code": code, "Content": "Text", "Type": "Information"}, **content}
    return Answer(body=json.dumps(told).encode())


def ask(
    folder: Path, question: Callable[[GenesisClient], Any], answer: Answer | None = None, host: str = "regio"
) -> Any:
    with ReplayServer(folder, faults=lambda _: answer) as server:
        http = HttpClient(Policy(attempts=2), sleep=lambda _: None)
        with GenesisClient(
            server.base_url(host), LOGIN, host, http=http, patience=SHORT, sleep=lambda _: None
        ) as client:
            return question(client)


# ---- what changed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 3, 10), True), (date(2026, 3, 11), False), (date(2020, 1, 1), True)]
)
def test_a_table_is_listed_under_its_statistic_from_the_day_of_its_change(folder, day, expected):
    assert ask(folder, lambda client: client.is_listed(TABLE, day)) is expected
    assert ask(folder, lambda client: client.is_listed(OTHER, day)) is expected, (
        "the statistic counts for all its tables"
    )


def test_the_question_names_the_statistic_and_the_day_in_german(folder):
    with ReplayServer(folder) as server, GenesisClient(server.base_url("regio"), LOGIN, "regio") as client:
        client.is_listed(TABLE, date(2026, 3, 9))
        asked = server.requests[-1]
    assert (asked.method, asked.form["selection"], asked.form["date"]) == (
        "catalogue/modifieddata",
        "13111*",
        "09.03.2026",
    )


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([{"Code": "13111"}], True),
        ([{"Code": TABLE, "Type": "Neue Tabelle"}], True),
        ([{"Code": OTHER}], True),
        ([{"Code": "12411"}, {"Code": "12411-01-01-4"}], False),
        ([], False),
        (None, None),
        ("13111", None),
        ([{"Name": "13111"}], None),
        ([17], None),
        ([{"Code": "12411"}] * genesis_client.MODIFIED_PAGE, None),
    ],
)
def test_only_a_list_that_can_be_relied_on_spares_a_request(folder, entries, expected):
    assert ask(folder, lambda client: client.is_listed(TABLE, date(2026, 1, 1)), body(0, List=entries)) is expected


@pytest.mark.parametrize(
    "answer", [body(-1), body(90), Answer(body=b"<html>"), Answer(body=b""), Answer(404, body=b"{")]
)
def test_what_is_no_list_means_that_nobody_knows(folder, answer):
    assert ask(folder, lambda client: client.is_listed(TABLE, date(2026, 1, 1)), answer) is None


def test_a_refused_account_and_a_host_that_is_down_are_errors(folder):
    for answer in (body(2), body(15), body(0, Username="GAST"), Answer(503)):
        with pytest.raises(FetchError, match="regio_13111_01_03_4"):
            ask(folder, lambda client: client.is_listed(TABLE, date(2026, 1, 1)), answer)


# ---- of which years -----------------------------------------------------------------------------------------------


def test_the_years_of_a_table_are_told(folder):
    assert ask(folder, lambda client: client.years(TABLE)) == (2008, 2025)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ({"From": "31.12.1995", "To": "31.12.2024"}, (1995, 2024)),
        ({"From": "2015", "To": "2023/2024"}, (2015, 2024)),
        ({"From": "2023-10P6M", "To": "2024-04P6M"}, (2023, 2024)),
        ({"From": "31.12.2024", "To": "31.12.1995"}, None),
        ({"From": None, "To": "2024"}, None),
        ({"To": "2024"}, None),
        ("1995 bis 2024", None),
    ],
)
def test_years_in_any_printed_form_or_none(folder, time, expected):
    assert ask(folder, lambda client: client.years(TABLE), body(0, Object={"Time": time})) == expected


def test_nothing_known_is_none_and_an_unknown_table_is_an_error(folder):
    assert ask(folder, lambda client: client.years(TABLE), body(104)) is None
    with pytest.raises(FetchError, match="No table 99999-01-01-4 here"):
        ask(folder, lambda client: client.years("99999-01-01-4"))


@pytest.mark.skipif(not API.is_dir(), reason="the folder ../shared/data with real answers is not here")
@pytest.mark.parametrize(
    ("name", "expected"),
    [("metadata_table_12411-01-01-4_de.json", (1995, 2024)), ("metadata_table_12531-0043.json", (2007, 2024))],
)
def test_the_years_of_real_answers(name, expected):
    assert years_of((API / name).read_bytes()) == expected


@given(
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x) | st.dictionaries(st.sampled_from(["List", "Object", "Time", "From", "To", "Code", "x"]), x)
        ),
    ).map(lambda tree: json.dumps(tree).encode())
)
def test_no_body_breaks_the_reading_of_lists(data):
    assert isinstance(listed_codes(data), list | None)
    assert isinstance(years_of(data), tuple | None)


# ---- jobs that outlast a night ------------------------------------------------------------------------------------


def big(
    folder: Path, book: JobBook, faults: Callable[[Request], Answer | None] = lambda _: None, **more: Any
) -> tuple[Any, list[str]]:
    """Ask for the big table once; returns the answer or the error, and the methods that were asked."""
    with ReplayServer(folder, faults=faults, **more) as server:
        http = HttpClient(Policy(attempts=2), sleep=lambda _: None)
        with GenesisClient(
            server.base_url("destatis"), LOGIN, "destatis", http=http, jobs=book, patience=SHORT, sleep=lambda _: None
        ) as client:
            try:
                found: Any = client.table(BIG, 2024, 2024)
            except FetchError as problem:
                found = problem
        return found, [request.method for request in server.requests]


def test_a_job_that_is_late_is_fetched_the_next_night_and_not_ordered_again(folder, tmp_path):
    path = tmp_path / "jobs" / "destatis_12531_0043.json"
    late, _ = big(folder, JobBook(path), job_polls=99)
    assert "was not ready" in str(late)
    assert "next night asks for its result" in str(late)
    (job, _) = json.loads(path.read_text())[f"{BIG} 2024-2024 "]

    def the_same_host_a_day_later(request: Request) -> Answer | None:
        assert request.form.get("selection", request.form.get("name")) == job
        if request.method == "catalogue/results":
            return body(0, List=[{"Code": job}])
        return Answer(200, "application/zip", b"PK\x03\x04 the result")

    found, asked = big(folder, JobBook(path), the_same_host_a_day_later)
    assert found.body == b"PK\x03\x04 the result"
    assert asked == ["catalogue/results", "data/resultfile"]
    assert json.loads(path.read_text()) == {}, "what was fetched is not fetched again"


def test_a_job_that_failed_is_forgotten_and_ordered_anew_the_next_night(folder, tmp_path):
    path = tmp_path / "jobs.json"
    big(folder, JobBook(path), job_polls=99)
    failed, _ = big(folder, JobBook(path), lambda r: body(-1) if r.method == "catalogue/results" else None)
    assert "only in part" in str(failed)
    found, asked = big(folder, JobBook(path))
    assert found.kind == "data"
    assert asked[:2] == ["data/tablefile", "data/tablefile"]


@pytest.mark.parametrize("answer", [body(6), body(2), body(15)])
def test_a_busy_host_or_a_refused_account_says_nothing_against_the_job(folder, tmp_path, answer):
    path = tmp_path / "jobs.json"
    big(folder, JobBook(path), job_polls=99)
    noted = path.read_text()
    big(folder, JobBook(path), lambda r: answer if r.method == "catalogue/results" else None)
    assert path.read_text() == noted


def test_an_old_job_and_a_damaged_book_are_no_jobs(tmp_path, monkeypatch):
    path = tmp_path / "jobs.json"
    monkeypatch.setenv("MONITOR_NOW", "2026-11-20T02:15:00Z")
    JobBook(path).ordered("r", "job_1")
    for now, expected in (("2026-11-23T02:14:00Z", "job_1"), ("2026-11-23T02:15:00Z", "")):
        monkeypatch.setenv("MONITOR_NOW", now)
        assert JobBook(path).pending("r") == expected
    path.write_bytes(b"{]")
    assert JobBook(path).pending("r") == ""
