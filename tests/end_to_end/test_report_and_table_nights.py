"""Nights with the Arbeitsmarktreport and a web table of the TLS: what is asked, what is kept, what a month replaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ba_report_wire import KREISE, STOCK, clean, figures_of, sheet
from integrationsmonitor import archive, landing, night
from integrationsmonitor.errors import ConfigError, ContractError, FetchError
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import pack
from integrationsmonitor.settings import Settings
from night_support import PROJECT, small_catalog
from tls_wire import table

AMR, WEB = "ba_amr_kreise", "tls_kr000108"
MONTHS = {"202609": "September 2026", "202610": "Oktober 2026"}
REPORT = re.compile(r"amr-(\d{5})-0-(\d{6})-")
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Place:
    """A home, and what the hosts answer tonight."""

    environment: dict[str, str]
    recordings: Path
    answer: Callable[[Request], Answer]

    @contextmanager
    def settings(self) -> Iterator[tuple[Settings, ReplayServer]]:
        with ReplayServer(self.recordings, faults=self.answer) as server:
            urls = {host: server.base_url(host) for host in ("ba", "tls")}
            yield replace(Settings.from_env(self.environment), base_urls=urls), server

    def load(self, dataset_id: str) -> tuple[dict[str, object], list[str]]:
        """The result of a load, and the addresses that were asked for."""
        with self.settings() as (settings, server):
            return night.load(settings, dataset_id), [request.path for request in server.requests]

    def figures(self, dataset_id: str) -> set[tuple[str, str, str]]:
        """Region, last day and value of all landed figures of people without any split."""
        found = set()
        with self.settings() as (settings, _):
            past = archive.history(settings, dataset_id)
            for answer in past.latest_by_slot.values():
                rows = landing.read(landing.path_of(settings, dataset_id, answer.raw_sha256, past.current_parse))
                assert rows is not None
                found |= {
                    (row["region_key"], str(row["period_end"]), f"{row['value']:f}".partition(".")[0])
                    for row in rows.to_pylist()
                    if (row["unit"], row["sex"], row["nationality"], row["age_group"])
                    == ("Anzahl", "insgesamt", "insgesamt", "insgesamt")
                }
        return found


def report(request: Request) -> Answer:
    """The portal of the BA: two months are out."""
    found = REPORT.search(request.path)
    assert found, request.path
    if found[2] not in MONTHS:
        return Answer(404, "text/html", b"<html>")
    return Answer(200, BOOK, clean(found[1], month=MONTHS[found[2]]))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("MONITOR_NOW", "2026-11-20T02:15:00+01:00")
    catalog = small_catalog(tmp_path / "catalog", [AMR, WEB])
    change(catalog / "datasets" / f"{AMR}.yml", 'start_month: "2025-01"', 'start_month: "2026-08"')
    (tmp_path / "recordings").mkdir()
    return Place(
        {
            "MONITOR_SOURCE": "live",
            "MONITOR_HOME": str(tmp_path / "home"),
            "MONITOR_CATALOG": str(catalog),
            "MONITOR_PROJECT": str(PROJECT),
        },
        pack(tmp_path / "recordings", []),
        report,
    )


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_months_that_are_out_are_loaded_and_not_asked_for_again(place, monkeypatch):
    result, asked = place.load(AMR)
    assert (result["changed"], result["answers"], result["missing"], result["rows"]) == (True, 2, 1, 2 * 22 * 10)
    assert len(asked) == 2 * 22 + 1
    assert ("16051", "2026-10-31", "2030") in place.figures(AMR)
    monkeypatch.setenv("MONITOR_NOW", "2026-11-21T02:15:00+01:00")
    result, asked = place.load(AMR)
    assert (result["changed"], [REPORT.findall(path) for path in asked]) == (False, [[("16051", "202608")]])


def test_a_corrected_report_takes_the_place_of_the_newest_after_a_week(place, monkeypatch):
    place.load(AMR)
    monkeypatch.setenv("MONITOR_NOW", "2026-11-28T02:15:00+01:00")

    def corrected(request: Request) -> Answer:
        if "amr-16051-0-202610-" in request.path:
            figures = figures_of("16051") | {(STOCK, "Insgesamt"): 2032, (STOCK, "Männer"): 1012}
            return Answer(200, BOOK, sheet(KREISE["16051"], figures, MONTHS["202610"]).data())
        return report(request)

    place.answer = corrected
    result, asked = place.load(AMR)
    assert (result["changed"], result["answers"], len(asked)) == (True, 1, 2 + 22)
    assert {("16051", "2026-10-31", "2032"), ("16051", "2026-09-30", "2030")} <= place.figures(AMR)


def test_a_spoiled_report_of_one_kreis_refuses_the_night_and_keeps_what_was_there(place, monkeypatch):
    place.load(AMR)
    before = place.figures(AMR)
    monkeypatch.setenv("MONITOR_NOW", "2026-12-02T02:15:00+01:00")

    def page(request: Request) -> Answer:
        if "-0-202611-" in request.path:
            key = REPORT.findall(request.path)[0][0]
            body = b"<html><title>Wartung</title>" if key == "16077" else clean(key, month="November 2026")
            return Answer(200, BOOK, body)
        return report(request)

    place.answer = page
    with pytest.raises(
        ContractError, match=r"16077\.xlsx the file: expected an XLSX workbook, found a web page \('Wart"
    ):
        place.load(AMR)
    assert place.figures(AMR) == before
    assert list(Path(place.environment["MONITOR_HOME"]).glob(f"quarantine/{AMR}/*"))


def test_a_portal_that_asks_to_slow_down_gives_what_is_whole_and_the_rest_the_next_night(place, monkeypatch):
    place.answer = lambda request: Answer(403) if re.search("amr-1607.-0-202610", request.path) else report(request)
    with pytest.raises(FetchError, match="asks to slow down"):
        place.load(AMR)
    assert {day for _, day, _ in place.figures(AMR)} == {"2026-09-30"}
    place.answer = report
    monkeypatch.setenv("MONITOR_NOW", "2026-11-21T02:15:00+01:00")
    assert place.load(AMR)[0]["answers"] == 1
    assert {day for _, day, _ in place.figures(AMR)} == {"2026-09-30", "2026-10-31"}


@pytest.mark.parametrize(
    ("dataset_id", "old", "new", "words"),
    [
        (AMR, "measure: ALO\n", "measure: ALX\n", f"{AMR}.yml: source.blocks: the block 'Bestand an Arbeitslosen'"),
        (AMR, "value_column: D", "value_column: B", f"{AMR}.yml: source.value_column: the column B holds labels and"),
        (WEB, "GES: W}}", "GES: X}}", f"{WEB}.yml: source.columns names GES='X', which is not declared"),
    ],
)
def test_a_file_that_contradicts_itself_is_named_before_the_night_begins(place, dataset_id, old, new, words):
    change(Path(place.environment["MONITOR_CATALOG"]) / "datasets" / f"{dataset_id}.yml", old, new)
    with place.settings() as (settings, _), pytest.raises(ConfigError, match=re.escape(words)):
        night.plan(settings)


def test_a_web_table_that_is_off_is_not_loaded(place):
    with pytest.raises(ConfigError, match=f"{WEB} is switched off: Die Adresse des Exports"):
        place.load(WEB)


def test_a_web_table_is_loaded_once_an_operator_has_copied_its_link(place, monkeypatch):
    file = Path(place.environment["MONITOR_CATALOG"]) / "datasets" / f"{WEB}.yml"
    change(file, 'link: ""', 'link: "datenbank/x.asp?tabelle=kr000108||&zeit={year}||s1"')
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"off_de: >\n(  .*\n)+", "", text), encoding="utf-8")

    def answer(request: Request) -> Answer:
        year = re.findall(r"zeit=(\d{4})", f"{request.path}?{request.query}")[0]
        return (
            Answer(404) if year > "2024" else Answer(200, "text/csv", table(day=f"31.12.{year}").csv(encoding="cp1252"))
        )

    place.answer = answer
    result, asked = place.load(WEB)
    assert (result["changed"], result["answers"], result["missing"], len(asked)) == (True, 3, 2, 5)
    assert {("16051", "2022-12-31", "83000"), ("16051", "2024-12-31", "83000")} <= place.figures(WEB)
    assert place.load(WEB)[0]["changed"] is False
