"""A headless Chromium that notes what its pages ask for, spoken to over a pipe (Chrome DevTools Protocol).

It resolves no name, so that nothing leaves the machine even where a page tries; what it tried is noted all the same.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_PATIENCE = 60.0


@dataclass
class Visit:
    """What one page asked for (`requests`: addresses), what was refused by its policy or failed, and what it says."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def foreign(self) -> list[str]:
        """The requests that are no file of the release and not part of the page itself."""
        return [address for address in self.requests if not address.startswith(("file:", "data:", "blob:", "about:"))]


class Chromium:
    """One browser; `visit` opens an address in a page of its own."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._number, self._rest = 0, b""
        self._events: list[dict[str, Any]] = []

    def visit(self, address: str, until: str = "document.readyState === 'complete'") -> Visit:
        """Open it, wait until the expression is true there, and once more until nothing happens."""
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Network", "Page", "Runtime", "Log"):
            self._call(f"{domain}.enable", {}, session)
        self._events.clear()
        self._call("Page.navigate", {"url": address}, session)
        deadline = time.monotonic() + _PATIENCE
        while not self._value(session, f"Boolean({until})"):
            assert time.monotonic() < deadline, (
                f"{address}: {until} did not become true; {self._noted(session).errors[:3]}"
            )
        quiet = len(self._events) - 1
        while quiet != len(self._events):  # what scripts start late belongs to the page, too
            quiet = len(self._events)
            self._listen(0.3)
        visit = self._noted(session)
        visit.text = self._value(session, "document.body.innerText")
        self._call("Target.closeTarget", {"targetId": target})
        return visit

    def _noted(self, session: str) -> Visit:
        visit = Visit()
        for event in (event for event in self._events if event.get("sessionId") == session):
            kind, told = event["method"], event["params"]
            if kind == "Network.requestWillBeSent":
                visit.requests.append(told["request"]["url"])
            elif kind == "Network.webSocketCreated":
                visit.requests.append(told["url"])
            elif kind == "Runtime.exceptionThrown":
                visit.errors.append(str(told["exceptionDetails"].get("exception", {}).get("description")))
            elif kind == "Log.entryAdded":
                visit.errors.append(str(told["entry"]["text"]))
        return visit

    def _value(self, session: str, expression: str) -> Any:
        found = self._call("Runtime.evaluate", {"expression": expression, "returnByValue": True}, session)
        return found["result"].get("value")

    def _call(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        order = {"id": self._number, "method": method, "params": parameters}
        os.write(self._to, json.dumps(order | ({"sessionId": session} if session else {})).encode() + b"\0")
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for answer in self._listen(1.0):
                if answer.get("id") == self._number:
                    assert "error" not in answer, f"{method}: {answer['error']}"
                    return dict(answer["result"])
        raise TimeoutError(f"Chromium did not answer {method}")

    def _listen(self, seconds: float) -> list[dict[str, Any]]:
        """What the browser said within that time; events are kept as well."""
        if not select.select([self._from], [], [], seconds)[0]:
            return []
        *whole, self._rest = (self._rest + os.read(self._from, 1 << 20)).split(b"\0")
        told = [json.loads(message) for message in whole]
        self._events += [message for message in told if "method" in message]
        return told


@contextmanager
def browser(program: str) -> Iterator[Chromium]:
    """A browser with a profile of its own, ended afterwards."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # The protocol wants exactly these two: it reads from 3 and writes to 4.
        launch = 'exec 8<&"$1" 9>&"$2"; exec 3<&8 4>&9 8<&- 9>&-; shift 2; exec "$@"'
        command = ["bash", "-c", launch, "chromium", str(to_read), str(from_write), program, *_FLAGS]
        process = subprocess.Popen(
            [*command, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_read, from_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
        )
        os.close(to_read)
        os.close(from_write)
        try:
            yield Chromium(to_write, from_read)
        finally:
            process.terminate()
            process.wait(timeout=30)
            os.close(to_write)
            os.close(from_read)


def address_of(path: Path, place: str = "") -> str:
    """The address of a file, and of a place in it."""
    return path.resolve().as_uri() + place
