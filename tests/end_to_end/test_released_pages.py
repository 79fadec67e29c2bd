"""The pages of a release: whoever opens one, nobody else learns of it."""

from __future__ import annotations

import re
from pathlib import Path

from integrationsmonitor import offline
from night_support import Night

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
