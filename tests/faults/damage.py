"""Damages the source, the connection to it, or the disk, as a fault says, while a `with` block runs."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

from fault import Fault

from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.sources import genesis_client
from night_support import NOW

PATIENCE = genesis_client.Patience(first=0.01, longest=0.02, job=0.05, busy=0.05)
POLICY = Policy(1, 0.3, 0.5, attempts=2, max_bytes=200_000)
REPLAY, CLIENT = (
    "integrationsmonitor.replay.server.ReplayServer",
    "integrationsmonitor.sources.genesis_client.GenesisClient",
)


@contextmanager
def executing(fault: Fault) -> Iterator[bytearray]:
    """The time of the tests' nights, no proxy, the damage; gives what the source answered."""
    with patch.dict(os.environ, {"MONITOR_NOW": NOW}):
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            os.environ.pop(name, None)
        with damaged(fault) as answered:
            yield answered


@contextmanager
def damaged(fault: Fault) -> Iterator[bytearray]:
    """Damage source, connection or disk as the fault says; gives what the source answered. Waits take no time."""
    scripted, answered = fault.script() if fault.script else {}, bytearray()

    def answers(request: Request) -> Answer | None:
        if request.method == "catalogue/modifieddata" and fault.listed:
            given = fault.listed()
            answered[:] = given.body
            return given
        if request.method in scripted:
            return scripted[request.method]
        if request.form.get("name") != fault.table or request.form.get("startyear") != str(fault.year):
            return None
        if scripted and request.form.get("job") == "true":
            return scripted["job"]
        given = fault.give() if fault.give else None
        answered[:] = given.body if given else b""
        return given

    def client(*arguments: object, **more: object) -> genesis_client.GenesisClient:
        http = HttpClient(POLICY, sleep=lambda _: None)
        return real(*arguments, http=http, patience=PATIENCE, sleep=lambda _: None, **more)  # type: ignore[arg-type]

    real = genesis_client.GenesisClient
    with ExitStack() as stack:
        stack.enter_context(patch(REPLAY, partial(ReplayServer, faults=answers)))
        stack.enter_context(patch(CLIENT, client))
        if fault.connection:
            url = stack.enter_context(_elsewhere(fault.connection))
            stack.enter_context(patch.object(ReplayServer, "base_url", lambda *_: url))
        if fault.full:
            stack.enter_context(patch("os.fsync", partial(_no_room, fault.full, os.fsync)))
        yield answered


def _no_room(where: str, flush: Callable[[int], None], descriptor: int) -> None:
    """A disk that says only when it is flushed that it has no room for files of a folder."""
    path = Path(f"/proc/self/fd/{descriptor}").readlink()
    if where in str(path) and path.is_file():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    flush(descriptor)


@contextmanager
def _elsewhere(kind: str) -> Iterator[str]:
    """An address at which a connection fails in a way that the recorded source cannot."""
    if kind == "dns":
        yield "https://host.invalid/"
        return
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        if kind != "refused":
            listening.listen()
            threading.Thread(target=_serve, args=(listening, kind), daemon=True).start()
        yield url
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, kind: str) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                if kind == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    continue
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nPK")
                for _ in range(30):
                    time.sleep(0.05)
                    connection.sendall(b"x")
