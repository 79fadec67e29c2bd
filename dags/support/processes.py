"""Start Airflow's components as forks of this process, each in a session of its own, and end all of them.

In: a name, a log file and what to run. Out: session ids. Refuses: nothing; what it started is ended, also when this
process is killed: a watchdog that was forked first sees the launcher's end of a pipe close and kills every session.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

GRACE_SECONDS = 3.0


class Components:
    """The sessions of one launcher."""

    def __init__(self, *, watched: bool) -> None:
        """With `watched`, the components end when this process does, however it ends."""
        self.sessions: dict[str, int] = {}
        self._notify: int | None = None
        self._watchdog: int | None = None
        if watched:
            self._start_watchdog()

    def _start_watchdog(self) -> None:
        receiver, sender = os.pipe()
        pid = os.fork()
        if pid:
            os.close(receiver)
            self._notify, self._watchdog = sender, pid
            return
        try:
            os.close(sender)
            os.setsid()
            _point_at(os.open(os.devnull, os.O_RDWR))
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            received = b""
            while part := os.read(receiver, 4096):  # b"" when launcher and half-started components have closed theirs
                received += part
            end_sessions([int(line) for line in received.split()], grace=0)
        finally:
            os._exit(0)

    def start(self, name: str, log: Path, run: Callable[[], None]) -> None:
        """Fork; the child leads a session, writes to `log` and ends with `run`."""
        pid = os.fork()
        if pid:
            self.sessions[name] = pid
            return
        code = 1
        try:
            os.setsid()
            if self._notify is not None:
                os.write(self._notify, b"%d\n" % os.getpid())
                os.close(self._notify)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            _point_at(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644))
            run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)

    def first_dead(self) -> str | None:
        """Return the name of a component that ended by itself."""
        for name, pid in self.sessions.items():
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return name
        return None

    def stop(self) -> None:
        """End every session and the watchdog; safe to call twice."""
        end_sessions(self.sessions.values(), GRACE_SECONDS)
        for pid in self.sessions.values():
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self.sessions = {}
        if self._notify is not None and self._watchdog is not None:
            os.close(self._notify)
            with suppress(ChildProcessError):
                os.waitpid(self._watchdog, 0)
            self._notify = None


def end_sessions(sessions: Iterable[int], grace: float) -> None:
    """Ask all processes of these sessions to end, then make them."""
    sessions = set(sessions)
    if grace:
        _signal_all(sessions, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while members_of(sessions) and time.monotonic() < deadline:
        time.sleep(0.05)
    while members_of(sessions):  # a process that forks while it is killed leaves a child for the next round
        _signal_all(sessions, signal.SIGKILL)
        time.sleep(0.02)


def members_of(sessions: set[int]) -> list[int]:
    """Return the living processes of these sessions (a zombie is dead)."""
    members = []
    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if os.getsid(pid) in sessions and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                members.append(pid)
    return members


def _signal_all(sessions: set[int], number: int) -> None:
    for pid in members_of(sessions):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _point_at(handle: int) -> None:
    """Let standard output and standard error go there."""
    os.dup2(handle, 1)
    os.dup2(handle, 2)
