"""What the tests of whole nights share: the command as a person runs it, cut-down catalogues, changed recordings.

Everything happens below the test's own folder; no test touches the project's `var/`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import yaml

import warm
from integrationsmonitor.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
ORACLES = PROJECT.parent / "shared" / "data" / "oracles" / "published_figures.csv"
NOW = "2026-11-22T02:15:00+01:00"
MONITOR = Path(sys.executable).with_name("monitor")
PATIENCE_SECONDS = 300

# Three small tables with two indicators: population with nationality (A01), naturalisation rates (B01), population.
SMALL = ("regio_12411_01_01_4", "regio_12411_03_03_4", "regio_12511_04_01_4")


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What a command with --json printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Night:
    """Where nights take place: a home, a checkout, and what else differs from the usual settings."""

    home: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    project: Path = PROJECT
    home_by_default: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: nothing of the caller's own MONITOR_… settings, byte code as installed."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MONITOR_", "REGIO_", "DESTATIS_")) and name != "PYTHONDONTWRITEBYTECODE"
        }
        ours = {"MONITOR_SOURCE": "recorded", "MONITOR_NOW": NOW, "MONITOR_PROJECT": str(self.project)}
        home = {} if self.home_by_default else {"MONITOR_HOME": str(self.home)}
        return {**kept, **ours, **home, **self.extra}

    @property
    def settings(self) -> Settings:
        """The settings that a command of this night reads."""
        return Settings.from_env(self.environment)

    def with_(self, **extra: str | Path) -> Night:
        """The same place with other settings: `catalog=…` stands for MONITOR_CATALOG, and so on."""
        more = {f"MONITOR_{name.upper()}": str(value) for name, value in extra.items()}
        return replace(self, extra={**self.extra, **more})

    def monitor(self, *arguments: str) -> Outcome:
        """Run `monitor …` and wait for its end."""
        return Outcome(*warm.run(arguments, self.environment, self.project, PATIENCE_SECONDS))

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start `monitor …` in a process group of its own; whatever is left of the group at the end is ended."""
        process = subprocess.Popen(
            [str(MONITOR), *arguments],
            env=self.environment,
            cwd=self.project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def copied_to(self, home: Path, only: Collection[str] = ()) -> Night:
        """A copy of the home, or of some of its folders, that a test may change."""
        copy_home(self.home, home, only)
        return replace(self, home=home, home_by_default=False)

    @property
    def warehouse(self) -> Path:
        """The analyst's file."""
        return self.home / "current" / "warehouse.duckdb"

    @property
    def release(self) -> dict[str, Any]:
        """What release.json of `current` says."""
        return json.loads((self.home / "current" / "release.json").read_text(encoding="utf-8"))

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the current release, as an analyst does: read-only."""
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()


def differing_tables(one: Path, other: Path) -> dict[str, int]:
    """Tables of two warehouses → rows that stand in only one of them; without those that name releases."""
    with duckdb.connect() as con:
        con.execute(f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)")
        tables = "select table_name from duckdb_tables() where database_name = ? order by 1"
        names, others = (con.execute(tables, [database]).fetchall() for database in ("one", "other"))
        assert names == others, "the warehouses hold different tables"
        counts = {
            name: con.execute(
                f"select (select count(*) from (from one.{name} except all from other.{name})) "
                f"+ (select count(*) from (from other.{name} except all from one.{name}))"
            ).fetchall()[0][0]
            for (name,) in names
            if name not in ("meta_release", "mart_publication", "mart_run")
        }
    return {name: count for name, count in counts.items() if count}


def copy_home(source: Path, target: Path, only: Collection[str] = ()) -> Path:
    """Copy a home in a blink: files that never change again are linked, all others copied."""
    unchanging = [source / name for name in ("releases", "landing", "archive/raw")]

    def copy(one: str, other: str) -> str:
        if any(Path(one).is_relative_to(folder) for folder in unchanging):
            os.link(one, other)
            return other
        return shutil.copy2(one, other)

    def left_out(folder: str, names: list[str]) -> list[str]:
        kept = {*only, "source-mode"} if only and Path(folder) == source else {*names}
        return [name for name in names if name not in kept]

    shutil.copytree(source, target, symlinks=True, ignore=left_out, copy_function=copy)
    return target


def copy_of_the_project(target: Path) -> Path:
    """A fresh checkout of the project as it is on disk, with a commit of its own: what is in it, git knows."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        source = PROJECT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    me = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*me, "commit", "-q", "--no-verify", "-m", "as it is"]):
        subprocess.run(["git", *command], cwd=target, check=True, capture_output=True)
    return target


def small_catalog(target: Path, datasets: Collection[str] = SMALL) -> Path:
    """Write the project's catalogue cut down to some datasets, with every indicator variant that they can serve."""
    shutil.copytree(PROJECT / "catalog", target)
    for file in (target / "datasets").glob("*.yml"):
        if file.stem not in datasets:
            file.unlink()
    edit_yaml(target / "indicators.yml", lambda raw: _cut_indicators(raw, set(datasets)))
    edit_yaml(target / "breaks.yml", lambda raw: _cut_breaks(raw, set(datasets)))
    edit_yaml(target / "corrections.yml", lambda raw: _cut(raw, "corrections", datasets))
    edit_yaml(target / "sum_violations.yml", lambda raw: _cut(raw, "violations", datasets))
    edit_yaml(target / "citizenships.yml", lambda raw: _cut(raw, "counts", datasets))
    return target


def edit_yaml(file: Path, change: Callable[[Any], Any]) -> None:
    """Read a YAML file, let `change` alter it in place, write it."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(raw)
    file.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _cut_indicators(raw: dict[str, Any], datasets: set[str]) -> None:
    for indicator in raw["indicators"]:
        indicator["variants"] = [variant for variant in indicator["variants"] if _cut_variant(variant, datasets)]
    raw["indicators"] = [indicator for indicator in raw["indicators"] if _can_speak(indicator["variants"])]


def _can_speak(variants: list[dict[str, Any]]) -> bool:
    return any("numerator" in variant for variant in variants) and any(v.get("may_default", True) for v in variants)


def _cut_variant(variant: dict[str, Any], datasets: set[str]) -> bool:
    parts = [variant[part] for part in ("numerator", "denominator") if part in variant]
    for part in parts:
        part["datasets"] = [dataset for dataset in part["datasets"] if dataset in datasets]
    return all(part["datasets"] for part in parts)


def _cut_breaks(raw: dict[str, Any], datasets: set[str]) -> None:
    """Breaks of the datasets that are left, and of regions; those of one indicator go, as it may be gone."""
    for found in raw["breaks"]:
        touches = [
            touch | {"datasets": [dataset for dataset in touch["datasets"] if dataset in datasets]}
            for touch in found["touches"]
            if "datasets" in touch
        ]
        regions = [touch for touch in found["touches"] if "regions" in touch and "indicator" not in touch]
        found["touches"] = [touch for touch in touches if touch["datasets"]] + regions
    raw["breaks"] = [found for found in raw["breaks"] if found["touches"]]


def _cut(raw: dict[str, Any], name: str, datasets: Collection[str]) -> None:
    """Entries that speak of one dataset each: those of the datasets that are left."""
    raw[name] = [entry for entry in raw[name] if entry["dataset"] in datasets]
