"""What a terminal shows stays readable at 120 columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.printing import WIDTH, cause_lines, release_lines, summary_lines, verify_lines, years


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
        "quality": {"expectations": 9, "passed": 8, "tables": 4, "warnings": ["fell by half " * 20]},
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


def test_the_shelf_says_what_is_current_what_is_kept_and_how_much_room_it_takes() -> None:
    entry = {"release_id": "20261128T120712Z-297920e4", "source_mode": "recorded", "bytes": 128_541_430}
    entries = [entry | {"is_current": True, "frozen": None}, entry | {"is_current": False, "frozen": "Kreistag"}]
    room = {"releases": 257_000_000, "releases_at_most": 2_300_000_000, "archive": 954_000, "free": 78_700_000_000}
    lines = list(release_lines(entries, room | {"keep": 14, "archive_in_a_year": None}))
    assert lines[0] == "20261128T120712Z-297920e4  recorded    129 MB  current"
    assert lines[1].endswith("kept: Kreistag")
    assert "releases  257 MB, at most 2.3 GB with 14 kept and the frozen ones" in lines
    assert "archive   0.954 MB of answers, no forecast before it is 30 days old" in lines
    later = list(release_lines([], room | {"keep": 14, "archive_in_a_year": 5_000_000}))
    assert later[0].startswith("no release yet")
    assert "archive   0.954 MB of answers, 5 MB in a year" in later


def test_a_verified_release_names_each_problem_and_the_next_step() -> None:
    whole = {"release_id": "r", "n_files": 2, "n_bytes": 3_000_000, "problems": ()}
    assert list(verify_lines(whole)) == ["r: 2 files, 3 MB, all as published"]
    lines = list(verify_lines(whole | {"problems": ("diff.md: missing",)}))
    assert lines[0] == "r: 2 files, 3 MB; 1 problems:"
    assert lines[1] == "  diff.md: missing"
    assert "monitor repair" in lines[2]
