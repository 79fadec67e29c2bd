"""Measures what the project promises: seconds and memory of nights and of a large answer. Nothing here is a test.

    python benchmarks/run.py              a table
    python benchmarks/run.py --json       the same as JSON
    python benchmarks/run.py --make       also `make run` in a fresh clone, from a warm package cache (minutes)

Compare figures of one run with each other; figures of two machines, or of a busy one, say little.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from measure import Measured, measured

PROJECT = Path(__file__).resolve().parents[1]
MONITOR = Path(sys.executable).with_name("monitor")
HERE = Path(__file__).resolve().parent
NOW = "2026-11-22T02:15:00+01:00"


@dataclass(frozen=True)
class Figure:
    """One measured thing, beside what is promised of it (None: nothing)."""

    what: str
    seconds: float
    peak_mb: float
    at_most_seconds: float | None = None
    at_most_mb: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def keeps_its_promise(self) -> bool:
        """Whether both limits are kept."""
        in_time = self.at_most_seconds is None or self.seconds <= self.at_most_seconds
        return in_time and (self.at_most_mb is None or self.peak_mb <= self.at_most_mb)


def nights(folder: Path) -> Iterator[Figure]:
    """A night from an empty home, and the one after it, without news."""
    environment = _environment(folder / "home")
    first = _night(folder, environment)
    yield Figure("monitor run, from empty", first.seconds, first.peak_mb, 60, 1536, {"cpu_seconds": first.cpu_seconds})
    again = _night(folder, environment)
    if "nothing new" not in again.err:
        raise SystemExit("the second night had news: was a file of the project changed meanwhile?")
    yield Figure("monitor run, without news", again.seconds, again.peak_mb, 5, None, {"cpu_seconds": again.cpu_seconds})


def _night(folder: Path, environment: dict[str, str]) -> Measured:
    night = measured([str(MONITOR), "run"], PROJECT, environment, folder / "errors.txt")
    if night.code != 0:
        raise SystemExit(f"the night ended with {night.code}:\n{night.err[-2000:]}")
    return night


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MONITOR_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(home), "MONITOR_NOW": NOW}


def slow_source(folder: Path) -> Iterator[Figure]:
    """A night from an empty home against a source that takes 200 ms for every answer and allows one at a time."""
    os.environ.update(_environment(folder / "slow"))
    took = json.loads(_python("slow_source.py", "0.2"))
    if took["exit_code"] or took["too_many"]:
        raise SystemExit(f"the night against a slow source: {took}")
    more = {name: took[name] for name in ("load_seconds", "requests", "most_parallel")}
    yield Figure("a night at 200 ms per request", took["seconds"], took["peak_mb"], 90, None, more)


def large_answer(folder: Path, rows: int) -> Iterator[Figure]:
    """A flat answer of many rows into Parquet: ours, and what plain libraries need for a mere copy."""
    _python("flat_file.py", "make", str(folder), str(rows))
    took = {way: json.loads(_python("flat_file.py", way, str(folder))) for way in ("ours", "duckdb", "pandas")}
    alone = {way: took[way]["steps"]["copy"] for way in ("duckdb", "pandas")}
    parse, name = took["ours"]["steps"].pop("parse"), f"{rows:,} rows into Parquet"
    more = {f"{step}_seconds": seconds for step, seconds in took["ours"]["steps"].items()}
    more |= {f"times_{way}": round(parse / seconds, 2) for way, seconds in alone.items()}
    yield Figure(f"{name}: read, map, check, land", parse, took["ours"]["peak_mb"], 3, 600, more)
    for way, seconds in alone.items():
        yield Figure(f"{name}: {way} copies the file", seconds, took[way]["peak_mb"])


def _python(*arguments: str) -> str:
    command = [sys.executable, str(HERE / arguments[0]), *arguments[1:]]
    ended = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True)
    if ended.returncode != 0:
        raise SystemExit(ended.stderr)
    return ended.stdout


def make_run(folder: Path) -> Iterator[Figure]:
    """`make run` in a fresh clone, twice: with installation and Airflow, then without news."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    environment = {name: value for name, value in _environment(folder).items() if not name.startswith("MONITOR_")}
    for what, limit in (("make run, fresh clone, warm package cache", 180), ("make run, again, without news", 30)):
        done = measured(["make", "run"], clone, environment, folder / "make-errors.txt")
        if done.code != 0:
            raise SystemExit(f"{what} ended with {done.code}:\n{done.out[-1000:]}{done.err[-2000:]}")
        yield Figure(what, done.seconds, done.peak_mb, limit)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--make", action="store_true", help="also measure `make run` in a fresh clone")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large answer (default: 1,000,000)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="monitor-benchmark-"))
    figures: list[Figure] = []
    try:
        for group in (
            nights(folder),
            slow_source(folder),
            large_answer(folder, options.rows),
            make_run(folder) if options.make else (),
        ):
            for figure in group:
                figures.append(figure)
                print(_line(figure), file=sys.stderr if options.json else sys.stdout, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        rows = [{**asdict(figure), "keeps_its_promise": figure.keeps_its_promise} for figure in figures]
        print(json.dumps({"cores": os.cpu_count(), "load_before": os.getloadavg()[0], "figures": rows}, indent=1))


def _line(figure: Figure) -> str:
    limits = [f"{figure.at_most_seconds:g} s" if figure.at_most_seconds else ""]
    limits.append(f"{figure.at_most_mb:g} MB" if figure.at_most_mb else "")
    promised = ", ".join(filter(None, limits))
    verdict = ("kept: " if figure.keeps_its_promise else "BROKEN: ") + promised if promised else ""
    more = "  ".join(f"{name} {value:g}" for name, value in figure.more.items())
    return f"{figure.what:<55} {figure.seconds:>7.2f} s {figure.peak_mb:>7.0f} MB   {verdict:<24} {more}".rstrip()


if __name__ == "__main__":
    main()
