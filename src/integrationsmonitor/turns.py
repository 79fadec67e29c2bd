"""One request at a time to each host, also across processes. Comes in: a host. Goes out: its turn, and its rest.

Airflow loads each dataset in a process of its own, and the offices ask for one request after another: so the turn is a
lock file that all processes of a home share. Its lock ends with the process that holds it, however that ends; its time
of change says when the host was asked last. Without a folder only the threads of one process take turns.
"""

from __future__ import annotations

import math
import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrationsmonitor import files


class Turns:
    """The turns of all hosts; `folder` is shared by every process that must not overlap with another."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._last: dict[str, float] = {}

    @classmethod
    def of(cls, home: Path) -> Turns:
        """The turns that all processes of a home share; those of one process where there is no home yet."""
        return cls(home / "turns" if home.exists() else None)

    @contextmanager
    def at(self, host: str) -> Iterator[float]:
        """Hold the host's turn; yields the seconds since it was asked last, infinite where it never was."""
        with self._guard:
            lock = self._locks[host]
        with lock:
            if self._folder is None:
                try:
                    yield time.monotonic() - self._last.get(host, -math.inf)
                finally:
                    self._last[host] = time.monotonic()
                return
            file = self._folder / re.sub(r"[^\w.-]", "_", host)
            with files.locked(file):
                try:
                    yield _seconds_since_it_was_asked(file)
                finally:
                    with files.room_for(file):
                        file.write_text("asked\n", encoding="ascii")
                        os.utime(file)


def _seconds_since_it_was_asked(file: Path) -> float:
    """A file without text is new; a time in the future (the clock was set back) counts as now."""
    told = file.stat()
    return max(0.0, time.time() - told.st_mtime) if told.st_size else math.inf
