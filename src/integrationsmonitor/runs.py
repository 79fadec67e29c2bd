"""What each build did, for ever: its steps, and every model and test of dbt, with seconds and result.

Comes in: what `warehouse` and `night` did. Goes out: one file per build, `archive/runs/<run_no>.json`, the input table
`run` of the dbt project (`mart_run`), and the runs for whoever asks. A build writes its file when it begins and again
when it ends: one that did not end, while nobody builds, was killed. Refuses nothing: a file that cannot be read tells
of no run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from integrationsmonitor import clock, files
from integrationsmonitor.errors import GateError, MonitorError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from integrationsmonitor.settings import Settings

BUILDING, RELEASED, GATE_FAILED, FAILED, KILLED = "building", "released", "gate_failed", "failed", "killed"
STEP, MODEL, TEST = "step", "model", "test"
OK, WARNED, BROKEN, SKIPPED = "ok", "warning", "failed", "skipped"
PUBLISHED_RUNS = 60  # how many builds `mart_run` goes back: of each some 260 rows
_SHOWN = ("run_no", "started_at", "outcome", "kind", "name", "status", "seconds", "failures")


@dataclass(frozen=True)
class Node:
    """One step, model or test. `failures` is the number of rows that a test found; `message` and `sql` why it broke."""

    kind: str
    name: str
    status: str
    seconds: float
    failures: int | None = None
    message: str = ""
    sql: str = ""


@dataclass
class Run:
    """A build under way, or one that ended; builds of a home are numbered from 1, and never overlap."""

    run_no: int
    started_at: datetime
    mode: str
    outcome: str = BUILDING
    seconds: float = 0.0
    release_id: str = ""
    problem: str = ""
    steps: list[Node] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long a step took, and whether it ended well."""
        began, status = time.monotonic(), BROKEN
        try:
            yield
            status = OK
        finally:
            self.steps.append(Node(STEP, name, status, round(time.monotonic() - began, 3)))

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `mart_run`."""
        head = {"run_no": self.run_no, "started_at": clock.naive_utc(self.started_at), "outcome": self.outcome}
        return [
            {name: (head | vars(node) | {"seconds": Decimal(str(node.seconds))})[name] for name in _SHOWN}
            for node in sorted([*self.steps, *self.nodes], key=lambda node: (node.kind, node.name))
        ]


@contextmanager
def recorded(settings: Settings) -> Iterator[Run]:
    """A build whose account is kept, however it ends; the error goes on."""
    began = time.monotonic()
    run = Run(1 + max(map(_number, _paths(settings)), default=0), clock.now(), settings.mode)
    _write(settings, run)
    try:
        yield run
    except BaseException as problem:
        run.outcome = GATE_FAILED if isinstance(problem, GateError) else FAILED
        run.problem = str(problem) if isinstance(problem, MonitorError) else f"{type(problem).__name__}: {problem}"
        raise
    finally:
        run.seconds = round(time.monotonic() - began, 1)
        with suppress(MonitorError):  # a full disk: how the build itself ended matters more
            _write(settings, run)


def listed(settings: Settings, newest: int = PUBLISHED_RUNS) -> list[Run]:
    """The newest builds, oldest first."""
    paths = sorted(_paths(settings), key=_number)[-newest:]
    found = [run for run in map(_read, paths) if run]
    for run in found:
        if run.outcome == BUILDING and (run is not found[-1] or not files.is_locked(lock_of(settings))):
            run.outcome = KILLED
    return found


def lock_of(settings: Settings) -> Path:
    """Whoever builds holds this."""
    return settings.home / ".build.lock"


def table(past: Sequence[Run]) -> pa.Table:
    """Builds that ended as the input table `run` of the dbt project."""
    from integrationsmonitor.catalog_tables import arrow_table

    return arrow_table("run", [row for run in past if run.outcome != BUILDING for row in run.rows()])


def usual_seconds(past: Sequence[Run]) -> Mapping[tuple[str, str], float]:
    """The median of how long each step, model and test took in these builds."""
    seconds: dict[tuple[str, str], list[float]] = {}
    for run in past:
        for node in (*run.steps, *run.nodes):
            if node.status == OK:
                seconds.setdefault((node.kind, node.name), []).append(node.seconds)
    return {key: median(values) for key, values in seconds.items()}


def _paths(settings: Settings) -> list[Path]:
    return [path for path in (settings.archive / "runs").glob("*.json") if path.stem.isdecimal()]


def _number(path: Path) -> int:
    return int(path.stem)


def _write(settings: Settings, run: Run) -> None:
    facts = vars(run) | {name: [vars(node) for node in getattr(run, name)] for name in ("steps", "nodes")}
    body = json.dumps(facts, ensure_ascii=False, default=str, indent=1)
    files.write_atomic(settings.archive / "runs" / f"{run.run_no:06}.json", (body + "\n").encode())


def _read(path: Path) -> Run | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        facts |= {name: [Node(**node) for node in facts[name]] for name in ("steps", "nodes")}
        return Run(**facts | {"started_at": datetime.fromisoformat(facts["started_at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
