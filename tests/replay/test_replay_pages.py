"""Hosts without log-in in the recorded source: an address gives what was recorded of it, and nothing near it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.replay import RecordingStore, ReplayServer
from integrationsmonitor.replay.store import add_pages

MAY, JUNE = 1_780_000_000_000, 1_782_600_000_000  # 28 May and 27 June 2026
TARGET = "pc/v1/tableFetch/dia/EckwerteTabelleBST?Kreis AO=Erfurt, Stadt&x=1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReplayServer]:
    """One page of the API in two states."""
    pages = [("ba_api", TARGET, moment, "application/json", ["d"], b"[%d]" % moment) for moment in (MAY, JUNE)]
    with ReplayServer(add_pages(tmp_path, pages)) as host:
        yield host


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, b""


@pytest.mark.parametrize("query", ["Kreis%20AO=Erfurt%2C%20Stadt&x=1", "x=1&Kreis+AO=Erfurt%2c+Stadt"])
def test_an_address_may_be_escaped_in_any_way(server, query):
    asked = server.base_url("ba_api") + "pc/v1/tableFetch/dia/EckwerteTabelleBST?" + query
    assert _get(asked) == (200, b"[%d]" % JUNE)
    assert server.requests[-1].host == "ba_api"


def test_what_was_not_yet_recorded_is_not_found(server):
    query = "pc/v1/tableFetch/dia/EckwerteTabelleBST?Kreis%20AO=Erfurt%2C%20Stadt&x=1"
    assert _get(server.base_url("ba_api", date(2026, 6, 1)) + query) == (200, b"[%d]" % MAY)
    assert _get(server.base_url("ba_api", date(2026, 5, 1)) + query) == (404, b"")


@pytest.mark.parametrize(
    ("host", "query"),
    [
        ("ba_api", "pc/v1/tableFetch/dia/EckwerteTabelleBST?Kreis%20AO=Gotha&x=1"),
        ("ba_api", "pc/v1/tableFetch/dia/EckwerteTabelleBST"),
        ("ba_api", "ct/v1/tableFetch/csv/EckwerteTabelleBST?Kreis%20AO=Erfurt%2C%20Stadt&x=1"),
        ("ba", "pc/v1/tableFetch/dia/EckwerteTabelleBST?Kreis%20AO=Erfurt%2C%20Stadt&x=1"),
    ],
)
def test_another_region_table_or_host_is_not_answered_with_something_near(server, host, query):
    assert _get(server.base_url(host) + query) == (404, b"")


def test_datasets_say_of_which_of_them_anything_is_recorded(server):
    assert (server.has_pages("d"), server.has_pages("e")) == (True, False)
    assert (server.has_pages("d", date(2026, 6, 1)), server.has_pages("d", date(2026, 5, 1))) == (True, False)


def test_the_shipped_recordings_hold_no_pages(project_recordings=Path(__file__).parents[2] / "recordings"):
    assert RecordingStore(project_recordings).pages == ()


def test_a_page_without_its_keys_names_itself(tmp_path):
    add_pages(tmp_path, [("ba", "x", MAY, "text/html", ["d"], b"x")])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest["pages"][0]["host"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ConfigError, match=r"pages\[0\]: KeyError 'host'"):
        RecordingStore(tmp_path)
