"""Jobs that outlast a night. Comes in: a file and the request of a table. Goes out: the name of the job that makes it.

A host makes big tables in the background; a job that was not ready when patience ended is noted, so that the next
night asks for its result and does not order it again. Losing the file costs one job, never a figure. Refuses nothing:
a file that cannot be read is no file.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from integrationsmonitor import clock, files

KEPT_FOR = timedelta(days=3)  # results are kept by the hosts for some days only; how many is not documented


class JobBook:
    """Job names by request, kept in a file; without a path only as long as the object lives."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._jobs: dict[str, list[str]] = {}
        if path is not None:
            with suppress(OSError, ValueError, TypeError):
                self._jobs = dict(json.loads(path.read_text(encoding="utf-8")))

    def pending(self, request: str) -> str:
        """The job that was ordered for this request and not fetched yet; "" where there is none, or only an old one."""
        name, ordered = self._jobs.get(request, ["", ""])
        return name if name and clock.now() - datetime.fromisoformat(ordered) < KEPT_FOR else ""

    def ordered(self, request: str, job: str) -> None:
        """Note a job as soon as the host has accepted it."""
        self._jobs[request] = [job, clock.now().isoformat()]
        self._save()

    def done(self, request: str) -> None:
        """Forget a job: its result is here, or will never be."""
        if self._jobs.pop(request, None) is not None:
            self._save()

    def _save(self) -> None:
        if self._path is not None:
            files.write_atomic(self._path, json.dumps(self._jobs, indent=1, sort_keys=True).encode())
