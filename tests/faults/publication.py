"""Faults of a publication, executed for real: a small disk that fills up, files that vanish, links that lead nowhere.

Every fault is met on releases of the sample candidate in a home of its own. Goes out: one `Met` per fault: what was
said, whether the release before stayed whole and current, and whether the next publication succeeded.
`python tests/faults/publication.py [--json]` (part of `make faults`) prints them as a table.
"""

# ruff: noqa: E402
from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "release"), str(Path(__file__).parents[1] / "quality")]

import duckdb
import sample_candidate
from release_support import facts_of, settings_of

from integrationsmonitor import files
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release import Release, keeping, publish, shelf
from integrationsmonitor.release.exports import workbooks
from integrationsmonitor.settings import Settings

# Where in a publication the disk is full: parts of the room that one release takes.
FULL_AT = (0.002, 0.5, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)


@dataclass(frozen=True)
class Met:
    """How a fault was met: what was said, and whether `current` stayed what it was, whole, and went on."""

    fault: str
    said: str
    kept: bool
    went_on: bool

    @property
    def problem(self) -> str:
        """What is wrong with it; "" where nothing is."""
        flaws = [] if self.kept else ["current is not whole"]
        flaws += [] if self.went_on else ["no publication afterwards"]
        flaws += ["more than a line was said"] if "\n" in self.said else []
        return "; ".join(flaws)


class Home:
    """A home with a sample candidate, of all tables or of few, and nights that publish it."""

    def __init__(self, folder: Path, spoil: Sequence[str] = sample_candidate.FEW, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings: Settings = settings_of(folder / "home", **environment)
        self.candidate = sample_candidate.build(folder / "candidate.duckdb", spoil)
        self.quality = folder / "quality"
        self.quality.mkdir(exist_ok=True)
        (self.quality / "quality.json").write_text('{"gate": "passed"}\n', encoding="utf-8")
        self.nights = 0

    def night(self, report: Callable[..., None] = lambda *_, **__: None) -> Release:
        """Publish, as the night does."""
        self.nights += 1
        with files.room_to_work(self.settings.home):
            return publish(self.settings, self.candidate, self.quality, facts_of(self.nights), report)

    def refused(self) -> str:
        """Publish where it must fail; returns what was said."""
        try:
            self.night()
        except MonitorError as problem:
            return str(problem)
        return "nothing: it was published"

    def is_whole(self, release: Release) -> bool:
        """Whether `current` is this release, byte for byte as it was published, and answers."""
        now = shelf.read(self.settings.current)
        if now is None or now["release_id"] != release.id or keeping.verify(self.settings).problems:
            return False
        with duckdb.connect(str(self.settings.current / "warehouse.duckdb"), read_only=True) as con:
            return con.execute("select release_id from meta_release").fetchone() == (release.id,)

    def goes_on(self) -> bool:
        """Whether the next publication succeeds and is whole."""
        return self.is_whole(self.night())


def disk_full(folder: Path) -> Iterator[Met]:
    """A disk of its own that is full at some point of the publication; then it gets room again."""
    script = [sys.executable, __file__, "--on-small-disk", str(folder)]
    done = subprocess.run(["unshare", "-rm", *script], capture_output=True, text=True, check=False, timeout=500)
    if done.returncode:
        raise RuntimeError(f"the small disk failed: {done.stderr[-2000:]}")
    for line in done.stdout.splitlines():
        yield Met(**json.loads(line))


def _on_small_disk(folder: Path) -> None:
    """In a mount namespace of its own: fill a tmpfs at several points of a publication; one JSON line each."""
    disk = folder / "disk"
    disk.mkdir(parents=True)

    def size(number: int, *options: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ",".join([f"size={number}", *options]), "tmpfs", disk], check=True
        )

    def used() -> int:
        return shutil.disk_usage(disk).used

    size(1 << 30)
    home = Home(disk, spoil=())
    home.night()
    before = used()
    good = home.night()
    needed = used() - before
    for part in FULL_AT:
        size(used() + max(int(needed * part), 1 << 14), "remount")
        reached: list[str] = []
        try:
            home.night(lambda _, text, reached=reached, **__: reached.append(text))
            said = "nothing: it was published"
        except MonitorError as problem:
            said = str(problem)
        kept = home.is_whole(good) and "No space left on device" in said
        size(1 << 30, "remount")
        good = home.night()
        after = reached[-1].split(":")[0] if reached else "nothing yet"
        print(json.dumps(asdict(Met(f"disk full at {part:.1%}, after: {after}", said, kept, home.is_whole(good)))))
    size(used(), "remount", "ro")
    said = home.refused()
    kept = home.is_whole(good) and "Read-only file system" in said
    size(1 << 30, "remount", "rw")
    print(json.dumps(asdict(Met("disk read-only", said, kept, home.goes_on()))))


def file_under_a_release(folder: Path) -> Iterator[Met]:
    """A file of the current release is removed, or changed by one byte."""
    for what in ("removed", "changed"):
        home = Home(folder / what)
        home.night()
        good = home.night()
        path = good.path / "exports" / "parquet" / "mart_indicator.parquet"
        data = path.read_bytes()
        path.unlink()
        if what == "changed":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        (said,) = keeping.verify(home.settings).problems
        readable = duckdb.connect(str(good.path / "warehouse.duckdb"), read_only=True)
        kept = readable.execute("select count(*) from mart_indicator").fetchone() == (good.rows["mart_indicator"],)
        readable.close()
        mended = keeping.repair(home.settings) != good.id
        yield Met(f"a file of the current release is {what}", f"verify: {said}", kept and mended, home.goes_on())


def current_astray(folder: Path) -> Iterator[Met]:
    """`current` is gone, leads nowhere, or leads to no release; latest.json is lost or of yesterday."""

    def lost(home: Home, _: Release) -> None:
        home.settings.current.unlink()

    def nowhere(home: Home, _: Release) -> None:
        home.settings.current.unlink()
        home.settings.current.symlink_to("releases/gone")

    def half(home: Home, _: Release) -> None:
        (home.settings.releases / "half").mkdir()
        home.settings.current.unlink()
        home.settings.current.symlink_to("releases/half")

    for name, damage in (("is missing", lost), ("leads nowhere", nowhere), ("leads to half a release", half)):
        home = Home(folder / name.replace(" ", "-"))
        home.night()
        good = home.night()
        damage(home, good)
        try:
            keeping.verify(home.settings)
            said = "nothing"
        except MonitorError as problem:
            said = str(problem)
        mended = keeping.repair(home.settings) == good.id and "monitor repair" in said
        yield Met(f"current {name}", said, mended and home.is_whole(good), home.goes_on())
    for name, body in (("lost", None), ("torn", "{"), ("of another release", '{"release_id": "other"}')):
        home = Home(folder / f"latest-{name.replace(' ', '-')}")
        good = home.night()
        path = home.settings.home / "latest.json"
        path.unlink()
        if body is not None:
            path.write_text(body, encoding="utf-8")
        keeping.repair(home.settings)
        told = json.loads(path.read_text(encoding="utf-8"))["release_id"]
        yield Met(f"latest.json is {name}", f"repair: {told}", told == good.id and home.is_whole(good), home.goes_on())


def two_publishers(folder: Path) -> Iterator[Met]:
    """Two processes publish at once."""
    home = Home(folder)
    home.night()
    children = []
    for number in (11, 12):
        child = os.fork()
        if child == 0:
            os._exit(0 if publish(home.settings, home.candidate, home.quality, facts_of(number)).id else 1)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    shelved = shelf.whole(home.settings)
    numbers = [release["sequence"] for release in shelved]
    whole = not any(keeping.verify(home.settings, release["release_id"]).problems for release in shelved)
    said = f"both waited for each other: exit codes {codes}, releases {numbers}"
    yield Met("two publishers at once", said, whole and numbers == [1, 2, 3] and codes == [0, 0], home.goes_on())


def old_reader(folder: Path) -> Iterator[Met]:
    """A reader holds a release that is pruned meanwhile."""
    home = Home(folder, MONITOR_KEEP_RELEASES="2")
    first = home.night()
    reader = duckdb.connect(str(home.settings.current / "warehouse.duckdb"), read_only=True)
    for _ in range(5):
        home.night()
    gone = not first.path.exists()
    answers = reader.execute("select release_id, (select count(*) from mart_indicator) from meta_release").fetchone()
    reader.close()
    kept = gone and answers == (first.id, first.rows["mart_indicator"])
    yield Met("a reader holds a release that is pruned", f"it still answers: {answers}", kept, home.goes_on())


def clock_back(folder: Path) -> Iterator[Met]:
    """The clock of the machine jumps back a day."""
    home = Home(folder, MONITOR_KEEP_RELEASES="2")
    before = os.environ.get("MONITOR_NOW")
    try:
        os.environ["MONITOR_NOW"] = "2026-11-22T02:15:00+01:00"
        first = home.night()
        os.environ["MONITOR_NOW"] = "2026-11-21T02:15:00+01:00"
        second = home.night()
        kept = second.id < first.id and home.is_whole(second) and second.path.exists() and first.path.exists()
        back = (second.path / "diff.md").read_text(encoding="utf-8")
        said = next((line for line in back.splitlines() if "älter" in line or "früher" in line), "diff.md written")
        yield Met("the clock jumps back a day", said, kept, home.goes_on())
    finally:
        os.environ.pop("MONITOR_NOW")
        if before is not None:
            os.environ["MONITOR_NOW"] = before


def writer_killed(folder: Path) -> Iterator[Met]:
    """The process that writes large workbooks is killed half way."""
    home = Home(folder)
    good = home.night()
    with _all_workbooks_beside():
        stop = threading.Event()
        killer = threading.Thread(target=_kill_children, args=(stop,))
        killer.start()
        said = home.refused()
        stop.set()
        killer.join()
    yield Met("the writer of workbooks is killed", said, home.is_whole(good) and "XLSX" in said, home.goes_on())


@contextmanager
def _all_workbooks_beside() -> Iterator[None]:
    small, earlier = workbooks._SMALL, workbooks._earlier
    workbooks._SMALL, workbooks._earlier = -1, lambda _: iter(())
    try:
        yield
    finally:
        workbooks._SMALL, workbooks._earlier = small, earlier


def _kill_children(stop: threading.Event) -> None:
    while not stop.is_set():
        children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
        for pid in {int(pid) for path in children for pid in path.read_text().split()}:
            if b"workbook" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return
        time.sleep(0.005)


FAULTS: dict[str, Callable[[Path], Iterator[Met]]] = {
    "disk-full": disk_full,
    "file-under-a-release": file_under_a_release,
    "current-astray": current_astray,
    "two-publishers": two_publishers,
    "old-reader": old_reader,
    "clock-back": clock_back,
    "writer-killed": writer_killed,
}


def main() -> int:
    """Execute all, print a table; 1 where one was not met as it should be."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, execute in FAULTS.items():
            for met in execute(Path(folder) / name):
                failed += bool(met.problem)
                if "--json" in sys.argv:
                    print(json.dumps({**asdict(met), "problem": met.problem}, ensure_ascii=False))
                else:
                    print(f"{met.fault:<70} {met.problem or 'met'}\n    {met.said[:180]}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--on-small-disk"]:
        _on_small_disk(Path(sys.argv[2]))
    else:
        sys.exit(main())
