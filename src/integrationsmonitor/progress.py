"""Progress: one event per thing done. Comes in: stage, sentence, counts. Goes out: a console line or a JSON line.

Under Airflow the tasks run in processes of their own: MONITOR_PROGRESS then names a file to which each event is
appended as one JSON line, and whoever started the night shows them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from integrationsmonitor import clock

Reporter = Callable[..., None]


def silent(stage: str, text: str, **counts: Any) -> None:
    """A reporter that says nothing, for tests and libraries."""


def default_reporter() -> Reporter:
    """The reporter for this process: a JSON-lines file where MONITOR_PROGRESS names one, else standard error."""
    target = os.environ.get("MONITOR_PROGRESS")
    return _to_file(Path(target)) if target else to_console


def to_console(stage: str, text: str, **counts: Any) -> None:
    """Write one aligned line to standard error."""
    print(format_event(stage, text, counts), file=sys.stderr, flush=True)


def format_event(stage: str, text: str, counts: dict[str, Any]) -> str:
    """`fetch    13111-01-03-4 · answers 12 · 0.4 s`."""
    parts = [text]
    for name, value in counts.items():
        if name == "seconds":
            parts.append(f"{float(value):.1f} s")
        else:
            parts.append(f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}")
    return f"{stage:<9}" + " · ".join(parts)


def _to_file(path: Path) -> Reporter:
    def report(stage: str, text: str, **counts: Any) -> None:
        event = {"at": clock.now().isoformat(), "stage": stage, "text": text, **counts}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")

    return report
