"""The recorded source: it answers like the live hosts, at the date it is asked to stand at, and never invents."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.replay import Answer, RecordingStore, ReplayServer, Request
from integrationsmonitor.replay.server import known_until
from integrationsmonitor.replay.store import Recording, pack, zip_answer

API = Path(__file__).parents[3] / "shared" / "data" / "genesis_v5" / "api"
TABLE, BIG = "13111-01-03-4", "12531-0043"
LOGIN = {"username": "recorded", "password": "recorded"}
OLD = datetime(2017, 10, 10, 15, 36, 39, tzinfo=UTC)
NEW = datetime(2020, 12, 13, 22, 22, 46, tzinfo=UTC)


def ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(
        tmp_path_factory.mktemp("recordings"),
        [
            ("regio", TABLE, 2016, ms(OLD), b"2016 old"),
            ("regio", TABLE, 2016, ms(NEW), b"2016 new"),
            ("regio", TABLE, 2019, ms(NEW), b"2019"),
            ("destatis", BIG, 2024, ms(NEW), b"big"),
            ("destatis", "12411-0018", 2015, ms(OLD), b"land"),
        ],
    )


class Reply:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.type, self.body = answer.status, answer.getheader("Content-Type", ""), answer.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        return int(self.json["Status"]["Code"])


def post(url: str, form: dict[str, str] | None = None, headers: dict[str, str] = LOGIN, verb: str = "POST") -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        body = urlencode(form or {}) if verb == "POST" else None
        connection.request(verb, parts.path, body, headers)
        return Reply(connection.getresponse())
    finally:
        connection.close()


def table(server: ReplayServer, year: str = "2016", as_recorded: date | None = None, **fields: str) -> Reply:
    form = {"name": TABLE, "startyear": year, "endyear": year, "format": "ffcsv", "compress": "false", "language": "de"}
    host = fields.pop("host", "regio")
    return post(server.base_url(host, as_recorded) + "data/tablefile", {**form, **fields})


def test_the_recorded_bytes_are_served_as_they_are(folder):
    with ReplayServer(folder) as server:
        answer = table(server, "2019")
    assert (answer.status, answer.type) == (200, "application/zip")
    assert (
        answer.body
        == zip_answer(TABLE, ms(NEW), b"2019")
        == (folder / f"regio/{TABLE}/2019_{ms(NEW)}.zip").read_bytes()
    )


@pytest.mark.parametrize(
    ("stand", "expected"),
    [
        (None, b"2016 new"),
        (date(2017, 10, 9), None),
        (date(2017, 10, 10), b"2016 old"),
        (date(2017, 12, 1), b"2016 old"),
        (date(2020, 12, 12), b"2016 old"),
        (date(2020, 12, 13), b"2016 new"),
        (OLD - timedelta(seconds=1), None),
        (OLD, b"2016 old"),
        (NEW - timedelta(seconds=1), b"2016 old"),
        (NEW, b"2016 new"),
    ],
)
def test_it_stands_at_a_date(folder, stand, expected):
    """By server-wide option and by the request's path; a day counts to its end, a moment to itself."""
    with ReplayServer(folder, as_recorded=stand) as standing, ReplayServer(folder) as asked:
        for answer in (table(standing), table(asked, as_recorded=stand)):
            if expected is None:
                assert answer.code == 104
            else:
                epoch = ms(OLD if expected == b"2016 old" else NEW)
                assert answer.body == zip_answer(TABLE, epoch, expected)


def test_a_day_ends_in_berlin():
    assert known_until(date(2017, 12, 1)) == datetime(2017, 12, 1, 22, 59, 59, 999999, tzinfo=UTC)
    assert known_until(date(2017, 7, 1)) == datetime(2017, 7, 1, 21, 59, 59, 999999, tzinfo=UTC)
    assert known_until(datetime(2017, 7, 1, 12)) == datetime(2017, 7, 1, 12, tzinfo=UTC)
    assert known_until(None) is None


def test_the_stands_of_a_table_are_told_old_to_new(folder):
    with ReplayServer(folder) as server:
        assert server.stands(TABLE) == [OLD, NEW]
        assert server.stands(TABLE, "destatis") == []
        assert server.stands("99999-01-01-4") == []


def test_without_years_the_newest_is_given(folder):
    with ReplayServer(folder) as server:
        assert table(server, "").body == zip_answer(TABLE, ms(NEW), b"2019")


def test_nothing_recorded_is_nothing_there_and_an_unknown_table_is_unknown(folder):
    with ReplayServer(folder) as server:
        assert table(server, "1999").code == 104
        assert table(server, name="12345-01-01-4").code == 90
        assert table(server, name=BIG).code == 90  # on the other host
        assert table(server, name="").code == 90


@pytest.mark.parametrize(
    "fields",
    [
        {"endyear": "2019"},
        {"startyear": "x", "endyear": "x"},
        {"format": "csv"},
        {"compress": "true"},
        {"language": "en"},
    ],
)
def test_what_the_recordings_cannot_answer_truly_is_refused(folder, fields):
    with ReplayServer(folder) as server:
        answer = table(server, **fields)
    assert (answer.status, answer.type) == (400, "text/plain;charset=UTF-8")


def test_a_recording_for_another_region_key_is_not_served(tmp_path):
    pack(tmp_path, [("regio", TABLE, 2019, ms(NEW), b"x")])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["recordings"][0]["regionalkey"] = "16*"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with ReplayServer(tmp_path) as server:
        assert table(server, "2019", regionalkey="16*").status == 200
        assert table(server, "2019", regionalkey="").status == 400


def test_logins_fail_as_on_the_live_hosts(folder):
    with ReplayServer(folder) as server:
        url = server.base_url("regio") + "data/tablefile"
        missing = post(url, {"name": TABLE}, headers={})
        wrong = post(url, {"name": TABLE}, headers={**LOGIN, "password": "guess"})
    assert (missing.status, missing.json["Code"], missing.json["Type"]) == (401, 15, "ERROR")
    assert (wrong.status, wrong.json["Code"], wrong.json["Type"]) == (404, 2, "ERROR")
    assert set(missing.json) == set(wrong.json) == {"Code", "Content", "Type"}


def test_the_login_check_tells_a_guest_that_all_went_well(folder):
    with ReplayServer(folder) as server:
        url = server.base_url("destatis") + "helloworld/logincheck"
        guest, known, wrong = (post(url, headers=h) for h in ({}, LOGIN, {**LOGIN, "password": "guess"}))
    assert guest.json["Username"] == "GAST"
    assert guest.json["Status"] == known.json["Status"] == "Sie wurden erfolgreich an- und abgemeldet!"
    assert known.json["Username"] != "GAST"
    assert "Fehler" in wrong.json["Status"]


def test_two_paths_answer_a_get_without_credentials_and_data_do_not(folder):
    with ReplayServer(folder) as server:
        base = server.base_url("regio")
        assert "User-Agent" in post(base + "helloworld/whoami", headers={}, verb="GET").json
        signs = post(base + "catalogue/qualitysigns", headers={}, verb="GET").json["List"]
        assert {"-", ".", "x", "...", "/", "p", "r", "s", "0", "()"} == {sign["Code"] for sign in signs}
        assert post(base + "data/tablefile", verb="GET").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/regio/genesisWS/rest/2020/data/tablefile",
        "/destatis/genesisws/rest/2020/data/tablefile",
        "/regio/genesisws/rest/2020/data/nothing",
        "/as-recorded/",
        "/as-recorded/2017-12-01",
        "/as-recorded/yesterday/regio/genesisws/rest/2020/data/tablefile",
    ],
)
def test_other_paths_are_pages_not_found(folder, path):
    with ReplayServer(folder) as server:
        answer = post(f"http://127.0.0.1:{server.port}{path}")
    assert (answer.status, answer.type[:9], answer.body[:9]) == (404, "text/html", b"<!DOCTYPE")


def test_a_big_table_makes_the_job_detour(folder):
    with ReplayServer(folder, job_polls=2) as server:
        base = server.base_url("destatis")
        assert table(server, "2024", host="destatis", name=BIG).code == 98
        accepted = table(server, "2024", host="destatis", name=BIG, job="true")
        assert accepted.code == 99
        name = accepted.json["Status"]["Content"].rsplit(" ", 1)[1]
        selection = {"selection": name, "area": "user", "pagelength": "1"}
        assert [post(base + "catalogue/results", selection).code for _ in range(3)] == [104, 104, 0]
        assert post(base + "data/resultfile", {"name": name}).body == zip_answer(BIG, ms(NEW), b"big")
        assert post(base + "data/resultfile", {"name": BIG + "_1"}).code == 104
        assert post(base + "catalogue/results", {"selection": BIG + "_1"}).code == 104


def test_a_result_is_not_there_before_it_is_listed(folder):
    with ReplayServer(folder) as server:
        accepted = table(server, "2024", host="destatis", name=BIG, job="true")
        name = accepted.json["Status"]["Content"].rsplit(" ", 1)[1]
        assert post(server.base_url("destatis") + "data/resultfile", {"name": name}).code == 104


def test_two_jobs_have_two_names(folder):
    with ReplayServer(folder) as server:
        said = [
            table(server, "2024", host="destatis", name=BIG, job="true").json["Status"]["Content"] for _ in range(2)
        ]
    assert said[0] != said[1]


@pytest.mark.skipif(not API.is_dir(), reason="the folder ../shared/data with real answers is not here")
def test_bodies_have_the_shape_of_the_real_ones(folder):
    """Same keys in the same order, same status, same words; only ids and echoed values differ."""
    real = {path.stem: json.loads(path.read_text()) for path in API.glob("*.json")}
    with ReplayServer(folder) as server:
        base = server.base_url("destatis")
        big = table(server, "2024", host="destatis", name=BIG).json
        accepted = table(server, "2024", host="destatis", name=BIG, job="true").json
        selection = {"selection": accepted["Status"]["Content"].rsplit(" ", 1)[1], "area": "user", "pagelength": "1"}
        pending, ready = (post(base + "catalogue/results", selection).json for _ in range(2))
        signs = post(server.base_url("regio") + "catalogue/qualitysigns", headers={}, verb="GET").json
        guest = post(base + "data/tablefile", headers={}).json
        wrong = post(base + "data/tablefile", headers={**LOGIN, "password": "x"}).json
    pairs = {
        "tablefile_12531-0043_status98_toobig": big,
        "tablefile_12531-0043_job_status99_accepted": accepted,
        "results_12531-0043_status104_pending": pending,
        "results_12531-0043_status0_ready": ready,
        "error_guest_metadata_table": guest,
        "error_bad_credentials_tablefile": wrong,
    }
    for name, ours in pairs.items():
        theirs = real[name]
        assert list(ours) == list(theirs), name
        if "Status" in theirs:
            assert list(ours["Parameter"]) == list(theirs["Parameter"]), name
            assert ours["Ident"] == theirs["Ident"]
            assert {**ours["Status"], "Content": ""} == {**theirs["Status"], "Content": ""}
            assert ours["Status"]["Content"].split(BIG)[0] == theirs["Status"]["Content"].split(BIG)[0]
            assert ours["Copyright"] == theirs["Copyright"]
        else:
            assert ours == theirs
    assert {sign["Code"]: sign["Content"] for sign in signs["List"]} == {
        sign["Code"]: sign["Content"] for sign in real["catalogue_qualitysigns_regio"]["List"]
    }
    assert list(signs) == list(real["catalogue_qualitysigns_regio"])


def test_no_answer_and_no_record_shows_the_password(folder):
    with ReplayServer(folder) as server:
        for headers in (LOGIN, {"username": "Nutzerin", "password": "geheim4711"}):
            body = post(server.base_url("regio") + "data/tablefile", {"name": "x"}, headers).body
            assert b"geheim4711" not in body
            assert b"Nutzerin" not in body
        assert "geheim4711" not in repr(server.requests)
        assert [request.right_credentials for request in server.requests] == [True, False]


def test_too_many_requests_at_a_time_are_counted_and_refused(folder):
    gate = threading.Barrier(3)

    def wait_for_each_other(request: Request) -> Answer | None:
        gate.wait(20)
        return None

    with ReplayServer(folder, max_parallel=2, faults=wait_for_each_other) as server, ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: table(server), range(3)))
        assert (server.violations, server.most_parallel) == (1, {"regio": 3})
    refused = [answer for answer in answers if answer.type.startswith("application/json")]
    assert [answer.code for answer in refused] == [6]


def test_a_fault_takes_the_place_of_the_answer(folder):
    seen: list[Request] = []

    def faults(request: Request) -> Answer | None:
        seen.append(request)
        return Answer(503, "text/html", b"<p>Wartung") if request.form.get("startyear") == "2016" else None

    with ReplayServer(folder, faults=faults) as server:
        assert (table(server).status, table(server, "2019").status) == (503, 200)
    assert [(r.number, r.verb, r.host, r.method) for r in seen] == [
        (1, "POST", "regio", "data/tablefile"),
        (2, "POST", "regio", "data/tablefile"),
    ]


def test_a_fault_may_drop_or_cut_the_connection(folder):
    faults = [Answer(drop=True), Answer(200, "text/plain", b"whole", cut_after=2)]
    with ReplayServer(folder, faults=lambda request: faults.pop(0)) as server:
        with pytest.raises(http.client.RemoteDisconnected):
            table(server)
        with pytest.raises(http.client.IncompleteRead):
            table(server)


def test_it_listens_on_loopback_only_and_leaves_nothing_behind(folder):
    before = threading.active_count()
    with ReplayServer(folder) as server:
        parts = urlsplit(server.base_url("regio"))
        assert parts.hostname == "127.0.0.1"
        idle = socket.create_connection(("127.0.0.1", server.port))
        table(server)
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", parts.port or 0), timeout=1)
    server.stop()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and "process_request" in thread.name:
            thread.join(5)
    assert threading.active_count() <= before


def test_a_form_without_a_length_or_too_long_is_refused(folder):
    with ReplayServer(folder) as server:
        url = server.base_url("regio") + "data/tablefile"
        assert post(url, headers={**LOGIN, "Content-Length": "99999999"}).status == 400
        assert post(url, headers={**LOGIN, "Content-Length": "-1"}).status == 400


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "cannot be read"),
        ("", "is no JSON"),
        ("[]", "is no JSON"),
        ('{"recordings": [{"path": "x"}]}', r"recordings\[0\].*sha256"),
        ('{"recordings": [7]}', r"recordings\[0\]"),
    ],
)
def test_a_broken_manifest_is_refused_at_start(tmp_path, text, problem):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ConfigError, match=problem):
        ReplayServer(tmp_path)


def test_bytes_that_the_manifest_does_not_know_are_not_served(tmp_path):
    pack(tmp_path, [("regio", TABLE, 2016, ms(NEW), b"a"), ("regio", TABLE, 2019, ms(NEW), b"b")])
    (tmp_path / f"regio/{TABLE}/2016_{ms(NEW)}.zip").write_bytes(b"PK changed")
    (tmp_path / f"regio/{TABLE}/2019_{ms(NEW)}.zip").unlink()
    with ReplayServer(tmp_path) as server:
        for year, problem in (("2016", b"another sha256"), ("2019", b"cannot be read")):
            answer = table(server, year)
            assert answer.status == 500
            assert problem in answer.body


recordings = st.lists(
    st.builds(
        Recording,
        path=st.uuids().map(str),
        sha256=st.just(""),
        host=st.sampled_from(["regio", "destatis"]),
        table=st.sampled_from([TABLE, BIG]),
        year=st.integers(2015, 2018),
        epoch=st.integers(0, 20),
    ),
    max_size=30,
)


@given(recordings, st.integers(2015, 2018), st.none() | st.integers(0, 20))
def test_the_newest_recording_known_by_then_is_found(all_recordings, year, epoch):
    store = RecordingStore.__new__(RecordingStore)
    store._by_table = {("regio", TABLE): [r for r in all_recordings if (r.host, r.table) == ("regio", TABLE)]}
    until = None if epoch is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch)
    found = store.find("regio", TABLE, year, until)
    fitting = [
        r.epoch
        for r in all_recordings
        if (r.host, r.table, r.year) == ("regio", TABLE, year) and (epoch is None or r.epoch <= epoch)
    ]
    assert (found.epoch if found else None) == max(fitting, default=None)
