"""The table of threats in docs/operations.md: each line names tests, and those exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parent / "docs" / "operations.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.partition("## Threats")[2].partition("\n## ")[0].splitlines() if line.startswith("|")][
    2:
]


def test_every_threat_names_what_shows_that_it_is_met():
    assert len(LINES) >= 15
    assert [line for line in LINES if "test_" not in line.split("|")[3]] == []


def test_every_test_that_the_page_names_is_there():
    written = {
        name
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"::(test_\w+)", PAGE))
    assert named
    assert named - written == set()
    assert [
        file for file in re.findall(r"`(?:tests/)?((?:\w+/)+test_\w+\.py)", PAGE) if not (TESTS / file).exists()
    ] == []
