"""The shelf as a person keeps it: verified, frozen, repaired, listed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from release_support import settings_of

from integrationsmonitor import archive, clock
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.release import Release, current, keeping, releases, rollback
from integrationsmonitor.settings import Settings

Night = Callable[..., Release]


def writable(path: Path) -> Path:
    path.parent.chmod(0o755)
    if path.exists():
        path.chmod(0o644)
    return path


def test_a_release_as_it_was_published_is_whole(publish_night: Night, settings: Settings) -> None:
    published = publish_night()
    found = keeping.verify(settings)
    content = json.loads((published.path / "release.json").read_text(encoding="utf-8"))
    assert (found.release_id, found.problems) == (published.id, ())
    assert found.n_files == len(content["files"])
    assert found.n_bytes == sum((published.path / entry["path"]).stat().st_size for entry in content["files"])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    writable(path).write_bytes(data)


def _edit_inputs(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    content["inputs"]["code"] = "another"
    writable(path).write_text(json.dumps(content), encoding="utf-8")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "one bit": (lambda folder: _flip(folder / "warehouse.duckdb"), "warehouse.duckdb: other content"),
    "cut short": (
        lambda folder: os.truncate(writable(folder / "exports/csv/mart_indicator.csv"), 10),
        "exports/csv/mart_indicator.csv: 10 bytes instead of",
    ),
    "removed": (lambda folder: writable(folder / "exports/latest.json").unlink(), "exports/latest.json: missing"),
    "added": (
        lambda folder: (folder / "exports" / "extra.csv").write_text("x"),
        "exports/extra.csv: was not published",
    ),
    "a link": (
        lambda folder: (
            shutil.move(writable(folder / "diff.md"), folder.parent / "elsewhere.md"),
            (folder / "diff.md").symlink_to(folder.parent / "elsewhere.md"),
        ),
        "diff.md: no plain file",
    ),
    "other inputs": (lambda folder: _edit_inputs(folder / "release.json"), "its inputs are not those"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_named_with_its_file(publish_night: Night, settings: Settings, damage: str) -> None:
    published = publish_night()
    spoil, words = DAMAGES[damage]
    spoil(published.path)
    (problem,) = keeping.verify(settings, published.id[:12]).problems
    assert words in problem


def test_a_current_that_means_nothing_says_what_to_do(publish_night: Night, settings: Settings) -> None:
    with pytest.raises(MonitorError, match=r"current is no whole release; `monitor repair`"):
        keeping.verify(settings)
    publish_night()
    settings.current.unlink()
    settings.current.symlink_to("releases/nowhere")
    with pytest.raises(MonitorError, match=r"current leads to releases/nowhere, which is no whole release"):
        keeping.verify(settings)


def test_repair_leaves_a_whole_current_alone(publish_night: Night, settings: Settings) -> None:
    first, _second = publish_night(1), publish_night(2)
    rollback(settings, first.id)
    assert keeping.repair(settings) == first.id
    assert (current(settings) or {})["release_id"] == first.id


def test_repair_takes_the_newest_release_that_is_whole(publish_night: Night, settings: Settings) -> None:
    first, second, third = (publish_night(number) for number in (1, 2, 3))
    _flip(third.path / "warehouse.duckdb")
    writable(second.path / "release.json").unlink()
    (second.path / "FROZEN").write_text("kept", encoding="utf-8")
    said: list[str] = []
    assert keeping.repair(settings, lambda _step, text, **_: said.append(text)) == first.id
    assert (current(settings) or {})["release_id"] == first.id
    assert any(third.id in text and "warehouse.duckdb" in text for text in said)
    assert third.path.is_dir()
    events = [record["event"] for record in archive.journal_records(settings)]
    assert events == ["published", "published", "published", "rolled_back"]


@pytest.mark.parametrize("missing", [True, False])
def test_repair_sets_a_link_that_is_gone_or_leads_nowhere(
    publish_night: Night, settings: Settings, missing: bool
) -> None:
    publish_night(1)
    newest = publish_night(2)
    settings.current.unlink()
    if not missing:
        settings.current.symlink_to("releases/nowhere")
    assert keeping.repair(settings) == newest.id
    assert settings.current.resolve() == newest.path


def test_nothing_whole_is_no_repair(settings: Settings) -> None:
    with pytest.raises(MonitorError, match="no release is whole: run `monitor build`"):
        keeping.repair(settings)


def test_a_frozen_release_is_kept_for_ever_and_still_whole(publish_night: Night, settings: Settings) -> None:
    first = publish_night(1)
    kept = keeping.freeze(settings, first.id, "  Kreistag   2026-11 ")
    assert (kept.release_id, kept.label) == (first.id, "Kreistag 2026-11")
    for number in range(2, 18):
        publish_night(number)
    assert first.id in {release["release_id"] for release in releases(settings)}
    assert keeping.verify(settings, first.id).problems == ()
    (decision,) = [record for record in archive.journal_records(settings) if record["event"] == "freeze"]
    assert (decision["release_id"], decision["reason"]) == (first.id, "Kreistag 2026-11")
    listed = {entry["release_id"]: entry for entry in keeping.listed(settings)}
    assert listed[first.id]["frozen"] == "Kreistag 2026-11"


def test_only_what_is_whole_is_frozen_and_only_once(publish_night: Night, settings: Settings) -> None:
    first, second = publish_night(1), publish_night(2)
    keeping.freeze(settings, first.id, "Kreistag")
    with pytest.raises(ConfigError, match=r"is frozen already, since .*: Kreistag"):
        keeping.freeze(settings, first.id, "Ausschuss")
    with pytest.raises(ConfigError, match="a name is needed"):
        keeping.freeze(settings, second.id, " ")
    _flip(second.path / "warehouse.duckdb")
    with pytest.raises(MonitorError, match=r"is not whole and is not frozen: warehouse\.duckdb"):
        keeping.freeze(settings, second.id, "Kreistag")
    with pytest.raises(ConfigError, match="is no whole release"):
        keeping.freeze(settings, "2020", "Kreistag")


def test_a_file_named_frozen_that_a_person_laid_there_counts(publish_night: Night, settings: Settings) -> None:
    published = publish_night()
    (published.path / "FROZEN").write_text("Kreistag 2026-11\n", encoding="utf-8")
    assert keeping.listed(settings)[0]["frozen"] == "Kreistag 2026-11"


def test_the_list_begins_with_the_newest_and_marks_the_current_one(publish_night: Night, settings: Settings) -> None:
    first, second = publish_night(1), publish_night(2)
    rollback(settings)
    listed = keeping.listed(settings)
    assert [(entry["release_id"], entry["is_current"]) for entry in listed] == [(second.id, False), (first.id, True)]
    assert [entry["bytes"] for entry in listed] == [
        keeping.verify(settings, name).n_bytes for name in (second.id, first.id)
    ]


def test_room_is_told_for_as_many_as_are_kept(publish_night: Night, settings: Settings, tmp_path: Path) -> None:
    first = publish_night(1)
    publish_night(2)
    keeping.freeze(settings, first.id, "Kreistag")
    entries = keeping.listed(settings)
    largest = max(entry["bytes"] for entry in entries)
    room = keeping.room(settings_of(settings.home, MONITOR_KEEP_RELEASES="5"), entries, [])
    assert room.releases == sum(entry["bytes"] for entry in entries)
    assert room.releases_at_most == 5 * largest + entries[-1]["bytes"]
    assert (room.archive, room.archive_in_a_year, room.keep) == (0, None, 5)


@pytest.mark.parametrize(("days", "forecast"), [(10, None), (60, 1_000_000 + 365 * 100)])
def test_an_archive_is_forecast_from_what_came_in_thirty_days_not_from_its_first_night(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, days: int, forecast: int | None
) -> None:
    """A first night of 997,000 bytes, then 100 bytes on each of the last thirty days."""
    today = datetime(2026, 11, 28, tzinfo=UTC)
    taken = {today - timedelta(days=days): 997_000} | {today - timedelta(days=day): 100 for day in range(30)}
    monkeypatch.setattr(clock, "now", lambda: today)
    assert keeping._in_a_year(taken) == forecast
