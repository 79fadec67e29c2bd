"""A page that leaves asks no other host, and a browser would not let it."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrationsmonitor import offline
from integrationsmonitor.errors import MonitorError


@pytest.mark.parametrize(
    "fragment",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<script src=//cdn.example/x.js></script>",
        '<link rel="stylesheet" href="https://cdn.example/x.css">',
        '<base href="https://cdn.example/">',
        '<img\n class="a"\n src="https://cdn.example/x.png">',
        '<img srcset = "//cdn.example/x.png 2x">',
        '<use xlink:href="http://cdn.example/x.svg#a">',
        '<form action="http://cdn.example/"></form>',
        "<p style=\"background: URL( 'https://cdn.example/x.png')\">",
        "<style>@import 'https://cdn.example/x.css';</style>",
        '<iframe src="wss://cdn.example/">',
    ],
)
def test_what_a_browser_would_load_from_another_host_is_refused(fragment: str) -> None:
    with pytest.raises(MonitorError, match=r"page\.html would load from another host: .*cdn\.example"):
        offline.locked(f"<html><head></head><body>{fragment}</body></html>", "page.html")


@pytest.mark.parametrize(
    "fragment",
    [
        '<a href="https://www.govdata.de/dl-de/by-2-0">Lizenz</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '<img src="data:image/png;base64,//8=">',
        "<p>siehe https://www.regionalstatistik.de</p>",
        '<img src="chart.svg">',
    ],
)
def test_a_link_a_name_and_what_stands_in_the_page_may_stay(fragment: str) -> None:
    page = f'<html lang="de"><head><title>T</title></head><body>{fragment}</body></html>'
    locked = offline.locked(page, "page.html")
    assert locked == page.replace("<head>", f"<head>{offline.POLICY}")
    assert offline.locked(locked, "page.html") == locked, "once is enough"


def test_a_page_without_a_head_has_no_place_for_the_policy() -> None:
    with pytest.raises(MonitorError, match=r"page\.html has no head"):
        offline.locked("<p>text</p>", "page.html")


def test_all_pages_of_a_folder_are_locked_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("index.html", "deep/page.html", "page.txt"):
        (tmp_path / name).write_text("<head></head>", encoding="utf-8")
    assert offline.lock_all(tmp_path) == 2
    locked = [path.name for path in tmp_path.rglob("*.*") if offline.POLICY in path.read_text(encoding="utf-8")]
    assert sorted(locked) == ["index.html", "page.html"]
