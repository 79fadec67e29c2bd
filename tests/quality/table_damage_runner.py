"""Executes damages to tables: each in a transaction that is rolled back, each seen by the suite that must catch it.

One process, one context of the library. As a program it prints a table of damage, table and what caught it: of the
sample candidate, or of the candidate below MONITOR_HOME (`make damages`); exit code 1 where one got through.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import sample_candidate
from table_damage import Damage
from table_damages import DAMAGES

from integrationsmonitor import clock
from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.quality import LastRelease, frames, read_suites, validation

PROJECT = Path(__file__).resolve().parents[2]
EXPECTATIONS = PROJECT / "expectations"


@dataclass
class Bench:
    """A sound candidate that was released, open for damages, and the judge of its frames."""

    con: duckdb.DuckDBPyConnection
    judge: validation.Judge
    suites: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: read_suites(EXPECTATIONS / "suites"))

    def execute(self, damage: Damage) -> validation.SuiteResult:
        """What the suite that must catch the damage finds."""
        self.con.begin()
        try:
            self.con.execute(damage.sql)
            return self.look(damage.suite)
        finally:
            self.con.rollback()

    def look(self, name: str) -> validation.SuiteResult:
        """What a suite finds now."""
        suite = self.suites[name]
        try:
            frame = frames.read_one(self.con, EXPECTATIONS / "frames", name, suite)
        except duckdb.CatalogException as problem:
            return validation.unreadable(name, suite, frames.one_line(problem))
        return self.judge.validate(name, suite, frame)


@contextmanager
def bench(candidate: Path, folder: Path, catalog: Catalog | None = None) -> Iterator[Bench]:
    """A bench on copies of the candidate: one is damaged, one is the last release."""
    damaged, released = (Path(shutil.copy(candidate, folder / f"{name}.duckdb")) for name in ("damaged", "released"))
    with (
        duckdb.connect(str(damaged)) as con,
        validation.judging(EXPECTATIONS, folder / "quality", clock.now()) as judge,
    ):
        frames.declare(con, catalog or load_catalog(PROJECT / "catalog"), LastRelease("released", released))
        yield Bench(con, judge)


def problem_of(damage: Damage, found: validation.SuiteResult) -> str:
    """Why a damage was not caught as the registry says; "" where it was."""
    meant = [outcome for outcome in found.outcomes if outcome.description.startswith(damage.caught_by)]
    if len(meant) != 1:
        return f"{len(meant)} expectations of {damage.suite} begin with {damage.caught_by!r}"
    if meant[0].success:
        return f"got through: {meant[0].description}"
    return "" if meant[0].severity == damage.severity else f"caught as {meant[0].severity}"


def main() -> int:
    """Execute all damages and print the table; 1 where one got through."""
    home = os.environ.get("MONITOR_HOME")
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        real = Path(home) / "candidate" / "warehouse.duckdb" if home else None
        candidate = real or sample_candidate.build(folder / "sample.duckdb")
        with bench(candidate, folder) as tried:
            sound = [outcome for name in tried.suites for outcome in tried.look(name).outcomes if not outcome.success]
            print(f"undamaged: {len(tried.suites)} suites, {len(sound)} findings{[*map(vars, sound)] if sound else ''}")
            executed = [damage for damage in DAMAGES.values() if not (real and damage.only_sample)]
            for damage in executed:
                problem = problem_of(damage, tried.execute(damage))
                failed += bool(problem)
                told = problem or f"{damage.suite}: {damage.caught_by} … ({damage.severity})"
                print(f"{'!!' if problem else 'ok'} {damage.id:<46} {damage.table:<24} {told}", flush=True)
    print(f"{len(executed)} damages executed, {failed} got through", file=sys.stderr)
    return min(failed + len(sound), 1)


if __name__ == "__main__":
    sys.exit(main())
