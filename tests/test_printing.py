"""What a terminal shows stays readable at 120 columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.printing import WIDTH, cause_lines, summary_lines, years


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([2018], "2018"),
        ([*range(2008, 2020), 2025], "2008–2019, 2025"),
        ([2010, 2011, 2015], "2010–2011, 2015"),
    ],
)
def test_years_are_told_in_ranges(numbers, text):
    assert years(numbers) == text


@given(st.sets(st.integers(1900, 2100)))
def test_ranges_hold_exactly_the_years(numbers):
    found = set()
    for part in filter(None, years(sorted(numbers)).split(", ")):
        first, _, last = part.partition("–")
        found |= set(range(int(first), int(last or first) + 1))
    assert found == numbers


def entry(**other):
    fresh = {"awaited_period": "2026-12", "awaited_day": "2027-01-04"}
    return {
        "dataset_id": "local_kreisangaben_2019",
        "newest_period": "2025-06-30",
        "last_checked": "2026-11-24T01:15:00+00:00",
        "last_changed": "",
        "state": "not_recorded",
        "years": {"kreise": [2018], "land_only": list(range(1990, 2026, 2))},
        "freshness": fresh,
        "problem": "word " * 60,
        "warnings": ["rows fell " * 20],
        **other,
    }


def facts(**other):
    rows = {f"mart_with_a_long_name_{number}": 123_456 for number in range(9)}
    paths = {"warehouse": "/w", "exports": "/e", "quality": "/q"}
    return {
        "mode": "recorded",
        "judged_on": "2026-10-31",
        "datasets": [entry()],
        "failures": [{"what": "build", "since": "2026-11-24T01:15:00", "text": "finding " * 40}],
        "rows": rows,
        "gate": "passed",
        "release_id": "x",
        "paths": paths,
        **other,
    }


def test_no_line_is_wider_than_a_terminal():
    lines = list(summary_lines(facts()))
    assert max(map(len, lines)) <= WIDTH
    assert "Land only: 1990" in " ".join(lines)
    assert "2026-12 by 2027-01-04" in lines[2]
    assert any("warning: rows fell" in line for line in lines)
    assert any(line.startswith("failed     build since 2026-11-24: finding") for line in lines)


def test_without_a_release_that_is_what_it_says():
    assert list(summary_lines(facts(release_id=None)))[-1] == "no release yet"


def test_causes_are_shown_with_their_text_and_their_absence_is_said():
    lines = list(cause_lines([{"subject": "x: überfällig", "text": "Tabelle: t\n" + "Wort " * 60}]))
    assert lines[:2] == ["x: überfällig", "  Tabelle: t"]
    assert max(map(len, lines)) <= WIDTH
    assert list(cause_lines([])) == ["nothing needs attention"]
