"""The HTTP layer against a loopback server that fails on purpose; nobody sleeps: waits are recorded instead."""

from __future__ import annotations

import html
import json
import socket
import string
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrationsmonitor import http
from integrationsmonitor.errors import FetchError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.http_rules import Failure, is_loopback
from integrationsmonitor.redact import SecretHeaders
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import pack

OK = Answer(200, "text/plain", b"fine", {"ETag": '"7"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "X": "no"})


class Script:
    """Gives the answers of a list one after the other, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = list(answers), list[Request]()

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return pack(tmp_path, [])


@pytest.fixture
def waits() -> list[float]:
    return []


def ask(
    folder: Path, script: Script, waits: list[float], policy: Policy | None = None, **more: object
) -> http.Response:
    with (
        ReplayServer(folder, faults=script) as server,
        HttpClient(policy or Policy(), sleep=waits.append) as client,
    ):
        return client.fetch(server.base_url("regio") + "page", dataset_id="a_dataset", **more)  # type: ignore[arg-type]


def test_an_answer_comes_with_its_validators_and_our_clock(folder, waits, monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-03-04T05:06:07+00:00")
    answer = ask(folder, Script(OK), waits)
    assert (answer.status, answer.content_type, answer.body) == (200, "text/plain", b"fine")
    assert set(answer.headers) == {"etag", "last-modified", "date"}
    assert answer.retrieved_at.isoformat() == "2026-03-04T05:06:07+00:00"
    assert waits == []


def test_a_form_is_posted_in_its_order_and_umlauts_name_their_charset(folder, waits):
    script = Script(OK)
    ask(folder, script, waits, form={"b": "1", "a": "Köln & Gera", "c": ""})
    assert (script.asked[0].verb, list(script.asked[0].form.items())) == (
        "POST",
        [("b", "1"), ("a", "Köln & Gera"), ("c", "")],
    )


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(folder, waits, status):
    script = Script(Answer(status), Answer(status), OK)
    assert ask(folder, script, waits).body == b"fine"
    assert len(script.asked) == 3
    assert 1 <= waits[0] <= 2 <= waits[1] <= 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_will_not_pass_is_asked_once(folder, waits, status):
    script = Script(Answer(status, "text/plain", b"no  such\npage"))
    with pytest.raises(FetchError, match=f"a_dataset: .*: HTTP {status}, found 'no such page'"):
        ask(folder, script, waits)
    assert (len(script.asked), waits) == (1, [])


def test_a_status_that_the_caller_accepts_comes_back(folder, waits):
    assert ask(folder, Script(Answer(304)), waits, accept=(200, 304)).status == 304
    assert ask(folder, Script(Answer(404, body=b"{}")), waits, accept=range(200, 500)).body == b"{}"


def test_after_the_last_attempt_the_error_says_what_was_found(folder, waits):
    script = Script(Answer(503, "text/html", b"<h1>Wartung</h1>"))
    with pytest.raises(FetchError, match=r"HTTP 503, found '<h1>Wartung</h1>' \(3 attempts\)"):
        ask(folder, script, waits)
    assert len(script.asked) == 3


def test_retry_after_is_honoured(folder, waits):
    ask(folder, Script(Answer(429, headers={"Retry-After": "77"}), OK), waits)
    assert waits == [77]


def test_retry_after_may_be_a_date(folder, waits, monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-03-04T05:00:00+00:00")
    ask(folder, Script(Answer(503, headers={"Retry-After": "Wed, 04 Mar 2026 05:01:00 GMT"}), OK), waits)
    assert waits == [60]


@pytest.mark.parametrize("asked", ["soon", "-5", "Wed, 99 Mar 2026 05:01:00 GMT", ""])
def test_a_retry_after_that_says_nothing_is_no_wait(folder, waits, asked):
    ask(folder, Script(Answer(503, headers={"Retry-After": asked}), OK), waits)
    assert 1 <= waits[0] <= 2


def test_a_host_that_asks_for_an_hour_is_left_alone(folder, waits):
    script = Script(Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(FetchError, match="left alone for 3600 s"):
        ask(folder, script, waits)
    assert (len(script.asked), waits) == (1, [])


@pytest.mark.parametrize("fault", [Answer(drop=True), Answer(200, "text/plain", b"half of it", cut_after=4)])
def test_a_broken_connection_is_tried_again(folder, waits, fault):
    assert ask(folder, Script(fault, OK), waits).body == b"fine"
    assert len(waits) == 1
    with pytest.raises(FetchError, match="connection failed"):
        ask(folder, Script(fault), waits)


def test_nobody_listens(waits):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with HttpClient(sleep=waits.append) as client, pytest.raises(FetchError, match="connection failed") as caught:
            client.fetch(url, dataset_id="a_dataset")
    assert len(waits) == 2
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_stalled_host_is_a_time_out(folder, waits):
    until_the_end = threading.Event()

    def stalled(request: Request) -> Answer:
        until_the_end.wait(20)
        return OK

    policy = Policy(read_seconds=0.05, attempts=2)
    with ReplayServer(folder, faults=stalled) as server, HttpClient(policy, sleep=waits.append) as client:
        with pytest.raises(FetchError, match=r"no answer in time \(ReadTimeout\) \(2 attempts\)"):
            client.fetch(server.base_url("regio"), dataset_id="a_dataset")
        until_the_end.set()
    assert len(waits) == 1


def test_a_body_that_never_ends_is_given_up(folder, waits):
    with pytest.raises(FetchError, match="not complete after 0 s"):
        ask(folder, Script(OK), waits, Policy(total_seconds=0, attempts=1))


def test_a_body_over_the_limit_is_refused_and_not_asked_for_again(folder, waits):
    script = Script(Answer(200, "text/plain", b"x" * 5000))
    with pytest.raises(FetchError, match="larger than 4,999 bytes"):
        ask(folder, script, waits, Policy(max_bytes=4999))
    assert len(script.asked) == 1
    assert len(ask(folder, script, waits, Policy(max_bytes=5000)).body) == 5000


def test_a_body_that_unpacks_over_the_limit_is_refused_while_reading(folder, waits):
    import gzip

    packed = Answer(200, "text/plain", gzip.compress(b"x" * 2_000_000), {"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="larger than 100,000 bytes"):
        ask(folder, Script(packed), waits, Policy(max_bytes=100_000))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://www.regionalstatistik.de/", "plain http is refused"),
        ("http://10.0.0.1/", "plain http is refused"),
        ("http://127.0.0.1.example.org/", "plain http is refused"),
        ("https://user:pass@www.regionalstatistik.de/", "holds a login"),
        ("ftp://127.0.0.1/", "no http"),
        ("file:///etc/passwd", "no http"),
        ("https:///path", "no http"),
    ],
)
def test_what_is_never_sent(url, problem):
    with HttpClient() as client, pytest.raises(FetchError, match=problem) as caught:
        client.fetch(url, dataset_id="a_dataset")
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(folder, waits, status):
    script = Script(Answer(status, headers={"Location": "https://elsewhere.example/x?token=1"}))
    with pytest.raises(FetchError, match=r"redirect to https://elsewhere.example/x, which is not followed"):
        ask(folder, script, waits)
    assert len(script.asked) == 1


def test_a_redirect_within_the_host_is_followed_for_get_and_for_a_kept_post(folder, waits):
    there = {"Location": "other"}
    assert ask(folder, Script(Answer(302, headers=there), OK), waits).body == b"fine"
    kept = Script(Answer(307, headers=there), OK)
    ask(folder, kept, waits, form={"a": "b"})
    assert [(r.verb, r.form) for r in kept.asked] == [("POST", {"a": "b"})] * 2
    with pytest.raises(FetchError, match="not followed"):
        ask(folder, Script(Answer(302, headers=there), OK), waits, form={"a": "b"})


def test_redirects_in_a_circle_end(folder, waits):
    script = Script(Answer(302, headers={"Location": "page"}))
    with pytest.raises(FetchError, match="not followed"):
        ask(folder, script, waits)
    assert len(script.asked) == 4


def test_what_is_known_is_asked_for_on_condition_and_need_not_come_again(folder, waits):
    script = Script(OK, Answer(304))
    first = ask(folder, script, waits)
    again = ask(folder, script, waits, known=first.headers)
    assert [request.conditions for request in script.asked] == [
        {},
        {"If-None-Match": '"7"', "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ]
    assert (again.status, again.body) == (304, b"")


def test_what_has_changed_comes_whole(folder, waits):
    again = ask(folder, Script(OK), waits, known={"etag": '"6"'})
    assert (again.status, again.body) == (200, b"fine")


def test_a_form_is_never_asked_for_on_condition(folder, waits):
    script = Script(OK)
    ask(folder, script, waits, form={"name": "x"}, known={"etag": '"7"'})
    assert script.asked[0].conditions == {}


def test_nothing_changed_is_no_answer_to_whoever_knows_nothing(folder, waits):
    with pytest.raises(FetchError, match="HTTP 304"):
        ask(folder, Script(Answer(304)), waits)


def test_requests_to_one_host_never_overlap(folder):
    with (
        ReplayServer(folder, faults=Script(OK)) as server,
        HttpClient() as client,
        ThreadPoolExecutor(8) as pool,
    ):
        url = server.base_url("regio")
        list(pool.map(lambda _: client.fetch(url, dataset_id="a_dataset"), range(40)))
        assert server.most_parallel == {"regio": 1}


def test_between_requests_to_a_real_host_lies_a_pause(folder, waits, monkeypatch):
    monkeypatch.setattr(http, "is_loopback", lambda url: url.startswith("http://127"))
    with ReplayServer(folder, faults=Script(OK, OK, OK)) as server, HttpClient(Policy(), sleep=waits.append) as client:
        url = server.base_url("regio")
        client.fetch(url, dataset_id="a_dataset")
        client.fetch(url, dataset_id="a_dataset")
        assert waits == []
        monkeypatch.setattr(http, "refusal", lambda call: None)
        monkeypatch.setattr(http, "is_loopback", lambda url: False)
        client.fetch(url, dataset_id="a_dataset")
    assert len(waits) == 1
    assert 0.5 < waits[0] <= 1


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(folder, waits, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(folder, Script(OK), waits).body == b"fine"


def test_secrets_travel_as_headers_and_print_as_stars(folder, waits):
    secrets = SecretHeaders({"username": "recorded", "password": "recorded"})
    script = Script(OK)
    ask(folder, script, waits, secrets=secrets)
    assert script.asked[0].right_credentials
    assert repr(secrets) == "SecretHeaders(username=***, password=***)"


@given(st.text(min_size=1).filter(lambda text: "*" not in text), st.text(), st.text())
def test_no_text_keeps_a_secret(secret, before, after):
    assert secret not in SecretHeaders({"password": secret}).redact(before + secret + after)


@given(st.text(min_size=4).filter(lambda text: "*" not in text), st.sampled_from(["url", "json", "html"]))
@example("000&", "html")
@example("a\\", "json")
def test_no_text_keeps_a_secret_in_other_clothes(secret, clothes):
    shown = {"url": quote(secret, safe=""), "json": json.dumps(secret)[1:-1], "html": html.escape(secret)}[clothes]
    assert SecretHeaders({"password": secret}).redact(f"<{shown}>") == "<***>"


@given(st.text(string.ascii_letters + string.digits, min_size=5), st.text(), st.text())
def test_what_was_found_is_one_short_line_without_secrets(secret, before, after):
    text = SecretHeaders({"password": secret}).found((before + secret + after).encode("utf-8", "replace"))
    assert secret not in text
    assert text.isprintable()
    assert len(text) <= 2 * 80 + 2


@given(st.integers(1, 12), st.floats(0, 300))
def test_waits_grow_to_a_limit_and_never_undercut_the_host(attempt, asked):
    from types import SimpleNamespace

    failure = Failure("p", "h", transient=True, retry_after=asked)
    state = SimpleNamespace(attempt_number=attempt, outcome=SimpleNamespace(result=lambda: failure))
    wait = HttpClient()._wait(state)  # type: ignore[arg-type]
    longest = min(2.0 * 2 ** (attempt - 1), 60)
    assert max(asked, longest / 2) <= wait <= max(asked, longest)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://127.9.9.9/", True),
        ("http://localhost.example/", False),
        ("https://www.regionalstatistik.de/", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_this_machine_only(url, loopback):
    assert is_loopback(url) is loopback


def test_the_import_is_light():
    code = "import sys, integrationsmonitor.http, integrationsmonitor.replay; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"httpx", "tenacity", "pandas", "pyarrow", "numpy", "airflow"} & set(loaded)
