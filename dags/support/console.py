"""What a person sees of a night under Airflow: the tasks' progress as it comes, and each failed task with its reason.

In: the progress file of the run and the failed tasks. Out: lines on the launcher's standard error, in the form of
`monitor run`. Airflow's own messages go to files instead.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from integrationsmonitor.progress import format_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.metadata_types import FailedTask


class Console:
    """The launcher's lines; keeps its own way to the terminal while standard error goes to a log."""

    def __init__(self) -> None:
        self._handle = os.dup(2)
        self._kept: tuple[int, ...] = ()
        os.register_at_fork(after_in_child=self._forget)

    def say(self, stage: str, text: str, **counts: Any) -> None:
        """Write one event."""
        os.write(self._handle, (format_event(stage, text, counts) + "\n").encode())

    @contextmanager
    def airflow_to(self, log: Path) -> Iterator[None]:
        """Let everything that this process writes otherwise go to a log."""
        sys.stdout.flush()
        sys.stderr.flush()
        self._kept = kept = os.dup(1), os.dup(2)
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.close(target)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, handle in zip((1, 2), kept, strict=True):
                os.dup2(handle, number)
                os.close(handle)
            self._kept = ()

    def _forget(self) -> None:
        """A component that outlives this process must not hold its pipe open: `make up | tee log` would never end.

        Once: in a child of the component the same numbers mean something else.
        """
        handles, self._handle, self._kept = (self._handle, *self._kept), -1, ()
        for handle in handles:
            with suppress(OSError):
                os.close(handle)


class Tail:
    """New whole lines of a growing progress file, shown once each."""

    def __init__(self, path: Path, console: Console) -> None:
        path.touch()
        self._file, self._console, self._rest = path.open("rb"), console, b""

    def show_new(self) -> None:
        """Show what was appended since the last call; a half-written line waits for its end."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in filter(None, lines):
            try:
                event = json.loads(line)
            except ValueError:  # two tasks wrote into one line: show it as it is
                self._console.say("progress", line.decode(errors="replace"))
                continue
            counts = {key: value for key, value in event.items() if key not in ("at", "stage", "text")}
            self._console.say(event["stage"], event["text"], **counts)


def task_log(logs: Path, task: FailedTask) -> Path:
    """Return the log file of one try of a task."""
    folder = logs / f"dag_id={task.dag_id}" / f"run_id={task.run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={task.try_number}.log"


def reason(log: Path) -> str:
    """Return the message of the last exception in a task's log (one JSON record per line)."""
    found = "no exception in the task's log"
    if log.exists():
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if details := record.get("error_detail"):
                found = str(details[0]["exc_value"]).splitlines()[0]
    return found
