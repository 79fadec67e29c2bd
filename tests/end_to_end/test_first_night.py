"""The rehearsal of a first live night: every source is asked once, judged, and nothing but the report is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from integrationsmonitor import night
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.settings import RECORDED_CREDENTIALS, Settings
from night_support import NOW, PROJECT, SMALL, Night, edit_yaml, small_catalog

RATE = "regio_12511_04_01_4"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A live night's settings; the home does not exist."""
    monkeypatch.setenv("MONITOR_NOW", NOW)
    user, password = RECORDED_CREDENTIALS
    return {
        "MONITOR_SOURCE": "live",
        "MONITOR_HOME": str(tmp_path / "home"),
        "MONITOR_CATALOG": str(small_catalog(tmp_path / "catalog")),
        "MONITOR_PROJECT": str(PROJECT),
        **{f"{host}_USER": user for host in ("REGIO", "DESTATIS")},
        **{f"{host}_PASSWORD": password for host in ("REGIO", "DESTATIS")},
    }


def _findings(environment: dict[str, str], faults=None) -> tuple[dict[str, night.Finding], list[Request]]:
    with ReplayServer(PROJECT / "recordings", faults=faults) as server:
        urls = {host: server.base_url(host) for host in ("regio", "destatis")}
        settings = replace(Settings.from_env(environment), base_urls=urls)
        found = {finding.dataset_id: finding for finding in night.first_night(settings)}
        return found, list(server.requests)


def test_each_table_is_asked_for_its_newest_year_and_nothing_is_written(environment):
    found, requests = _findings(environment)
    assert {name: (finding.contract, finding.newest_period) for name, finding in found.items()} == {
        "regio_12411_01_01_4": ("held", "2025-12-31"),
        "regio_12411_03_03_4": ("held", "2022-12-31"),
        RATE: ("held", "2024-12-31"),
    }
    assert [request.method for request in requests].count("data/tablefile") == len(SMALL)
    assert not Path(environment["MONITOR_HOME"]).exists()


def test_a_live_answer_settles_what_was_open(environment):
    found, _ = _findings(environment)
    assert any("unproven" in point for point in found["regio_12411_03_03_4"].settled)
    assert found["regio_12411_01_01_4"].settled[-1].startswith("regio: the list of changes")


def test_a_broken_contract_and_an_absent_host_are_told_apart_and_cost_nobody_else(environment):
    def fault(request: Request) -> Answer | None:
        if request.form.get("name") == "12511-04-01-4" and request.method == "data/tablefile":
            return Answer(200, "text/html", b"<html>Wartung</html>")
        if request.form.get("name") == "12411-01-01-4" and request.method == "data/tablefile":
            return Answer(200, "application/zip", b"PK\x03\x04 and no more")
        return None

    found, _ = _findings(environment, fault)
    assert [found[name].contract for name in sorted(found)] == ["broken", "held", "not reachable"]
    assert "a whole ZIP file" in found["regio_12411_01_01_4"].problem
    assert "This is a web page: maintenance" in found[RATE].problem


def test_what_is_switched_off_is_asked_too_and_can_be_switched_on(environment):
    why = "Niemand hat diese Tabelle je gesehen."
    file = Path(environment["MONITOR_CATALOG"]) / "datasets" / f"{RATE}.yml"
    edit_yaml(file, lambda raw: raw.update(off_de=why))
    found, _ = _findings(environment)
    assert (found[RATE].off, found[RATE].contract) == (True, "held")
    assert any(why in point and "off_de" in point for point in found[RATE].settled)


def test_the_command_prints_a_report_and_writes_it_where_asked(tmp_path):
    place = Night(tmp_path / "home").with_(catalog=small_catalog(tmp_path / "catalog"))
    told = place.monitor("first-night", "--output", str(tmp_path / "report.md"))
    assert (told.code, (tmp_path / "report.md").read_text()) == (0, told.out)
    assert "settle nothing about the live hosts" in told.out
    assert "- settled" not in told.out
    assert f"## {RATE}: held" in told.out
    assert not (tmp_path / "home").exists()
    (only,) = place.monitor("first-night", RATE, "--json").json
    assert only["dataset_id"] == RATE


def test_an_id_that_is_none_is_named(environment):
    settings = Settings.from_env(environment)
    with pytest.raises(ConfigError, match="no dataset 'regio_0'"):
        list(night.first_night(settings, ["regio_0"]))


def test_a_dataset_that_is_off_is_not_loaded_and_says_why(tmp_path):
    catalog = small_catalog(tmp_path / "catalog")
    edit_yaml(catalog / "datasets" / f"{RATE}.yml", lambda raw: raw.update(off_de="Wartet auf den Link des Amts."))
    place = Night(tmp_path / "home").with_(catalog=catalog)
    assert RATE not in night.plan(place.settings)
    told = place.monitor("load", RATE)
    assert told.code == 1
    assert "Wartet auf den Link" in told.err
    states = {item["dataset_id"]: item["state"] for item in place.monitor("status", "--json").json["datasets"]}
    assert states[RATE] == "off"
