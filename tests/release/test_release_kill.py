"""A publisher may die at any step: `current` stays whole, and the next publication puts everything right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest
from release_support import PROJECT, facts_of, settings_of

from integrationsmonitor import publications, release
from integrationsmonitor.release import publish
from integrationsmonitor.settings import Settings

STEPS = ("fsync", "replace", "symlink", "unlink", "mkdir", "rmdir", "chmod", "link", "rename")


class KilledError(BaseException):
    """Stands for the end of the process: nothing in the package may catch it and go on."""


@contextmanager
def dying_at(step: int, die: Callable[[], Any]) -> Iterator[list[str]]:
    """Let the `step`-th change of the file system (counted from 1) not happen, and call `die` instead.

    Yields the names of the changes, as they come.
    """
    seen: list[str] = []

    def counted(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            if len(seen) >= step:
                die()
            return original(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, counted(name, getattr(os, name)))
        patch.setattr(shutil, "copyfile", counted("copyfile", shutil.copyfile))
        yield seen


PER_FILE = {"mkdir", "copyfile", "chmod", "fsync", "unlink", "rmdir"}


def turning_points(steps: Sequence[str]) -> list[int]:
    """The steps (counted from 1) at which a kill leaves something new behind.

    Where each file of a release has its turn in a stretch of such steps, its first three, every tenth and its last two
    stand for all; a link and a file put in place are always points of their own.
    """
    points: set[int] = set()
    for per_file, group in groupby(enumerate(steps, start=1), lambda numbered: numbered[1] in PER_FILE):
        stretch = [number for number, _ in group]
        points |= {*stretch[:3], *stretch[::10], *stretch[-2:]} if per_file else {*stretch}
    return sorted(points)


def raise_killed() -> None:
    raise KilledError


def check_current(settings: Settings, ids: set[str]) -> None:
    """`current` is a whole release out of `ids`, every file of it has its checksum, and its tables can be read."""
    told = release.current(settings)
    assert told is not None
    assert told["release_id"] in ids
    for file in told["files"]:
        assert (settings.current / file["path"]).stat().st_size == file["bytes"]
    con = duckdb.connect(str(settings.current / "warehouse.duckdb"), read_only=True)
    try:
        assert con.execute("select release_id from meta_release").fetchall() == [(told["release_id"],)]
    finally:
        con.close()


def check_account(settings: Settings) -> None:
    """The archive's account of what is published is what `current` shows."""
    told = publications.account(settings)
    with duckdb.connect(str(settings.current / "warehouse.duckdb"), read_only=True) as con:
        shown = con.execute("select value_id, value, status, definition_version from mart_indicator").fetchall()
        assert con.execute(
            "select value_id, value from published_as_of('2026-12-31') order by all"
        ).fetchall() == sorted(row[:2] for row in shown)
    assert told.holds == settings.current.resolve().name
    assert told.state == {row[0]: row[1:] for row in shown}


@pytest.fixture(scope="module")
def next_candidate(small_candidate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small candidate with one value more and others changed."""
    path = tmp_path_factory.mktemp("next") / "warehouse.duckdb"
    shutil.copy(small_candidate, path)
    with duckdb.connect(str(path)) as con:
        con.execute("update mart_indicator set value = value + 1")
        con.execute(
            "insert into mart_indicator select * replace ('f' || value_id as value_id) from mart_indicator limit 1"
        )
    return path


def test_a_kill_before_any_step_leaves_current_whole(
    tmp_path: Path, small_candidate: Path, next_candidate: Path, quality_dir: Path
) -> None:
    start = tmp_path / "start"

    def copied(name: object) -> Settings:
        return settings_of(Path(shutil.copytree(start, tmp_path / str(name), symlinks=True)), MONITOR_KEEP_RELEASES="2")

    at_start = settings_of(start, MONITOR_KEEP_RELEASES="2")
    known = {publish(at_start, small_candidate, quality_dir, facts_of(0)).id for _ in range(3)}
    undisturbed = copied("undisturbed")
    with dying_at(sys.maxsize, raise_killed) as steps:
        known.add(publish(undisturbed, next_candidate, quality_dir, facts_of(1)).id)
    assert {"fsync", "replace", "copyfile"} <= set(steps)
    assert len(steps) > 40, "publishing changes the file system in many steps; the test must see them"
    print(len(steps), len(turning_points(steps)))
    for step in turning_points(steps):
        settings = copied(step)  # as it was before the undisturbed publication, so that its steps come again
        with pytest.raises(KilledError), dying_at(step, raise_killed):
            publish(settings, next_candidate, quality_dir, facts_of(1))
        check_current(settings, known)
        # once more over what the first one left behind; towards the end there is less to do than before
        with suppress(KilledError), dying_at(step, raise_killed):
            known.add(publish(settings, next_candidate, quality_dir, facts_of(2)).id)
        known |= {str(entry["release_id"]) for entry in release.releases(settings)}
        check_current(settings, known)
        if step % 7 == 0 or step == len(steps):
            published = publish(settings, small_candidate, quality_dir, facts_of(0))
            known.add(published.id)
            check_current(settings, {published.id})
            check_account(settings)
            assert not list(settings.home.glob(".current.*"))
            assert all((folder / "release.json").exists() for folder in settings.releases.iterdir())
        shutil.rmtree(settings.home)


SCRIPT = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from release_support import facts_of, settings_of
from test_release_kill import dying_at
from integrationsmonitor.release import publish
with dying_at(int(sys.argv[1]), lambda: os.kill(os.getpid(), 9)):
    publish(settings_of(Path(sys.argv[2])), Path(sys.argv[3]), Path(sys.argv[4]), facts_of(2))
"""


@pytest.mark.parametrize("step", [2, 15, 30])
def test_sigkill_of_the_publisher_leaves_current_whole(
    tmp_path: Path, small_candidate: Path, quality_dir: Path, step: int
) -> None:
    settings = settings_of(tmp_path / "home")
    first = publish(settings, small_candidate, quality_dir, facts_of(1))
    script = SCRIPT.format(tests=str(PROJECT / "tests" / "release"))
    command = [sys.executable, "-c", script, str(step), str(settings.home), str(small_candidate), str(quality_dir)]
    ended = subprocess.run(command, check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    check_current(settings, {first.id} | {str(entry["release_id"]) for entry in release.releases(settings)})
    last = publish(settings, small_candidate, quality_dir, facts_of(3))
    check_current(settings, {last.id})
