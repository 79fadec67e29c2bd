"""The pages of a release: whoever opens one, nobody else learns of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium import Chromium, address_of, browser
from integrationsmonitor import offline
from night_support import Night

# What dbt's page needs to be ready: it reads a few megabytes of its own first.
MODELS_READ = "document.body.innerText.length > 400 && !document.body.innerText.includes('(loading)')"
# Not by the rule that the release itself applies: any attribute or style that names a host, but for links in a text.
NAMES_A_HOST = re.compile(
    r"""<(?!a\b)[a-z][^<>]*?\s(?:src|href|srcset|data|poster|action)\s*=\s*["']?\s*(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import|\bnew WebSocket\(|sendBeacon\(|\.src\s*=\s*["'](?:https?:)?//""",
    re.IGNORECASE,
)


def pages_of(night: Night) -> list[Path]:
    return sorted((night.home / "current").resolve().rglob("*.html"))


def test_no_page_loads_from_another_host_and_all_say_so_to_the_browser(recorded_home: Night) -> None:
    pages = pages_of(recorded_home)
    names = {page.relative_to((recorded_home.home / "current").resolve()).as_posix() for page in pages}
    assert {"docs/index.html", "quality/index.html", "quality/data_docs/index.html"} <= names
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert offline.POLICY in text, page
        assert (NAMES_A_HOST.search(text) or [None])[0] is None, page


def test_the_models_are_described_alike_whatever_the_data(recorded_home: Night, small_project: Night) -> None:
    one, other = ((night.home / "current" / "docs" / "index.html") for night in (recorded_home, small_project))
    assert one.read_bytes() == other.read_bytes(), "the same project, another home, other datasets, another night"
    assert "Prozent" in one.read_text(encoding="utf-8"), "the descriptions of the columns are ours"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with browser() as found:
        yield found


@pytest.mark.slow
def test_a_browser_that_opens_every_page_asks_nobody(recorded_home: Night, chromium: Chromium) -> None:
    pages = pages_of(recorded_home)
    visits = {page: chromium.visit(address_of(page)) for page in pages if page.parent.name != "docs"}
    requests = 0
    for page, visit in visits.items():
        assert (visit.foreign, visit.errors) == ([], []), page
        assert visit.text.strip(), f"{page} shows nothing"
        requests += len(visit.requests)
    assert len(visits) == len(pages) - 1 > 30
    print(f"{len(visits)} pages, {requests} requests, none to another host")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("", "Wie die Tabellen entstehen"),
        ("#!/model/model.integrationsmonitor.mart_indicator", "decimal"),
        ("#!/model/model.integrationsmonitor.mart_indicator?g_v=1", "Lineage Graph"),
        ("#!/source/source.integrationsmonitor.landing.observation", "One row per cell"),
        ("#!/macro/macro.integrationsmonitor.cell_key", "cell_key"),
        ("#!/search?q=Kreis", "Kreis"),
    ],
)
def test_the_page_of_the_models_works_and_asks_nobody(
    recorded_home: Night, chromium: Chromium, place: str, says: str
) -> None:
    page = recorded_home.home / "current" / "docs" / "index.html"
    visit = chromium.visit(address_of(page, place), until=MODELS_READ)
    assert (visit.foreign, visit.errors) == ([], [])
    assert says in visit.text
    assert any(address.startswith("file:") for address in visit.requests)
    print(f"docs/index.html{place}: {len(visit.requests)} requests, none to another host")


@pytest.mark.slow
def test_a_page_that_asks_somebody_would_be_seen(tmp_path: Path, chromium: Chromium) -> None:
    asking = '<html><head></head><body>x<img src="https://cdn.example/x.png"><script>fetch("//b.example/")</script>'
    (tmp_path / "open.html").write_text(asking, encoding="utf-8")
    (tmp_path / "locked.html").write_text(asking.replace("<head>", f"<head>{offline.POLICY}"), encoding="utf-8")
    opened, locked = (chromium.visit(address_of(tmp_path / name)) for name in ("open.html", "locked.html"))
    assert "https://cdn.example/x.png" in opened.foreign
    assert not [error for error in opened.errors if "Content Security Policy" in error]
    assert len([error for error in locked.errors if "Content Security Policy" in error]) == 2, "both are refused"
