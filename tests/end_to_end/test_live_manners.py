"""A night as the live hosts see it: one request at a time, each with the account, and nothing asked twice for nothing.

The recorded source stands in for the hosts; the settings are those of a live night but for the addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrationsmonitor import archive, night
from integrationsmonitor.replay import ReplayServer
from integrationsmonitor.settings import RECORDED_CREDENTIALS, Settings
from night_support import NOW, PROJECT, SMALL, small_catalog

BIG = "destatis_12531_0043"


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    """A host that takes its time and refuses a second request while it answers one."""
    with ReplayServer(PROJECT / "recordings", latency=0.002, max_parallel=1) as host:
        yield host


@pytest.fixture
def live(server: ReplayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a live night with four datasets of two hosts, one of which makes jobs."""
    monkeypatch.setenv("MONITOR_NOW", NOW)
    user, password = RECORDED_CREDENTIALS
    accounts = {
        f"{host}_{what}": value
        for host in ("REGIO", "DESTATIS")
        for what, value in (("USER", user), ("PASSWORD", password))
    }
    environment = {
        "MONITOR_SOURCE": "live",
        "MONITOR_HOME": str(tmp_path / "home"),
        "MONITOR_CATALOG": str(small_catalog(tmp_path / "catalog", (*SMALL, BIG))),
        "MONITOR_PROJECT": str(PROJECT),
        **accounts,
    }
    return replace(
        Settings.from_env(environment), base_urls={host: server.base_url(host) for host in ("regio", "destatis")}
    )


def test_two_loads_at_a_time_are_one_request_at_a_time(live, server):
    night.load_all(live, night.plan(live))
    assert (server.most_parallel, server.violations) == ({"regio": 1, "destatis": 1}, 0)
    assert all(request.right_credentials for request in server.requests)
    for dataset_id in (*SMALL, BIG):
        past = archive.history(live, dataset_id)
        assert past.accepted, dataset_id
        assert past.rejection is None, dataset_id


def test_the_next_night_asks_each_dataset_once_and_builds_nothing(live, server, monkeypatch):
    night.load_all(live, night.plan(live))
    server.requests.clear()
    monkeypatch.setenv("MONITOR_NOW", "2026-11-23T02:15:00+01:00")
    night.load_all(live, night.plan(live))
    assert [request.method for request in server.requests] == ["catalogue/modifieddata"] * 4
    assert {request.form["date"] for request in server.requests} == {"21.11.2026"}


def test_what_the_hosts_gave_is_not_marked_as_recorded(live):
    night.load(live, BIG)
    (accepted,) = archive.history(live, BIG).accepted
    assert accepted.answer.known_from_quality == "source_stand"
    assert (live.home / "source-mode").read_text() == "live\n"
    assert "password" not in str(accepted.answer.request)


def test_another_error_than_a_refusal_ends_the_loading_and_is_told(live, monkeypatch):
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "put_raw", full)
    with pytest.raises(OSError, match="No space left"):
        night.load_all(live, night.plan(live))
    assert not any(archive.history(live, dataset_id).accepted for dataset_id in (*SMALL, BIG))
