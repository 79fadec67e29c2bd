"""A browser opens every page of a release: it shows something, and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import Chromium, address_of, browser

from integrationsmonitor import offline
from night_support import Night

pytestmark = pytest.mark.offices

# dbt's page reads a few megabytes of its own before it is ready.
MODELS_READ = "document.body.innerText.length > 400 && !document.body.innerText.includes('(loading)')"


@pytest.fixture(scope="module")
def chromium(program: Callable[[str], str]) -> Iterator[Chromium]:
    with browser(program("chromium")) as found:
        yield found


def test_a_browser_that_opens_every_page_asks_nobody(recorded_home: Night, chromium: Chromium) -> None:
    pages = sorted((recorded_home.home / "current").resolve().rglob("*.html"))
    visits = {page: chromium.visit(address_of(page)) for page in pages if page.parent.name != "docs"}
    requests = 0
    for page, visit in visits.items():
        assert (visit.foreign, visit.errors) == ([], []), page
        assert visit.text.strip(), f"{page} shows nothing"
        requests += len(visit.requests)
    assert len(visits) == len(pages) - 1 > 30
    print(f"{len(visits)} pages, {requests} requests, none to another host")


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("", "Wie die Tabellen entstehen"),
        ("#!/model/model.integrationsmonitor.mart_indicator", "decimal"),
        ("#!/model/model.integrationsmonitor.mart_indicator?g_v=1", "Lineage Graph"),
        ("#!/source/source.integrationsmonitor.landing.observation", "One row per cell"),
        ("#!/macro/macro.integrationsmonitor.cell_key", "cell_key"),
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


def test_a_page_that_asks_somebody_would_be_seen(tmp_path: Path, chromium: Chromium) -> None:
    asking = '<html><head></head><body>x<img src="https://cdn.example/x.png"><script>fetch("//b.example/")</script>'
    (tmp_path / "open.html").write_text(asking, encoding="utf-8")
    (tmp_path / "locked.html").write_text(asking.replace("<head>", f"<head>{offline.POLICY}"), encoding="utf-8")
    opened, locked = (chromium.visit(address_of(tmp_path / name)) for name in ("open.html", "locked.html"))
    assert "https://cdn.example/x.png" in opened.foreign
    assert not [error for error in opened.errors if "Content Security Policy" in error]
    refused = "\n".join(error for error in locked.errors if "Content Security Policy" in error)
    assert "img-src" in refused
    assert "connect-src" in refused
