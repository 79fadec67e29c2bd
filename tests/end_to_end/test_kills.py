"""A night may be killed at any moment: `current` is whole all the time, and the next night ends as if nothing had been.

SIGKILL goes to the night's own process group. A watcher, a process of its own, opens `current` again and again.
Kills at every single step of publishing: tests/release/test_release_kill.py.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from night_support import Night, differing_tables, small_catalog

POINTS = int(os.environ.get("MONITOR_TEST_KILLS", "30"))

# Follows the link once, then reads release.json and the warehouse of that folder; ends when its standard input does.
WATCHER = """
import json, select, sys
from pathlib import Path
import duckdb
current, seen, looks, faults = Path(sys.argv[1]), set(), 0, []
print("watching", flush=True)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    try:
        folder = current.resolve(strict=True)
        told = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
            row, = con.execute("select release_id, indicator_values, observations from meta_release").fetchall()
            counted = tuple(
                con.execute(f"select count(*) from {table}").fetchall()[0][0]
                for table in ("mart_indicator", "fct_observation")
            )
        for file in told["files"]:
            if (folder / file["path"]).stat().st_size != file["bytes"]:
                faults.append(f"{file['path']} has another size than release.json says")
        if row[0] != told["release_id"] or row[1:] != counted:
            faults.append(f"{row} beside {told['release_id']} with {counted}")
    except Exception as problem:
        faults.append(repr(problem))
    seen.add(told["release_id"])
    looks += 1
print(json.dumps({"seen": sorted(seen), "looks": looks, "faults": faults[:5]}))
"""


@dataclass
class Watch:
    """What the watcher saw."""

    seen: list[str] = field(default_factory=list)
    looks: int = 0
    faults: list[str] = field(default_factory=list)


@contextmanager
def watched(home: Path) -> Iterator[Watch]:
    """Let a watcher look at `current` while the block runs."""
    watch = Watch()
    watcher = subprocess.Popen(
        [sys.executable, "-c", WATCHER, str(home / "current")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "watching\n"
        yield watch
        out, _ = watcher.communicate("", timeout=60)
        watch.__dict__.update(json.loads(out))
    finally:
        watcher.kill()
        watcher.wait()


def killed_when(night: Night, *words: str) -> None:
    """Start a night and kill it the moment it says that it has come so far."""
    with night.started("run") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if all(word in line for word in words):
                os.killpg(process.pid, signal.SIGKILL)
                break
        assert process.wait(timeout=60) == -signal.SIGKILL, f"the night ended before it said {words}"


def killed_after(night: Night, seconds: float) -> float | None:
    """Start a night and kill it after some time; None, or how long it took where it was done before."""
    started = time.monotonic()
    with night.started("run") as process:
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        return None if process.wait(timeout=60) == -signal.SIGKILL else time.monotonic() - started


def night_after(earlier: Night, home: Path, **extra: Path) -> Night:
    """A home with the releases of another one and an empty archive: everything is to be done, `current` is there."""
    earlier.copied_to(home, only=("releases", "current"))
    return Night(home, earlier.extra).with_(**extra)


def test_killed_while_loading_and_building(small_project: Night, tmp_path: Path) -> None:
    catalog = small_catalog(tmp_path / "catalog")
    for file in (catalog / "datasets").glob("*.yml"):  # other bytes, the same meaning: there are news
        file.write_text(file.read_text(encoding="utf-8") + "# read anew\n", encoding="utf-8")
    night = night_after(small_project, tmp_path / "home", catalog=catalog)
    with watched(night.home) as watch:
        for _ in range(2):  # two of the three datasets are loaded at a time: the last one is new in the second night
            killed_when(night, "load", ": new")
        killed_when(night, "build", "fct_observation")
        end = night.monitor("run")
    assert end.code == 0, end.err
    assert watch.faults == []
    assert watch.looks > 10
    assert set(watch.seen) <= {small_project.release["release_id"], night.release["release_id"]}
    assert differing_tables(night.warehouse, small_project.warehouse) == {}
    assert_nothing_is_left_over(night)


def assert_nothing_is_left_over(night: Night) -> None:
    """No half release; every kept answer belongs to an accepted delivery (names with a dot are torn writes, unread)."""
    assert all((folder / "release.json").exists() for folder in (night.home / "releases").iterdir())
    assert [path.name for path in night.home.glob(".current*")] == []
    kept = {path.name for path in (night.home / "archive" / "raw").glob("*/[!.]*")}
    assert kept == {entry["sha256"] for entry in night.release["raw_inputs"]}


@pytest.mark.slow
def test_killed_at_points_spread_over_a_whole_night(recorded_home: Night, tmp_path: Path) -> None:
    """The full catalogue, from an empty archive, killed after each thirtieth of an undisturbed night's time."""
    earlier = Night(recorded_home.home)
    (tmp_path / "catalog").mkdir()
    shutil.copytree(earlier.project / "catalog", tmp_path / "catalog", dirs_exist_ok=True)
    for file in (tmp_path / "catalog" / "datasets").glob("*.yml"):
        file.write_text(file.read_text(encoding="utf-8") + "# read anew\n", encoding="utf-8")

    undisturbed = night_after(earlier, tmp_path / "undisturbed", catalog=tmp_path / "catalog")
    started = time.monotonic()
    assert undisturbed.monitor("run").code == 0
    whole_night = time.monotonic() - started
    assert undisturbed.release["release_id"] != earlier.release["release_id"]

    point = too_fast = 0
    while point < POINTS:
        seconds = whole_night * (point + 0.5) / POINTS
        night = night_after(earlier, tmp_path / "home", catalog=tmp_path / "catalog")
        with watched(night.home) as watch:
            took = killed_after(night, seconds)
            end = night.monitor("run")
        what = f"killed after {seconds:.2f} s of {whole_night:.1f} s"
        assert end.code == 0, f"{what}: {end.err[-2000:]}"
        assert watch.faults == [], what
        assert watch.looks > 0, what
        assert differing_tables(night.warehouse, undisturbed.warehouse) == {}, what
        assert_nothing_is_left_over(night)
        shutil.rmtree(night.home)
        if took is None:
            point += 1
        else:  # the machine was busier when the first night was measured: the same point again, by this night's time
            whole_night, too_fast = took, too_fast + 1
            assert too_fast <= POINTS, "the nights' times are too uneven on this machine to spread kills over them"
