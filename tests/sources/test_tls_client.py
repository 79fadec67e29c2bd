"""Asking the TLS for a web table: the link as an operator copied it, year by year where it says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fake_host import BASE, FakeHost

from integrationsmonitor.archive import History
from integrationsmonitor.errors import ConfigError, FetchError
from integrationsmonitor.http import HttpClient
from integrationsmonitor.sources import tls_client
from integrationsmonitor.sources.fetched import Fetched
from wire import catalog

DATASET = catalog().datasets["tls_kr000108"]
LINK = "datenbank/TabAnzeige.asp?tabelle=kr000108||Bevölkerung nach Kreisen&zeit=2023||s1&csv=%20"


@pytest.fixture(autouse=True)
def _november(monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")


def ask(http: Any, base_url: str = BASE, **source: Any) -> list[Fetched]:
    dataset = replace(DATASET, source={**DATASET.source, **source})
    return list(tls_client.fetch(dataset, catalog(), base_url, http, History()))


def test_a_link_without_a_year_is_asked_once_for_all_times():
    host = FakeHost(lambda page: b"Erfurt;1010")
    (answer,) = ask(host, link="a.asp?b=c")
    assert (answer.slot, answer.scope_from, answer.scope_to) == ("all", "1900-01-01", "9999-12-31")
    assert (answer.filename, answer.body, answer.url) == ("kr000108.csv", b"Erfurt;1010", f"{BASE}a.asp?b=c")
    assert answer.request == {}


def test_the_year_in_the_link_stands_for_each_year_up_to_now():
    host = FakeHost(lambda page: 404 if "2026" in page else page.encode())
    answers = ask(host, link="a.asp?zeit={year}||s1&jahr={year}", start_year=2024)
    assert host.asked == [f"a.asp?zeit={year}%7C%7Cs1&jahr={year}" for year in (2024, 2025, 2026)]
    assert [(a.slot, a.scope_from, a.scope_to, a.filename) for a in answers[:2]] == [
        ("2024", "2024-01-01", "2024-12-31", "kr000108_2024.csv"),
        ("2025", "2025-01-01", "2025-12-31", "kr000108_2025.csv"),
    ]
    assert [bool(answer.body) for answer in answers] == [True, True, False]
    assert answers[0].request == {"year": "2024"}


def test_a_host_that_passes_over_the_year_is_found_where_only_the_link_tells_it():
    link = {"link": "a.asp?zeit={year}", "start_year": 2024}
    with pytest.raises(FetchError, match="the very answer for 2024 again"):
        ask(FakeHost(lambda page: b"Erfurt;1010"), time={"in": "link"}, **link)
    assert len(ask(FakeHost(lambda page: b"Erfurt;1010"), **link)) == 3  # the reader finds the year in the title
    assert len(ask(FakeHost(lambda page: 404), time={"in": "link"}, **link)) == 3


@pytest.mark.parametrize(
    ("body", "ending"), [(b"PK\x03\x04", "xlsx"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"), (b"<html>", "csv")]
)
def test_the_file_is_named_after_its_bytes(body, ending):
    assert ask(FakeHost(lambda page: body), link="x")[0].filename == f"kr000108.{ending}"


def test_without_a_link_the_operator_is_told_what_to_do():
    with pytest.raises(ConfigError, match=r"tls_kr000108\.yml: source\.link is empty; open the table kr000108"):
        ask(FakeHost(lambda page: b""))


def test_a_host_that_fails_is_no_missing_year():
    with pytest.raises(FetchError, match="HTTP 403"):
        ask(FakeHost(lambda page: 403), link="x")


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A real server on loopback, and the addresses that it was asked for."""
    pages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Erfurt;1010")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        worker.start()
        yield f"http://127.0.0.1:{server.server_port}/", pages
        server.shutdown()
        worker.join()


def test_a_copied_link_arrives_as_it_was_copied_umlauts_and_bars_encoded(asked):
    base_url, pages = asked
    with HttpClient() as http:
        ask(http, base_url, link=LINK)
    assert pages == [
        "/datenbank/TabAnzeige.asp?tabelle=kr000108%7C%7CBev%C3%B6lkerung%20nach%20Kreisen&zeit=2023%7C%7Cs1&csv=%20"
    ]
