"""Seconds and peak memory of a command with all of its children. Linux only: memory is read from /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.05
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """How a command ended and what it took; `peak_mb` is the highest sum of the resident memory of its processes."""

    code: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    out: str
    err: str


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], errors_to: Path | None = None
) -> Measured:
    """Run a command in a process group of its own and look at its memory twenty times a second."""
    log = errors_to or Path(os.devnull)
    before, started, peak = os.times(), time.monotonic(), 0
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        out = ""
        try:
            while True:
                try:
                    out, _ = process.communicate(timeout=LOOK_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    peak = max(peak, memory_of_group(process.pid))
            seconds = time.monotonic() - started
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    err = log.read_text(encoding="utf-8") if errors_to else ""
    return Measured(process.returncode, seconds, cpu, peak / MEGABYTE, out, err)


def memory_of_group(group: int) -> int:
    """Resident memory of all processes of a process group, in bytes."""
    processes = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return sum(_memory(process) for process in processes if _is_of(process, group))


def peak_of_this_process() -> float:
    """The highest resident memory of this process so far, in MB."""
    return _status(Path("/proc/self/status"), "VmHWM:") / MEGABYTE


def _is_of(process: int, group: int) -> bool:
    try:
        return os.getpgid(process) == group
    except (ProcessLookupError, PermissionError):
        return False


def _memory(process: int) -> int:
    try:
        return _status(Path(f"/proc/{process}/status"), "VmRSS:")
    except OSError:
        return 0


def _status(path: Path, name: str) -> int:
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0
