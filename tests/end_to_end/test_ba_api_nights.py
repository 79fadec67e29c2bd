"""Nights with the BA statistics API: what is asked, what is kept when a new month comes, what a person is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from ba_api_wire import MONTHS, Fig, dataset, entry, json_bytes, kreise, parts, region_list, rows, spelled, unemployed
from integrationsmonitor import archive, landing, night
from integrationsmonitor.errors import ContractError, FetchError, JumpError
from integrationsmonitor.night import asking_open
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import add_pages, pack
from integrationsmonitor.settings import Settings
from integrationsmonitor.sources import ba_regions
from night_support import PROJECT, edit_yaml, small_catalog

ALO = dataset("ba_api_alo")
NOVEMBER = ("2026-11", "2026-10", "2025-11")


@dataclass
class Host:
    """Both hosts of the BA with today's figures, a home, and the requests of a night."""

    environment: dict[str, str]
    recordings: Path
    figures: list[Fig] = field(default_factory=unemployed)
    spoil: Callable[[Request], Answer | None] = lambda _: None

    def answer(self, request: Request) -> Answer:
        if spoiled := self.spoil(request):
            return spoiled
        if request.host == "ba":
            return Answer(200, "application/javascript", region_list(*(entry(key) for key in kreise())))
        asked = [value for _, value in parse_qsl(request.query)] or [""]
        mine = [fig for fig in self.figures if spelled(fig.region) == asked[0]]
        return Answer(200, "application/json", json_bytes(rows(ALO, mine)))

    @contextmanager
    def settings(self) -> Iterator[tuple[Settings, ReplayServer]]:
        with ReplayServer(self.recordings, faults=self.answer) as server:
            urls = {host: server.base_url(host) for host in ("ba_api", "ba")}
            yield replace(Settings.from_env(self.environment), base_urls=urls), server

    def load(self) -> tuple[dict[str, object], list[Request]]:
        with self.settings() as (settings, server):
            return night.load(settings, "ba_api_alo"), list(server.requests)

    def periods(self) -> set[str]:
        """The months of all landed figures."""
        with self.settings() as (settings, _):
            past = archive.history(settings, "ba_api_alo")
            tables = [
                landing.read(landing.path_of(settings, "ba_api_alo", item.answer.raw_sha256, past.current_parse))
                for item in past.accepted
            ]
        return {f"{day:%Y-%m}" for table in tables if table is not None for day in table["period_end"].to_pylist()}


def wild_in_october(figures: list[Fig]) -> list[Fig]:
    """3,000 unemployed more in Erfurt, and in the Land, so that only their height tells."""
    wild = {"ALO": 3000, "ALO_SGB3": 3000, "UB": 3000}
    return [
        fig._replace(value=Decimal(fig.value) + wild[fig.measure])
        if fig.region in ("16051", "16") and fig.month == "2026-10" and fig.measure in wild
        else fig
        for fig in figures
    ]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setenv("MONITOR_NOW", "2026-11-20T02:15:00+01:00")
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    return Host(
        {
            "MONITOR_SOURCE": "live",
            "MONITOR_HOME": str(tmp_path / "home"),
            "MONITOR_CATALOG": str(small_catalog(tmp_path / "catalog", ["ba_api_alo"])),
            "MONITOR_PROJECT": str(PROJECT),
        },
        pack(recordings, []),
    )


def test_a_first_night_asks_for_every_region_and_a_quiet_one_for_one(host, monkeypatch):
    result, requests = host.load()
    assert (result["changed"], result["rows"], len(requests)) == (True, 576, 25)
    assert host.periods() == set(MONTHS)
    monkeypatch.setenv("MONITOR_NOW", "2026-11-21T02:15:00+01:00")
    result, requests = host.load()
    assert (result["changed"], [request.query for request in requests]) == (False, ["Bundesland=Th%C3%BCringen"])


def test_a_week_later_everything_is_asked_and_the_same_figures_are_no_news(host, monkeypatch):
    host.load()
    monkeypatch.setenv("MONITOR_NOW", "2026-11-27T02:15:00+01:00")
    result, requests = host.load()
    assert (result["changed"], result["unchanged"], len(requests)) == (False, 1, 25)


def test_a_new_month_comes_beside_those_that_its_table_no_longer_holds(host, monkeypatch):
    host.load()
    monkeypatch.setenv("MONITOR_NOW", "2026-11-26T02:15:00+01:00")
    host.figures = unemployed(NOVEMBER)
    result, requests = host.load()
    assert (result["changed"], result["rows"], len(requests)) == (True, 576, 26)
    assert host.periods() == {*MONTHS, *NOVEMBER}


def test_a_figure_that_jumps_waits_for_a_person(host, monkeypatch):
    host.load()
    monkeypatch.setenv("MONITOR_NOW", "2026-11-21T02:15:00+01:00")
    host.figures = wild_in_october(host.figures)
    with pytest.raises(JumpError, match=r"arbeitslose of 16051 at 2026-10-31 within a factor of 1\.3"):
        host.load()
    with host.settings() as (settings, _):
        night.accept(settings, "ba_api_alo", "von der BA bestätigt")
    assert host.load()[0]["changed"] is True


def test_a_first_answer_is_compared_with_its_own_month_before(host):
    host.figures = wild_in_october(host.figures)
    with pytest.raises(JumpError, match=r"within a factor of 1\.6 of the 1,020 at 2026-09-30, found 4,010"):
        host.load()


def test_a_host_that_wants_peace_ends_the_night_for_this_dataset_and_nothing_is_kept(host):
    host.spoil = lambda request: Answer(403, "text/html", b"<p>zu schnell</p>") if "Jena" in request.query else None
    with pytest.raises(FetchError, match=r"HTTP 403: the host refuses the request\. Slow down"):
        host.load()
    assert host.periods() == set()


def test_an_answer_that_never_ends_is_not_taken_whole(host, monkeypatch):
    monkeypatch.setattr(asking_open, "MOST_BYTES", 10_000)
    host.spoil = lambda request: Answer(200, "text/html", b" " * 10_001) if "Gera" in request.query else None
    with pytest.raises(FetchError, match="larger than 10,000 bytes"):
        host.load()


def test_two_kreise_with_the_same_figures_wait_for_a_person_who_may_say_that_it_is_chance(host):
    gera = {fig[1:4]: fig.value for fig in host.figures if fig.region == "16052"}
    # Gera and Jena are neighbours in the artificial figures: their sums stay within what rounding allows
    host.figures = [fig._replace(value=gera[fig[1:4]]) if fig.region == "16053" else fig for fig in host.figures]
    with pytest.raises(JumpError, match=r"16053\.json line 1.*: expected figures of its own for 16053, found .* 16052"):
        host.load()
    with host.settings() as (settings, _):
        night.accept(settings, "ba_api_alo", "von der BA bestätigt")
    assert host.load()[0]["changed"] is True


def test_a_third_kreis_with_the_same_figures_is_no_chance(host):
    gera = {fig[1:4]: fig.value for fig in host.figures if fig.region == "16052"}
    same = ("16053", "16054")
    host.figures = [fig._replace(value=gera[fig[1:4]]) if fig.region in same else fig for fig in host.figures]
    with pytest.raises(ContractError, match="the host ignored the region") as raised:
        host.load()
    assert not isinstance(raised.value, JumpError)


def test_a_host_that_ignores_the_region_is_refused_with_its_bytes_in_quarantine(host):
    germany = json_bytes(rows(ALO, [fig for fig in unemployed() if fig.region == "DG"]))
    host.spoil = lambda request: Answer(200, "application/json", germany) if request.host == "ba_api" else None
    with pytest.raises(ContractError, match="the host ignored the region"):
        host.load()
    assert list(Path(host.environment["MONITOR_HOME"]).glob("quarantine/**/*"))


def test_a_table_that_the_host_renames_is_asked_by_its_new_name_and_what_is_held_stays(host, monkeypatch):
    host.load()
    monkeypatch.setenv("MONITOR_NOW", "2026-11-26T02:15:00+01:00")
    host.figures = unemployed(NOVEMBER)
    host.spoil = lambda request: Answer(404, "text/html", b"") if request.method.endswith("TabelleALOD") else None
    with pytest.raises(FetchError, match=r"HTTP 404: .* Correct source\.requests"):
        host.load()
    file = Path(host.environment["MONITOR_CATALOG"]) / "datasets" / "ba_api_alo.yml"
    edit_yaml(file, lambda raw: raw["source"]["requests"][-1].update(table="EckwerteTabelleALODE"))
    with pytest.raises(ContractError, match=r"If both mean the same figures, name the former under `formerly`"):
        host.load()
    former = [{"table": "EckwerteTabelleALOD"}]
    edit_yaml(file, lambda raw: raw["source"]["requests"][-1].update(formerly=former))
    assert host.load()[0]["changed"] is True
    assert host.periods() == {*MONTHS, *NOVEMBER}


# --- recorded nights -------------------------------------------------------------------------------------------------

SEPTEMBER = ("2026-09", "2026-08", "2025-09")
OLD, NEW = ("2026-10-02", SEPTEMBER), ("2026-11-02", MONTHS)


@pytest.fixture
def recorded(host: Host) -> Callable[[str], dict[str, object]]:
    """A night of the recorded source, standing at a day; it holds what the hosts said on two days."""

    def pages(day: str, months: tuple[str, ...]) -> Iterator[tuple[str, str, int, str, list[str], bytes]]:
        moment = int(datetime.fromisoformat(f"{day}T06:00:00+00:00").timestamp()) * 1000
        listed = region_list(*(entry(key) for key in kreise()))
        yield "ba", ba_regions.LIST_PATH, moment, "application/javascript", ["ba_api_alo"], listed
        for part in parts(ALO, unemployed(months)):
            yield "ba_api", part.url, moment, "application/json", ["ba_api_alo"], part.body

    for day, months in (OLD, NEW):
        add_pages(host.recordings, pages(day, months))
    environment = {**host.environment, "MONITOR_SOURCE": "recorded", "MONITOR_RECORDINGS": str(host.recordings)}

    def load(day: str) -> dict[str, object]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MONITOR_AS_RECORDED", day)
            return night.load(Settings.from_env(environment), "ba_api_alo", everything=True)

    return load


def test_a_night_that_stands_before_the_first_recorded_answer_has_nothing_and_that_is_no_error(recorded):
    assert (recorded("2026-09-30")["state"], recorded("2026-10-02")["rows"]) == ("not_recorded", 576)


def test_a_recorded_answer_is_known_from_the_day_at_which_the_night_stands(recorded, host):
    recorded("2026-10-02")
    recorded("2026-11-02")
    with host.settings() as (settings, _):
        known = [item.answer.known_from[:10] for item in archive.history(settings, "ba_api_alo").accepted]
    assert known == ["2026-10-02", "2026-11-02"]


def test_a_night_that_stands_at_an_earlier_day_takes_nothing_back(recorded, host):
    recorded("2026-11-02")
    assert (recorded("2026-10-02")["changed"], host.periods()) == (False, set(MONTHS))
