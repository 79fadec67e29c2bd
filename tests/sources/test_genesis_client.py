"""The GENESIS client against the recorded source, and the ZIP of its answers."""

from __future__ import annotations

import base64
import io
import json
import logging
import random
import string
import traceback
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrationsmonitor.errors import ContractError, FetchError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import pack, zip_answer
from integrationsmonitor.sources.genesis_client import Envelope, GenesisClient, Patience, read_body
from integrationsmonitor.sources.genesis_zip import Limits, content_sha256, epoch_of, open_member

API = Path(__file__).parents[3] / "shared" / "data" / "genesis_v5" / "api"
TABLE, BIG = "13111-01-03-4", "12531-0043"
ROWS = "statistics_code;time;value\n13111;2019-06-30;44313\n".encode("utf-8-sig")
LOGIN = ("recorded", "recorded")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stand = 1_607_898_166_000
    answers = [("regio", TABLE, 2019, stand, ROWS), ("regio", TABLE, 2018, stand, ROWS)]
    return pack(tmp_path_factory.mktemp("recordings"), [*answers, ("destatis", BIG, 2024, stand, ROWS)])


def status(code: int, text: str = "Text", flat: bool = False, http_status: int = 200) -> Answer:
    inner = {"Code": code, "Content": text, "Type": "ERROR"}
    return Answer(http_status, body=json.dumps(inner if flat else {"Ident": {}, "Status": inner}).encode())


def ask(
    folder: Path,
    *answers: Answer | None,
    table: str = TABLE,
    host: str = "regio",
    login: tuple[str, str] = LOGIN,
    waits: list[float] | None = None,
    patience: Patience | None = None,
) -> Envelope:
    """One table of 2019 (2024 for the big one); `answers` replace the first ones of the server, None lets it answer."""
    script = list(answers)
    waits = [] if waits is None else waits

    def faults(request: Request) -> Answer | None:
        return script.pop(0) if script else None

    with ReplayServer(folder, faults=faults) as server:
        http = HttpClient(Policy(attempts=2), sleep=waits.append)
        with GenesisClient(
            server.base_url(host), login, host, http=http, patience=patience, sleep=waits.append
        ) as client:
            year = 2024 if table == BIG else 2019
            return client.table(table, year, year)


def test_a_table_comes_as_the_recorded_zip(folder, monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")
    answer = ask(folder)
    assert answer.kind == "data"
    assert unpacked(answer.body, table=TABLE) == (f"{TABLE}_1607898166000_de_flat.csv", ROWS)
    assert answer.url.endswith("/regio/genesisws/rest/2020/data/tablefile")
    assert answer.retrieved_at == datetime(2026, 11, 22, 1, 15, tzinfo=UTC)
    assert (answer.status_code_genesis, answer.message) == (None, "")


def test_the_form_is_the_one_of_the_live_requests(folder):
    with ReplayServer(folder) as server, GenesisClient(server.base_url("regio"), LOGIN, "regio") as client:
        answer = client.table(TABLE, 2019, 2019)
        form = server.requests[-1].form
    assert "&".join(f"{name}={value}" for name, value in form.items()) == (
        "area=all&compress=false&startyear=2019&endyear=2019&format=ffcsv&language=de"
        f"&name={TABLE}&quality=on&regionalkey=&job=false"
    )
    assert dict(answer.params) == dict(form)


def test_without_years_the_newest_is_asked(folder):
    with ReplayServer(folder) as server, GenesisClient(server.base_url("regio"), LOGIN, "regio") as client:
        assert client.table(TABLE).kind == "data"
        assert server.requests[-1].form["startyear"] == ""


@pytest.mark.parametrize("code", [104, 50])
def test_nothing_there_is_no_error(folder, code):
    answer = ask(folder, status(code, "nichts da"))
    assert (answer.kind, answer.body, answer.status_code_genesis, answer.message) == ("no_data", b"", code, "nichts da")


def test_a_year_that_is_not_recorded_is_nothing_there(folder):
    with ReplayServer(folder) as server, GenesisClient(server.base_url("regio"), LOGIN, "regio") as client:
        assert (client.table(TABLE, 1999, 1999).kind, client.table(TABLE, 2018, 2018).kind) == ("no_data", "data")


def test_a_table_that_does_not_exist_names_the_dataset_file(folder):
    with pytest.raises(FetchError, match=r"regio_99999_01_01_4: http://127.0.0.1:\d+/regio/.*90.*dataset's file"):
        ask(folder, table="99999-01-01-4")


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (status(-1, "Teil-Fehler"), "status -1: Teil-Fehler.*only in part"),
        (status(0, "erfolgreich"), "status 0.*gave no ZIP"),
        (status(22, "Parameter angepasst"), "status 22: Parameter angepasst.*changed a parameter"),
        (status(98, "zu gross"), "status 98"),
        (status(4711, "Neues"), "status 4711: Neues.*not known here"),
        (status(2, "Passwort", flat=True, http_status=404), "status 2: Passwort.*REGIO_USER and REGIO_PASSWORD"),
        (status(15, "nicht berechtigt", flat=True, http_status=401), "status 15.*REGIO_USER.*Zugangsdaten"),
        (status(15, "nicht berechtigt"), "status 15.*REGIO_USER"),
        (Answer(200, body=b'{"Status":"Sie wurden erfolgreich an- und abgemeldet!","Username":"GAST"}'), "REGIO_USER"),
        (Answer(200, "text/html", b"\n<!DOCTYPE html><title>Wartung</title>"), "HTTP 200, found '<!DOCTYPE.*web page"),
        (Answer(404, "text/html", b"<html>"), "HTTP 404, found '<html>'.*web page"),
        (Answer(200, body=b""), "found an empty body"),
        (Answer(200, body=b'{"Status": {"Code": 0'), "Expected a ZIP or a JSON status"),
        (Answer(200, body=b"statistics_code;value\n1;2\n"), "found 'statistics_code;value 1;2'"),
        (Answer(404, "application/zip", zip_answer(TABLE, 1, ROWS)), "HTTP 404"),
    ],
)
def test_what_is_no_data_says_what_was_found_and_what_to_do(folder, fault, text):
    with pytest.raises(FetchError, match=text) as caught:
        ask(folder, fault, fault)
    assert str(caught.value).startswith("regio_13111_01_03_4: http://127.0.0.1:")
    assert "\n" not in str(caught.value)


def test_too_many_requests_waits_and_asks_again(folder):
    waits: list[float] = []
    assert ask(folder, status(6), status(6), waits=waits, patience=Patience(first=5, factor=2)).kind == "data"
    assert waits == [5, 10]


def test_too_many_requests_for_too_long_is_an_error(folder):
    with pytest.raises(FetchError, match=r"status 6.*try again later"):
        ask(folder, *[status(6)] * 9, patience=Patience(first=60, factor=1, busy=180))


def test_a_big_table_goes_through_a_job(folder):
    waits: list[float] = []
    with ReplayServer(folder, job_polls=2) as server:
        client = GenesisClient(
            server.base_url("destatis"), LOGIN, "destatis", patience=Patience(first=5, factor=2), sleep=waits.append
        )
        answer = client.table(BIG, 2024, 2024)
        asked = [(request.method, request.form.get("job", "")) for request in server.requests]
        polled = server.requests[2].form
        client.close()
    assert answer.kind == "data"
    assert unpacked(answer.body, table=BIG)[1] == ROWS
    assert asked == [
        ("data/tablefile", "false"),
        ("data/tablefile", "true"),
        *[("catalogue/results", "")] * 3,
        ("data/resultfile", ""),
    ]
    assert polled["selection"].startswith(f"{BIG}_")
    assert (polled["area"], polled["pagelength"]) == ("user", "1")
    assert waits == [5, 10, 20]
    assert answer.params["job"] == "true"


def test_a_job_that_is_never_ready_is_given_up(folder):
    waits: list[float] = []
    never = [status(98), status(99, f"Name: {BIG}_175879554"), *[status(104)] * 99]
    with pytest.raises(FetchError, match=rf"job {BIG}_175879554 was not ready after \d+ s.*next night"):
        ask(folder, *never, table=BIG, host="destatis", waits=waits, patience=Patience(first=60, job=1800))
    assert 1800 < sum(waits) <= 1860


@pytest.mark.parametrize("said", ["Der Auftrag wurde erstellt.", "mit Namen 12411-0018_1", f"mit Namen {BIG}_", ""])
def test_a_job_without_its_name_is_an_error(folder, said):
    with pytest.raises(FetchError, match="name is missing"):
        ask(folder, status(98), status(99, said), table=BIG, host="destatis")


def test_a_job_that_fails_is_an_error(folder):
    accepted = status(99, f"{BIG}_1")
    with pytest.raises(FetchError, match="status -1"):
        ask(folder, status(98), accepted, status(-1), table=BIG, host="destatis")
    with pytest.raises(FetchError, match="status 104"):
        ask(folder, status(98), accepted, status(0), status(104), table=BIG, host="destatis")


@pytest.mark.parametrize("login", [("recorded", "wrong"), ("somebody", "recorded"), ("", "")])
def test_a_refused_login_names_the_variables_and_never_the_values(folder, login):
    with pytest.raises(FetchError, match="DESTATIS_USER and DESTATIS_PASSWORD") as caught:
        ask(folder, table=BIG, host="destatis", login=login)
    assert "wrong" not in str(caught.value)
    assert "somebody" not in str(caught.value)


def test_the_login_check_is_not_fooled_by_the_guest(folder):
    with ReplayServer(folder) as server:
        for login, known in ((LOGIN, True), (("", ""), False), (("recorded", "wrong"), False)):
            with GenesisClient(server.base_url("regio"), login, "regio") as client:
                if known:
                    assert "erfolgreich" in client.check_login()
                else:
                    with pytest.raises(FetchError, match="REGIO_USER"):
                        client.check_login()


def test_the_path_counts_with_its_capital_letters(folder):
    with ReplayServer(folder) as server:
        wrong = server.base_url("regio").replace("genesisws", "genesisWS")
        with GenesisClient(wrong, LOGIN, "regio") as client, pytest.raises(FetchError, match=r"HTTP 404.*web page"):
            client.table(TABLE, 2019, 2019)


SECRETS = ("Nutzerin-4711", 'pässwört & "Co" <x>')


def _echoes() -> list[list[Answer]]:
    """Answers of a host that says everything it was sent."""
    user, password = SECRETS
    spoken = f"{user}:{password} "
    plain = spoken.encode()
    return [
        [Answer(404, "text/plain", plain)],
        [Answer(401, "application/json", json.dumps({"Code": 2, "Content": spoken}).encode())],
        [Answer(200, "application/json", json.dumps({"Status": {"Code": 104, "Content": spoken}}).encode())],
        [Answer(200, "application/json", json.dumps({"Status": {"Code": 7, "Content": spoken}}).encode())],
        [Answer(200, "application/json", b'{"broken": ' + json.dumps(spoken).encode())],
        [Answer(200, "text/html", b"<p>" + plain)],
        [Answer(500, "text/plain", plain)] * 2,
        [Answer(429, "text/plain", plain, {"Retry-After": "9999"})],
        [Answer(302, headers={"Location": "https://elsewhere.example/" + user})],
        [Answer(200, "text/plain", plain, cut_after=3)] * 2,
        [Answer(drop=True)] * 2,
        [status(98), status(99, "Auftrag von " + spoken)],
    ]


@pytest.mark.parametrize("answers", _echoes())
def test_no_secret_is_in_any_log_error_or_exception_chain(folder, answers, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        try:
            written = repr(ask(folder, *answers, login=SECRETS))
        except FetchError as problem:
            written = _everything_about(problem)
    _assert_clean(written + caplog.text + "".join(capfd.readouterr()))


def test_a_password_with_umlauts_arrives_as_utf_8(folder, monkeypatch):
    seen = tuple(secret.encode("utf-8").decode("latin-1") for secret in SECRETS)
    monkeypatch.setattr("integrationsmonitor.replay.server.RECORDED_CREDENTIALS", seen)
    assert ask(folder, login=SECRETS).kind == "data"


@pytest.mark.parametrize("login", [("user\r\nX-Other: 1", SECRETS[1]), (SECRETS[0], SECRETS[1] + "\n"), ("u\x00", "p")])
def test_a_credential_that_is_no_header_is_refused_without_showing_it(folder, login, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(FetchError, match="line break, control character") as caught:
        ask(folder, login=login)
    _assert_clean(_everything_about(caught.value) + caplog.text)


def test_no_secret_is_in_the_error_of_a_host_that_is_not_there(caplog):
    client = GenesisClient("http://127.0.0.1:9/x/", SECRETS, "regio", sleep=lambda _: None)
    with client, caplog.at_level(logging.DEBUG), pytest.raises(FetchError) as caught:
        client.table(TABLE, 2019, 2019)
    _assert_clean(_everything_about(caught.value) + caplog.text)


def _everything_about(problem: BaseException) -> str:
    """Text, arguments and, of our own frames, the local variables of an exception and of all that led to it."""
    text, link = [], problem
    while link is not None:
        text += [str(link), repr(link), repr(link.args), repr(vars(link))]
        for frame in traceback.TracebackException.from_exception(link, capture_locals=True).stack:
            if "/tests/" not in frame.filename:
                text.append(repr(frame.locals))
        link = link.__cause__ or link.__context__
    return "\n".join(text)


def _assert_clean(text: str) -> None:
    assert text
    for secret in SECRETS:
        forms = [secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], repr(secret.encode())[2:-1]]
        forms += [base64.b64encode(secret.encode()).decode(), secret.split(" ")[0]]
        for form in forms:
            assert form not in text


# the body decides


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_body_gets_a_verdict(body):
    assert read_body(body).kind in ("zip", "status", "html", "empty", "other")


@given(st.integers(-1, 200), st.text(max_size=40), st.booleans(), st.sampled_from([b"", b"\xef\xbb\xbf", b" \n"]))
def test_a_status_is_read_in_both_shapes(code, text, flat, before):
    verdict = read_body(before + status(code, text, flat).body)
    assert (verdict.kind, verdict.code, verdict.text) == ("status", code, " ".join(text.split()))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Status", "Code", "Content"]), inner),
    max_leaves=8,
)


@given(json_values)
def test_json_of_any_shape_gets_a_verdict(value):
    assert read_body(json.dumps({"Status": value}).encode()).kind in ("status", "other")
    assert read_body(json.dumps(value).encode()).kind in ("status", "other")


@pytest.mark.skipif(not API.is_dir(), reason="the folder ../shared/data with real answers is not here")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("tablefile_12531-0043_status98_toobig", 98),
        ("tablefile_12531-0043_job_status99_accepted", 99),
        ("results_12531-0043_status104_pending", 104),
        ("results_12531-0043_status0_ready", 0),
        ("error_bad_credentials_tablefile", 2),
        ("error_guest_metadata_table", 15),
    ],
)
def test_real_bodies_are_read(name, code):
    verdict = read_body((API / f"{name}.json").read_bytes())
    assert (verdict.kind, verdict.code) == ("status", code)


# the ZIP


def unpacked(body: bytes, limits: Limits | None = None, **more: str) -> tuple[str, bytes]:
    member = open_member(body, limits, **more)
    with member.open() as file:
        return member.name, file.read()


def hash_of(data: bytes) -> str:
    return content_sha256(io.BytesIO(data))


def damaged(body: bytes, **more: object) -> ContractError:
    with pytest.raises(ContractError) as caught:
        open_member(body, **more)  # type: ignore[arg-type]
    return caught.value


def make_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


NAME = f"{TABLE}_1607898166000_de_flat.csv"


@given(st.binary(max_size=4000), st.integers(10**9, 10**13))
def test_what_is_packed_is_unpacked(content, epoch):
    body = zip_answer(TABLE, epoch, content)
    assert unpacked(body, table=TABLE) == (f"{TABLE}_{epoch}_de_flat.csv", content)
    assert body == zip_answer(TABLE, epoch, content)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (make_zip(), "exactly one member, found 0"),
        (make_zip((NAME, b"a"), (NAME.replace("13111", "13112"), b"b")), "exactly one member, found 2"),
        (make_zip(("../" + NAME, b"a")), "a name like"),
        (make_zip(("/etc/" + NAME, b"a")), "a name like"),
        (make_zip(("x/" + NAME, b"a")), "a name like"),
        (make_zip((NAME + "\x01.exe", b"a")).replace(b"\x01.exe", b"\x00.exe"), "a name like"),
        (make_zip((f"{TABLE}_de.csv", b"a")), "a name like"),
        (make_zip((NAME, b"a"), method=zipfile.ZIP_BZIP2), "stored or deflated"),
        (make_zip((NAME.replace("13111", "13112"), b"a")), "table 13111-01-03-4, found 13112-01-03-4"),
        (b"", "a whole ZIP"),
        (b"PK\x03\x04", "a whole ZIP"),
        (b"<html>", "a whole ZIP"),
    ],
)
def test_what_is_no_answer_is_refused(body, text):
    assert text in str(damaged(body, table=TABLE, dataset_id="regio_x", filename="answer.zip"))


def test_bombs_are_refused():
    bomb = zip_answer(TABLE, 1_607_898_166_000, b"0" * 20_000_000)
    assert "bomb" in str(damaged(bomb))
    assert "at most 1,000 bytes" in str(damaged(bomb, limits=Limits(max_bytes=1000)))
    assert len(unpacked(bomb, Limits(max_ratio=2000))[1]) == 20_000_000


def test_a_bomb_that_lies_about_its_size_is_refused():
    honest = zip_answer(TABLE, 1_607_898_166_000, b"0" * 20_000_000)
    lie = honest.replace((20_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lie != honest
    assert "a whole ZIP" in str(damaged(lie))


@given(st.integers(0, 400))
def test_a_cut_zip_is_refused(keep):
    body = zip_answer(TABLE, 1_607_898_166_000, ROWS * 5)
    damaged(body[: min(keep, len(body) - 1)])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=4))
def test_damage_is_refused_or_harmless(flips):
    content = b"".join(b"%d;%d\n" % (i, i * i) for i in range(300))
    body = bytearray(zip_answer(TABLE, 1_607_898_166_000, content))
    for position, change in flips:
        body[position % len(body)] ^= change
    with suppress(ContractError):
        assert unpacked(bytes(body), table=TABLE)[1] == content


@given(st.lists(st.text(string.ascii_letters + ";,-.ä", max_size=9).map(str.encode)), st.randoms(), st.booleans())
def test_the_content_hash_knows_no_order(lines, shuffle: random.Random, crlf):
    lines = [b"x", *lines]
    end = b"\r\n" if crlf else b"\n"
    shuffled = list(lines)
    shuffle.shuffle(shuffled)
    expected = hash_of(b"\n".join(lines) + b"\n")
    assert hash_of(b"\xef\xbb\xbf" + end.join(shuffled) + end) == expected
    assert hash_of(end.join(shuffled) + end) == expected
    assert hash_of(b"\n".join([*lines, b"x"]) + b"\n") != expected
    assert hash_of(b"\n".join(lines[1:]) + b"\n") != expected


@given(st.integers(10**9, 10**13))
def test_the_epoch_stands_in_the_name(epoch):
    moment = epoch_of(f"{TABLE}_{epoch}_de_flat.csv")
    assert moment.tzinfo is UTC
    assert moment.timestamp() == pytest.approx(epoch / 1000)


@pytest.mark.parametrize("name", ["", "x.csv", f"{TABLE}_12_de_flat.csv", f"a/{NAME}", f"{NAME}\n"])
def test_another_name_has_no_epoch(name):
    with pytest.raises(ValueError, match="is not named"):
        epoch_of(name)


@pytest.mark.skipif(not API.is_dir(), reason="the folder ../shared/data with real answers is not here")
def test_a_real_answer_is_opened():
    body = (API / "12411-01-01-4_1773175772751_de_flat.zip").read_bytes()
    name, content = unpacked(body, table="12411-01-01-4")
    assert content == (API.parent / name).read_bytes()
    assert epoch_of(name) == datetime(2026, 3, 10, 20, 49, 32, 751000, tzinfo=UTC)
