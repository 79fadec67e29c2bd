"""Asking for the Arbeitsmarktreport: a month is whole or not there, politely, and links that change are found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fake_host import BASE, FakeHost, held
from hypothesis import given
from hypothesis import strategies as st

from ba_report_wire import KREISE
from integrationsmonitor.archive import History
from integrationsmonitor.errors import FetchError
from integrationsmonitor.sources import ba_report_client
from integrationsmonitor.sources.bundle import open_bundle
from integrationsmonitor.sources.fetched import Fetched
from wire import catalog

DATASET = catalog().datasets["ba_amr_kreise"]
OF = re.compile(r"amr-(\d{5})-0-(\d{6})-")
Host = Callable[[str], bytes | int]


@pytest.fixture(autouse=True)
def _november(monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+00:00")


def asked_for(page: str) -> tuple[str, str]:
    """Kreis and month of an address."""
    found = OF.search(page)
    assert found, page
    return found[1], found[2]


def ask(answer: Host, past: History | None = None, **source: Any) -> tuple[list[Fetched], list[str]]:
    source = {"start_month": "2026-08", **source}
    dataset, host = replace(DATASET, source={**DATASET.source, **source}), FakeHost(answer)
    found = ba_report_client.fetch(dataset, catalog(), BASE, host, past or History())  # type: ignore[arg-type]
    return list(found), host.asked


def test_every_month_that_is_over_is_one_answer_of_all_kreise():
    answers, asked = ask(lambda page: "|".join(asked_for(page)).encode())
    assert [answer.slot for answer in answers] == ["2026-08", "2026-09", "2026-10"]
    first = answers[0]
    assert (first.scope_from, first.scope_to, first.filename) == ("2026-08-01", "2026-08-31", "amr_2026-08.zip")
    assert first.problem is None
    parts = open_bundle(first.body, DATASET.id, first.filename)
    assert [part.region_key for part in parts] == sorted(KREISE)
    assert {part.name: part.body for part in parts}["16067.xlsx"] == b"16067|202608"
    assert parts[0].url == asked[0]
    assert parts[0].region_name == ""
    assert len(asked) == 3 * 22


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        ("2026-11-23T02:15:00+01:00", "2026-10"),
        ("2026-11-24T02:15:00+01:00", "2026-11"),
        ("2026-11-30T02:15:00+01:00", "2026-11"),
        ("2026-12-25T02:15:00+01:00", "2026-12"),
        ("2027-02-22T02:15:00+01:00", "2027-02"),
    ],
)
def test_in_its_last_week_the_current_month_is_asked_for_since_its_report_comes_out_then(monkeypatch, now, newest):
    monkeypatch.setenv("MONITOR_NOW", now)
    assert ask(lambda page: 404)[0][-1].slot == newest


def test_a_month_that_is_new_goes_before_the_newest_held_that_may_be_gone():
    past = held(
        "2026-08", "2026-09", retrieved_at="2026-11-14T02:15:00+00:00", last_fetched="2026-11-20T02:15:00+00:00"
    )
    answers, _ = ask(lambda page: 404 if "202609" in page else b"x", past)
    assert [(answer.slot, bool(answer.body)) for answer in answers] == [("2026-10", True), ("2026-09", False)]


def test_the_address_is_that_of_the_dataset_s_file():
    _, asked = ask(lambda page: 404)
    folder = "Statistikdaten/Detail/202608/ama/amr-amr/"
    assert asked[0] == f"{folder}amr-16051-0-202608-xlsx.xlsx?__blob=publicationFile&v=1"


def test_words_in_an_address_are_encoded():
    _, asked = ask(lambda page: 404, pattern="Länder und Kreise/amr-{ags}-0-{month}-xlsx.xlsx")
    assert asked[0].startswith("L%C3%A4nder%20und%20Kreise/amr-16051")


def test_a_month_that_is_not_out_costs_one_request():
    answers, asked = ask(lambda page: 404 if "202610" in page else b"x")
    assert [(answer.slot, bool(answer.body)) for answer in answers] == [
        ("2026-08", True),
        ("2026-09", True),
        ("2026-10", False),
    ]
    assert len(asked) == 2 * 22 + 1


def test_a_month_of_which_a_kreis_is_missing_is_not_there():
    answers, asked = ask(lambda page: 404 if asked_for(page) == ("16070", "202609") else b"x")
    assert [bool(answer.body) for answer in answers] == [True, False, True]
    assert len(asked) < 3 * 22


def test_what_is_held_is_not_asked_for_again_within_a_week():
    answers, _ = ask(lambda page: b"x", held("2026-08", "2026-10"))
    assert [answer.slot for answer in answers] == ["2026-09"]


def test_the_newest_month_is_asked_for_again_once_a_week():
    month = "2026-10"
    cases = {
        ("2026-11-14T02:15:00+00:00", "2026-11-14T02:15:00+00:00"): [month],
        ("2026-11-14T02:15:00+00:00", "2026-11-20T02:15:00+00:00"): [month],
        ("2026-11-14T02:15:00+00:00", "2026-11-21T02:15:30+00:00"): [],
        ("2026-11-16T02:15:00+00:00", "2026-11-21T02:15:00+00:00"): [],
    }
    for (retrieved, fetched), wanted in cases.items():
        past = held("2026-08", "2026-09", month, retrieved_at=retrieved, last_fetched=fetched)
        assert [answer.slot for answer in ask(lambda page: b"x", past)[0]] == wanted, (retrieved, fetched)


def test_the_portal_that_asks_to_slow_down_is_left_alone_and_whole_months_are_kept():
    host = FakeHost(lambda page: 403 if asked_for(page) == ("16055", "202609") else b"x")
    dataset = replace(DATASET, source={**DATASET.source, "start_month": "2026-08"})
    months = ba_report_client.fetch(dataset, catalog(), BASE, host, History())  # type: ignore[arg-type]
    assert next(months).slot == "2026-08"
    with pytest.raises(FetchError, match=r"ba_amr_kreise: https://example.org/.*HTTP 403.*asks to slow down"):
        next(months)
    assert asked_for(host.asked[-1]) == ("16055", "202609")


def test_any_other_failure_is_one_of_the_night():
    with pytest.raises(FetchError, match="HTTP 500"):
        ask(lambda page: 500 if "202609" in page else b"x")


LISTING = "SiteGlobals/Forms/Suche/Einzelheftsuche.html"


def listed(*hrefs: str) -> Host:
    page = "".join(f'<a class="x" href="{href}">Report</a>' for href in hrefs).encode()
    return lambda asked: page if asked == LISTING else (404 if "-0-202609-" in asked or "-0-202610-" in asked else b"x")


def first_of(*hrefs: str) -> str:
    return ask(listed(*hrefs), listing=LISTING)[1][1]


def test_a_link_of_the_page_goes_before_the_pattern():
    assert first_of("/neu/amr-16051-0-202608-zip.zip?v=2&amp;w=1#top") == "neu/amr-16051-0-202608-zip.zip?v=2&w=1"
    assert first_of("heft/amr-16051-0-202608-xlsx.xlsx").startswith("SiteGlobals/Forms/Suche/heft/amr-")


def test_of_several_links_the_one_to_an_xlsx_is_taken():
    links = ("/a/amr-16051-0-202608-zip.zip", "/b/amr-16051-0-202608-xlsx.xlsx", "/c/amr-16051-0-202608-xlsb.xlsb")
    assert first_of(*links) == "b/amr-16051-0-202608-xlsx.xlsx"


@pytest.mark.parametrize(
    "href",
    [
        "https://example.com/amr-16051-0-202608-xlsx.xlsx",
        "//example.com/amr-16051-0-202608-xlsx.xlsx",
        "javascript:amr-16051-0-202608-",
        "http://example.org/amr-16051-0-202608-xlsx.xlsx",
        "/amr-16051-0-202607-xlsx.xlsx",
        "/amr-16052-0-202608-xlsx.xlsx",
        "http://[amr-16051-0-202608-",
    ],
)
def test_a_link_to_elsewhere_or_of_another_report_is_not_followed(href):
    assert first_of(href).startswith("Statistikdaten/Detail/202608/")


def test_a_page_with_links_that_is_gone_leaves_the_pattern():
    _, asked = ask(lambda page: 404, listing=LISTING)
    assert asked[:1] == [LISTING]
    assert asked[1].startswith("Statistikdaten/")


def test_a_page_that_breaks_off_in_an_unknown_section_gives_the_links_before_it():
    page = b"<a href='/b/amr-16051-0-202608-xlsx.xlsx'></a><![foo[<a href='/c'>"
    asked = ask(lambda asked: page if asked == LISTING else 404, listing=LISTING)[1]
    assert asked[1].startswith("b/amr-16051-0-202608-")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<a href='{text}'>".encode()))
def test_whatever_the_page_holds_only_this_host_is_asked(page):
    answers, asked = ask(lambda asked: page if asked == LISTING else 404, listing=LISTING, start_month="2026-10")
    assert [answer.body for answer in answers] == [b""]
    assert len(asked) == 2
