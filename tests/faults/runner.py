"""Executes faults: the night's load in-process, and a build where it brought news. Comes in: a home after a good night.

Goes out: per fault an `Executed`, as observed. `python tests/faults/runner.py [--json]` (or `make faults`) makes such
a home in a temporary folder, runs the whole registry and prints a table or one JSON line per fault.
"""

# ruff: noqa: E402
from __future__ import annotations

import hashlib
import json
import os
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from catalogue import FAULTS, Fault

from integrationsmonitor import archive, night
from integrationsmonitor.errors import ContractError, FetchError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.sources import genesis_client
from night_support import NOW, Night, small_catalog

PATIENCE = genesis_client.Patience(first=0.01, longest=0.02, job=0.05, busy=0.05)
POLICY = Policy(1, 0.3, 0.5, attempts=2, max_bytes=200_000)
REPLAY, CLIENT = (
    "integrationsmonitor.replay.server.ReplayServer",
    "integrationsmonitor.sources.genesis_client.GenesisClient",
)


@dataclass(frozen=True)
class Executed:
    """What one fault did; releases and digests (of the dataset's rows in mart_indicator) before and after."""

    id: str
    dataset: str
    expected: str
    exit_code: int
    release_before: str
    release_after: str
    digest_before: str
    digest_after: str
    cells_changed: int
    error: str
    kept: bool
    built: bool
    seconds: float

    @property
    def problem(self) -> str:
        """How it differs from what the registry expects; "" where it does not."""
        fault = FAULTS[self.id]
        same = self.digest_before == self.digest_after and not self.cells_changed
        if fault.expected == "reject":
            missing = [word for word in (f"{fault.dataset}: ", *fault.words) if word not in self.error]
            return (
                f"not said: {missing}" if missing else "" if self.exit_code == 2 and same and self.kept else "not kept"
            )
        if self.error or self.exit_code:
            return "refused"
        return "" if same == (fault.expected == "harmless") else "changed" if not same else "did not get through"


def execute(fault: Fault, base: Night, home: Path) -> Executed:
    """Run the night's load of the fault's dataset in a copy of the home, and its build where there is news."""
    started, error = time.monotonic(), ""
    place = base.copied_to(home)
    settings = place.settings
    before, release, past = _rows(place, fault.dataset), place.release["release_id"], _kept(place, fault.dataset)
    with patch.dict(os.environ, {"MONITOR_NOW": NOW}), ExitStack() as stack:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            os.environ.pop(name, None)
        stack.enter_context(damaged(fault))
        try:
            night.load(settings, fault.dataset, everything=True)
        except (ContractError, FetchError) as problem:
            error = str(problem)
        built = fault.expected != "reject" and night.has_news(settings)
        if built:
            night.build_and_publish(settings)
        code = night.exit_code(settings)
    after = _rows(place, fault.dataset)
    return Executed(
        fault.id, fault.dataset, fault.expected, code, release, place.release["release_id"], _digest(before),
        _digest(after), len(before ^ after), error, past == _kept(place, fault.dataset), built,
        round(time.monotonic() - started, 2),
    )  # fmt: skip


@contextmanager
def damaged(fault: Fault) -> Iterator[None]:
    """Let the recorded source, or the connection to it, be damaged as the fault says; waits take no time."""
    scripted = fault.script() if fault.script else {}

    def answers(request: Request) -> Answer | None:
        if request.method in scripted:
            return scripted[request.method]
        if request.form.get("name") != fault.table or request.form.get("startyear") != str(fault.year):
            return None
        return scripted["job"] if scripted and request.form.get("job") == "true" else fault.give and fault.give()

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
        yield


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


def _rows(place: Night, dataset: str) -> set[tuple[object, ...]]:
    return set(
        place.query("select * exclude (recorded_at) from mart_indicator where contains(dataset_ids, ?)", dataset)
    )


def _digest(rows: set[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def _kept(place: Night, dataset: str) -> tuple[object, ...]:
    """What the dataset's last good state consists of."""
    past = archive.history(place.settings, dataset)
    landed = {path.name for path in (place.home / "landing" / "obs" / dataset).iterdir()}
    return past.accepted, past.current_parse, landed


def main() -> int:
    """Run all faults in temporary homes; 1 where one is not met as the registry says."""
    as_json, failed = "--json" in sys.argv[1:], 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        base = Night(folder / "base").with_(catalog=small_catalog(folder / "catalog"))
        if (good := base.monitor("run")).code:
            print(good.err, file=sys.stderr)
            return 1
        for number, fault in enumerate(FAULTS.values()):
            done = execute(fault, base, folder / f"{number}")
            failed += bool(done.problem)
            if as_json:
                print(json.dumps({**asdict(done), "problem": done.problem}, ensure_ascii=False), flush=True)
            else:
                told = done.problem or done.error[:90]
                print(f"{'!!' if done.problem else 'ok'} {fault.id:<18} {fault.expected:<8} {done.exit_code} "
                      f"{done.cells_changed:>4} {done.seconds:>5.1f} s  {told}", flush=True)  # fmt: skip
    print(f"{len(FAULTS)} faults executed, {failed} not met as expected", file=sys.stderr)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
