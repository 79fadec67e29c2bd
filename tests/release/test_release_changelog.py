"""CHANGELOG.md tells every publication, newest first, whatever happened to the folders."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from release_support import facts_of

from integrationsmonitor.release import Release, keeping, news, publish, rollback
from integrationsmonitor.release.metadata import changelog
from integrationsmonitor.release.reasons import REASONS
from integrationsmonitor.settings import Settings

Day = Callable[..., Release]
RAISED = "update mart_indicator set value = value + 1"


@pytest.fixture
def on(settings: Settings, small_candidate: Path, quality_dir: Path, tmp_path: Path) -> Iterator[Day]:
    """Publish on a day of November 2026, after some statements."""

    def day(number: int, *statements: str, **changes: Any) -> Release:
        os.environ["MONITOR_NOW"] = f"2026-11-{number:02}T03:00:00+00:00"
        path = tmp_path / f"{number}.duckdb"
        shutil.copy(small_candidate, path)
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)
        return publish(settings, path, quality_dir, facts_of(number, **changes))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_NOW", "")
        yield day


def page(release: Release) -> str:
    return (release.path / "exports" / "CHANGELOG.md").read_text(encoding="utf-8")


def headings(release: Release) -> list[str]:
    return re.findall(r"(?m)^## (.*)$", page(release))


def entry(release: Release, beginning: str) -> str:
    return page(release).split(f"\n## {beginning}")[1].split("\n## ")[0]


def test_every_publication_stands_there_newest_first_and_word_by_word(on: Day) -> None:
    first, second, third = on(1), on(2, RAISED), on(3, RAISED)
    assert headings(third) == [
        f"{third.id} vom 03.11.2026",
        f"{second.id} vom 02.11.2026",
        f"{first.id} vom 01.11.2026",
    ]
    assert page(third).endswith(page(second).split("\n\n", 2)[2])
    assert "die erste, es gibt nichts zu vergleichen" in entry(third, first.id)
    assert f"verglichen mit {first.id} vom 01.11.2026" in entry(third, second.id)
    n_values = second.rows["mart_indicator"]
    assert f"{n_values} Werte geändert.\n- {n_values} × {REASONS['unknown']}" in entry(third, second.id)
    assert "Kein Wert hat sich geändert." in entry(third, third.id)


def test_what_was_refused_is_named(on: Day) -> None:
    assert "die letzte Antwort der Quelle nicht annahmen: local_azr_presse" in page(on(1))
    assert "nicht annahmen" not in page(on(2, quarantined=())).split("\n## ")[1]


def test_a_folder_that_is_gone_is_told_from_the_journal(on: Day) -> None:
    first, second = on(1), on(2, RAISED)
    shutil.rmtree(first.path)
    third = on(3, RAISED)
    assert "die erste, es gibt" in entry(third, first.id), "the page of the second still tells it"
    for folder in (second.path, third.path):
        shutil.rmtree(folder)
    fourth = on(4, RAISED)
    assert headings(fourth)[1:] == [
        f"{third.id} vom 03.11.2026", f"{second.id} vom 02.11.2026", f"{first.id} vom 01.11.2026",
    ]  # fmt: skip
    n_values = second.rows["mart_indicator"]
    assert entry(fourth, second.id).endswith(
        "Die Seite dieser Veröffentlichung liegt nicht mehr vor; dies sagt das Journal. "
        f"{n_values} Werte waren anders als unmittelbar zuvor.\n"
    )
    assert "Keine Werte waren anders" in entry(fourth, third.id)


def test_a_page_that_somebody_changed_is_not_believed(on: Day) -> None:
    first = on(1)
    path = first.path / "exports" / "CHANGELOG.md"
    path.chmod(0o644)
    path.write_text(page(first).replace("die erste", "die beste"), encoding="utf-8")
    second = on(2)
    assert "die beste" not in page(second)
    assert "dies sagt das Journal" in entry(second, first.id)


def test_a_return_to_an_older_release_stands_there_and_what_it_replaced_stays(on: Day, settings: Settings) -> None:
    first, second = on(1), on(2, RAISED)
    os.environ["MONITOR_NOW"] = "2026-11-03T03:00:00+00:00"
    rollback(settings)
    fourth = on(4)
    assert headings(fourth)[1:] == [
        f"Rückkehr zu {first.id} am 03.11.2026", f"{second.id} vom 02.11.2026", f"{first.id} vom 01.11.2026",
    ]  # fmt: skip
    assert "Werte geändert." in entry(fourth, second.id), "its page lies on the shelf, though it was replaced"
    assert f"verglichen mit {first.id}" in entry(fourth, fourth.id)


def test_the_label_of_a_frozen_release_is_named(on: Day, settings: Settings) -> None:
    first = on(1)
    keeping.freeze(settings, first.id, "Kreistag 2026-11")
    assert headings(on(2))[1] == f"{first.id} vom 01.11.2026, aufbewahrt als „Kreistag 2026-11“"


def difference(**changes: Any) -> dict[str, Any]:
    head = {"released_at": datetime(2026, 11, 22), "notice_de": "Hinweis"}
    return {
        "old": {**head, "release_id": "old"},
        "new": {**head, "release_id": "new"},
        "tables": {"added": [], "gone": [], "columns": {}, "rows": {}},
        "catalogue": dict.fromkeys(("indicators_new", "indicators_removed", "variants_new", "variants_removed"), ()),
        "territories": {"new": {}, "removed": {}},
        "values": [],
        **news.counted([]),
        **changes,
    }


def test_new_periods_are_named_once_with_their_indicators(settings: Settings, tmp_path: Path) -> None:
    def value(indicator: str, year: int, reason: str = "new_period", territory: str = "as_published") -> dict[str, Any]:
        day = date(year, 12, 31)
        return {
            "indicator_id": indicator, "period_type": "stichtag", "period_start": day, "period_end": day,
            "reason": reason, "territory": territory,
        }  # fmt: skip

    values = [
        *(value(indicator, 2025) for indicator in ("A02", "A01", "A01")),
        value("E01", 2026, territory="harmonised"),
        value("E01", 2027, reason="newly_recorded"),
        *(value("B01", year) for year in range(2010, 2017)),
    ]
    changelog.write(tmp_path, settings, difference(values=values), [])
    (line,) = [line for line in (tmp_path / "CHANGELOG.md").read_text().splitlines() if "Neue Zeiträume" in line]
    assert line == (
        "- Neue Zeiträume: 31.12.2025 (A01, A02), 31.12.2016 (B01), 31.12.2015 (B01), 31.12.2014 (B01), "
        "31.12.2013 (B01) und 3 weitere"
    )


def test_one_entry_is_short(settings: Settings, tmp_path: Path) -> None:
    changelog.write(tmp_path, settings, difference(reasons=dict.fromkeys(REASONS, 1)), ["a_dataset"])
    lines = (tmp_path / "CHANGELOG.md").read_text().splitlines()
    told = lines[lines.index("## new vom 22.11.2026") :]
    assert len(told) == changelog.MOST_LINES
    assert re.fullmatch(r"- … und (\d+) weitere Angaben in `diff\.md`", told[-1])
