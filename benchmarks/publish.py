"""Measures a publication: exports beside DuckDB's own COPY, sealing and swapping, verifying, readers during 200 swaps.

    python benchmarks/publish.py --home HOME    a home with a release (`make run` makes one in var/)
    python benchmarks/publish.py --json

Everything is done on copies below a temporary folder. Figures of one run belong together; on a busy machine only the
ratios say something.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
ROUNDS = 5
SWAPS = 200


@dataclass(frozen=True)
class Figure:
    """One measured thing beside what is promised of it."""

    what: str
    measured: str
    promised: str
    kept: bool | None


def exports(home: Path, folder: Path) -> Iterator[Figure]:
    """Parquet and both CSV of every table, as we write them and as COPY alone does, by turns."""
    from integrationsmonitor.release import exports as writing
    from integrationsmonitor.release.contract import load_contract
    from integrationsmonitor.release.dictionary import Lexicon
    from integrationsmonitor.release.tables import connection, published_tables

    contract = load_contract(PROJECT / "exports" / "exports.yml")
    lexicon = Lexicon.of(PROJECT)
    ours, theirs = [], []
    with connection(folder / "scratch") as con:
        con.execute(f"attach '{home / 'current' / 'warehouse.duckdb'}' as rel (read_only)")
        tables = [table for table in published_tables(con, "rel", contract) if contract.as_file(table.name)]
        for number in range(ROUNDS):
            target = folder / f"ours-{number}"
            ours.append(_seconds(lambda to=target: writing.write_plain(con, "rel", to, contract, lexicon, tables, {})))
            theirs.append(_seconds(lambda to=folder / f"theirs-{number}": _copy(con, tables, contract.compression, to)))
            shutil.rmtree(target)
            shutil.rmtree(folder / f"theirs-{number}")
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    told = f"{statistics.median(ours):.1f} s against {statistics.median(theirs):.1f} s, ratio {ratio:.2f}"
    yield Figure(f"Parquet and two CSV of {len(tables)} tables", told, "1.5 × COPY", ratio <= 1.5)


def _copy(con: Any, tables: Sequence[Any], compression: str, target: Path) -> None:
    target.mkdir()
    for table in tables:
        here = f'rel.main."{table.name}"'
        con.execute(f"copy {here} to '{target / table.name}.parquet' (format parquet, compression {compression})")
        con.execute(f"copy {here} to '{target / table.name}.csv' (format csv, header true)")
        con.execute(f"copy {here} to '{target / table.name}.excel.csv' (format csv, header true, delimiter ';')")


def sealing(home: Path, folder: Path) -> Iterator[Figure]:
    """Checksums, fsync, marker and swap of a whole release; then verifying it."""
    from integrationsmonitor import files
    from integrationsmonitor.release import keeping, shelf
    from integrationsmonitor.settings import Settings

    source = (home / "current").resolve()
    seconds, rates = [], []
    for number in range(ROUNDS):
        place = {
            "MONITOR_SOURCE": "recorded",
            "MONITOR_HOME": str(folder / f"home-{number}"),
            "MONITOR_PROJECT": str(PROJECT),
        }
        settings = Settings.from_env(place)
        settings.claim_home()
        target = settings.releases / source.name
        shutil.copytree(source, target)
        (target / shelf.MARKER).unlink()
        told = json.loads((source / shelf.MARKER).read_text(encoding="utf-8"))
        size = sum(file["bytes"] for file in told["files"])

        def seal(target: Path = target, told: dict[str, Any] = told, settings: Settings = settings) -> None:
            files.listed(target, files.Digests())
            shelf.seal(target)
            shelf.mark(target, told)
            shelf.point_current(settings, target.name)

        seconds.append(_seconds(seal))
        taken = _seconds(lambda settings=settings: _whole(keeping.verify(settings)))
        rates.append(size / taken / 1e6)
        shutil.rmtree(settings.home)
    middle, rate = statistics.median(seconds), statistics.median(rates)
    yield Figure(f"checksums, fsync and swap of {size / 1e6:.0f} MB", f"{middle:.2f} s", "3 s", middle <= 3)
    yield Figure("verify", f"{rate:.0f} MB/s", "200 MB/s", rate >= 200)


def _whole(verified: Any) -> None:
    if verified.problems:
        raise SystemExit(f"the copy of the release is not whole: {verified.problems}")


def load(folder: Path) -> Iterator[Figure]:
    """Readers ask through `current` while releases whose values are their number are swapped in."""
    for readers, promised in ((2, 50.0), (8, None)):
        failed, mixed, times, seen = _swapped(folder / f"load-{readers}", readers)
        p50, p95 = (statistics.quantiles(times, n=100)[place] * 1000 for place in (49, 94))
        told = f"{len(times)} queries, {failed} failed, {mixed} mixed, {seen} releases seen"
        told += f"; p50 {p50:.0f} ms, p95 {p95:.0f} ms"
        kept = failed == 0 and mixed == 0 and (promised is None or p95 <= promised)
        limit = "0 failed, 0 mixed" + (f", p95 {promised:.0f} ms" if promised else "")
        yield Figure(f"{SWAPS} swaps, {readers} readers", told, limit, kept)


def _swapped(folder: Path, readers: int) -> tuple[int, int, list[float], int]:
    import duckdb

    from integrationsmonitor.release import shelf
    from integrationsmonitor.settings import Settings

    place = {"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(folder), "MONITOR_PROJECT": str(PROJECT)}
    settings = Settings.from_env(place)
    settings.claim_home()
    for number in range(SWAPS):
        release = settings.releases / f"r{number:04}"
        release.mkdir(parents=True)
        with duckdb.connect(str(release / "warehouse.duckdb")) as con:
            for table in ("a", "b", "c"):
                con.execute(f"create table {table} as select {number} as release, range as row from range(1000)")
        told = {"release_id": release.name, "released_at": "", "source_mode": "recorded", "notice_de": "", "files": []}
        shelf.mark(release, {**told, "sequence": number})
    shelf.point_current(settings, "r0000")
    context = multiprocessing.get_context("spawn")
    stop, queue = context.Event(), context.Queue()
    started = context.Barrier(readers + 1)
    path = str(settings.current / "warehouse.duckdb")
    workers = [context.Process(target=_read, args=(path, started, stop, queue)) for _ in range(readers)]
    for worker in workers:
        worker.start()
    started.wait()
    for number in range(SWAPS):
        shelf.point_current(settings, f"r{number:04}")
        time.sleep(0.02)
    stop.set()
    results = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    seen = {release for *_, releases in results for release in releases}
    return sum(r[0] for r in results), sum(r[1] for r in results), [t for r in results for t in r[2]], len(seen)


def _read(path: str, started: Any, stop: Any, queue: Any) -> None:
    """One reader: connect, ask three tables, close; as a BI tool does per picture."""
    import duckdb

    failed, mixed, times, seen = 0, 0, [], set()
    started.wait()
    while not stop.is_set():
        begun = time.monotonic()
        try:
            with duckdb.connect(path, read_only=True) as con:
                values = {
                    con.execute(f"select min(release), max(release) from {t}").fetchone() for t in ("a", "b", "c")
                }
        except duckdb.Error:
            failed += 1
            continue
        times.append(time.monotonic() - begun)
        numbers = {number for pair in values if pair for number in pair}
        mixed += len(numbers) != 1
        seen |= numbers
    queue.put((failed, mixed, times, seen))


def _seconds(work: Callable[[], Any]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--home", type=Path, default=PROJECT / "var", help="a home with a release")
    arguments.add_argument("--json", action="store_true", help="one JSON document")
    asked = arguments.parse_args()
    if not (asked.home / "current" / "warehouse.duckdb").is_file():
        print(f"{asked.home} holds no release: run `make run` first, or name another home with --home", file=sys.stderr)
        return 1
    figures = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        for part in (exports(asked.home, Path(name)), sealing(asked.home, Path(name)), load(Path(name))):
            for figure in part:
                figures.append(figure)
                if not asked.json:
                    mark = {True: "kept", False: "NOT KEPT", None: ""}[figure.kept]
                    print(
                        f"{figure.what:<44} {figure.measured}\n{'':<44} promised: {figure.promised}  {mark}", flush=True
                    )
    if asked.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
