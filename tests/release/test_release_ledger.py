"""What was published when: rows in the release, files in the archive, whatever happens to the folders."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from release_support import facts_of, settings_of

from integrationsmonitor import archive, publications
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release import Release, publish, rollback
from integrationsmonitor.settings import Settings

AS_OF = "select value_id, value, status from published_as_of(timestamp '{}') order by value_id"
SHOWN = "select value_id, value, status from mart_indicator order by value_id"
RAISED = "update mart_indicator set value = value + 1 where value_id <> (select max(value_id) from mart_indicator)"
GONE = "delete from mart_indicator where value_id = (select max(value_id) from mart_indicator)"
Told = tuple[Settings, dict[int, Release]]


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def candidate_with(tmp_path_factory: pytest.TempPathFactory, small_candidate: Path) -> Callable[..., Path]:
    """The small candidate after some statements."""

    def make(*statements: str) -> Path:
        path = tmp_path_factory.mktemp("candidate") / "warehouse.duckdb"
        shutil.copy(small_candidate, path)
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)
        return path

    return make


def set_clock(day: int) -> None:
    """It is 03:00 of a day in November; the tests' own clock stands again after each of them."""
    os.environ["MONITOR_NOW"] = f"2026-11-{day:02}T03:00:00+00:00"


@pytest.fixture(scope="module")
def five_days(tmp_path_factory: pytest.TempPathFactory, candidate_with: Callable[..., Path], quality_dir: Path) -> Told:
    """Published, raised, back to the first by hand, one value gone, then all as before that; read-only."""
    settings = settings_of(tmp_path_factory.mktemp("told") / "home")
    days: dict[int, Release] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_NOW", "")
        for day, statements in ((1, []), (2, [RAISED]), (4, [RAISED, GONE]), (5, [RAISED])):
            if day == 4:
                set_clock(3)
                days[3] = rollback(settings)
            set_clock(day)
            days[day] = publish(settings, candidate_with(*statements), quality_dir, facts_of(day))
    return settings, days


@pytest.fixture
def told(five_days: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The same in a home of the test's own, one day later."""
    settings, days = five_days
    shutil.copytree(settings.home, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("MONITOR_NOW", "2026-11-06T03:00:00+00:00")
    here = settings_of(tmp_path / "home")
    return here, {day: replace(release, path=here.releases / release.id) for day, release in days.items()}


def test_a_release_tells_what_was_published_at_any_moment(five_days: Told) -> None:
    _, days = five_days
    last = days[5].path / "warehouse.duckdb"
    assert ask(last, AS_OF.format("2026-11-01 02:59:59")) == []
    for day in days:
        shown = ask(days[day].path / "warehouse.duckdb", SHOWN)
        assert ask(last, AS_OF.format(f"2026-11-{day:02} 12:00")) == shown, f"on day {day}"


def test_each_publication_adds_only_what_it_changed(five_days: Told) -> None:
    _, days = five_days
    values = days[1].rows["mart_indicator"]
    counts = "select publication_no, count(*), count(distinct release_id) from mart_publication group by 1 order by 1"
    rows = ask(days[5].path / "warehouse.duckdb", counts)
    raised = rows[1][1]
    assert 0 < int(str(raised)) < values
    assert rows[:3] == [(1, values, 1), (2, raised, 1), (3, raised, 1)]
    assert rows[4] == (5, 1, 1), "the value that was gone for a day"
    removed = "select count(*) from mart_publication where status = 'removed' and value is null"
    assert ask(days[5].path / "warehouse.duckdb", removed) == [(1,)]


def test_a_rollback_counts_from_its_own_time_on(five_days: Told) -> None:
    _, days = five_days
    rows = ask(
        days[5].path / "warehouse.duckdb",
        "select distinct release_id, published_at::varchar from mart_publication where publication_no = 3",
    )
    assert rows == [(days[1].id, "2026-11-03 03:00:00")]


def test_pruned_folders_and_a_restore_from_the_archive_change_nothing(
    told: Told, tmp_path: Path, candidate_with: Callable[..., Path], quality_dir: Path
) -> None:
    settings, days = told
    before = publications.account(settings)
    shutil.copytree(settings.archive, tmp_path / "restored" / "archive")
    restored = settings_of(tmp_path / "restored")
    assert publications.account(restored) == before
    again = publish(restored, candidate_with(RAISED), quality_dir, facts_of(6))
    account = "from mart_publication order by all"
    assert ask(again.path / "warehouse.duckdb", account) == ask(days[5].path / "warehouse.duckdb", account)


def test_a_repeated_publication_adds_no_row(told: Told, candidate_with: Callable[..., Path], quality_dir: Path) -> None:
    settings, days = told
    rows = {
        publish(settings, candidate_with(RAISED), quality_dir, facts_of(n)).rows["mart_publication"] for n in (6, 7)
    }
    assert rows == {days[5].rows["mart_publication"]}


def test_releases_of_an_older_version_are_told_where_their_folder_is_left(
    told: Told, candidate_with: Callable[..., Path], quality_dir: Path
) -> None:
    """The older version wrote no files of changes, and of its releases the first was pruned."""
    settings, days = told
    shutil.rmtree(settings.archive / "publications")
    shutil.rmtree(days[2].path)
    journal = archive.journal_path(settings)
    records = archive.journal_records(settings)
    journal.unlink()
    for record in records:
        archive.journal(settings, {name: text for name, text in record.items() if name not in ("at", "changes")})
    last = publish(settings, candidate_with(), quality_dir, facts_of(6)).path / "warehouse.duckdb"
    numbers = ask(last, "select distinct publication_no from mart_publication order by 1")
    assert numbers == [(3,), (4,), (5,), (6,)], "nothing is claimed of the time before the pruned release"
    assert ask(last, AS_OF.format("2026-11-05 12:00")) == ask(days[5].path / "warehouse.duckdb", SHOWN)


def test_a_publication_that_died_before_its_line_in_the_journal_is_told_with_its_own_time(
    told: Told, candidate_with: Callable[..., Path], quality_dir: Path
) -> None:
    settings, days = told
    journal = archive.journal_path(settings)
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole[:-1].rfind(b"\n") + 1])
    set_clock(8)
    rollback(settings, days[4].id)
    rows = publications.account(settings).rows
    assert [str(row.published_at) for row in rows if row.publication_no == 5] == ["2026-11-05 03:00:00"]
    assert [event.release_id for event in publications.events(settings)][-2:] == [days[5].id, days[4].id]


def test_a_rollback_that_died_before_its_line_is_told_from_when_it_was_found(
    told: Told, candidate_with: Callable[..., Path], quality_dir: Path
) -> None:
    settings, days = told
    settings.current.unlink()
    settings.current.symlink_to(Path("releases") / days[1].id)
    set_clock(9)
    publish(settings, candidate_with(), quality_dir, facts_of(9))
    last = [json.loads(line[9:]) for line in archive.journal_path(settings).read_text().splitlines()][-2:]
    assert (last[0]["event"], last[0]["release_id"]) == ("rolled_back", days[1].id)
    assert last[1]["changes"] == 0, "the first release's values were published already"


def test_the_question_can_be_asked_of_an_attached_release(five_days: Told) -> None:
    _, days = five_days
    with duckdb.connect() as con:
        con.execute(f"attach '{days[5].path / 'warehouse.duckdb'}' as monitor (read_only)")
        con.execute("use monitor")
        assert len(con.execute(AS_OF.format("2026-11-02 12:00")).fetchall()) == days[1].rows["mart_indicator"]


def test_a_lost_file_stops_the_next_publication_and_a_rollback_alike(
    told: Told, candidate_with: Callable[..., Path], quality_dir: Path
) -> None:
    settings, days = told
    shutil.rmtree(settings.releases / days[1].id)
    publications.path_of(settings, days[1].id).unlink()
    for attempt in (lambda: publish(settings, candidate_with(), quality_dir, facts_of(6)), lambda: rollback(settings)):
        with pytest.raises(MonitorError, match=f"publications/{days[1].id}.parquet is missing.*backup"):
            attempt()
    assert settings.current.resolve().name == days[5].id


def test_a_lost_file_is_made_again_from_a_folder_that_is_left(told: Told) -> None:
    settings, days = told
    before = publications.account(settings)
    publications.path_of(settings, days[5].id).unlink()
    rollback(settings, days[4].id)
    assert publications.account(settings).rows[: len(before.rows)] == before.rows
