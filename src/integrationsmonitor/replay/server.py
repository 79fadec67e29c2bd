"""The recorded source's server. Comes in: the recordings. Goes out: HTTP on loopback, live paths below a host name.

    http://127.0.0.1:<port>/regio/genesisws/rest/2020/…            newest recordings
    http://127.0.0.1:<port>/as-recorded/2017-12-01/regio/…         what was known at the end of that day (Europe/Berlin)
    http://127.0.0.1:<port>/as-recorded/2017-12-01T12:00:00Z/…     what was known at that moment

Binds to loopback only, knows one pair of credentials, counts parallel requests per host, starts within milliseconds.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from zoneinfo import ZoneInfo

from integrationsmonitor import clock
from integrationsmonitor.replay.exchange import Answer, Request
from integrationsmonitor.replay.genesis import BASE_PATHS, BIG_TABLES, GenesisReplay, html_404
from integrationsmonitor.replay.store import RecordingStore
from integrationsmonitor.settings import RECORDED_CREDENTIALS

MAX_FORM_BYTES = 64 * 1024
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_PREFIX = "as-recorded"
PAGE_PATHS = {"ba_api": "/ba_api/bifrontend/bids-api/", "ba": "/ba/", "tls": "/tls/"}
_BASE_PATHS = {**BASE_PATHS, **PAGE_PATHS}
_BERLIN = ZoneInfo("Europe/Berlin")

Faults = Callable[[Request], Answer | None]


class ReplayServer:
    """Serves while its `with` block runs.

    `latency` seconds are spent on every request; more than `max_parallel` requests at a time of one host are answered
    with status 6 and counted in `violations`; `faults` may put another answer in place of the recorded one. `requests`
    keeps what was asked, `most_parallel` the highest number of simultaneous requests per host.
    """

    def __init__(
        self,
        recordings: Path,
        as_recorded: date | datetime | None = None,
        port: int = 0,
        *,
        latency: float = 0,
        max_parallel: int | None = None,
        faults: Faults | None = None,
        big_tables: Collection[str] = BIG_TABLES,
        job_polls: int = 1,
    ) -> None:
        self.store = RecordingStore(recordings)
        self._genesis = GenesisReplay(self.store, big_tables, job_polls)
        self._known_until = known_until(as_recorded)
        self._port, self._latency, self._max_parallel, self._faults = port, latency, max_parallel, faults
        self._running: dict[str, int] = {}
        self._guard = threading.Lock()
        self._number = 0
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.most_parallel: dict[str, int] = {}
        self.violations = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ReplayServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Bind and serve in a thread of this process."""
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.replay = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="replay", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close every connection; may be called twice."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server.close_connections()
        self._server = self._thread = None

    @property
    def port(self) -> int:
        """The port the server listens on."""
        return int(self._server.server_address[1]) if self._server else self._port

    def base_url(self, host: str, as_recorded: date | datetime | None = None) -> str:
        """Return the base URL that stands for a host's live one; a day counts to its end, a moment to itself."""
        prefix = ""
        if isinstance(as_recorded, datetime):
            prefix = f"/{_PREFIX}/{as_recorded.astimezone(UTC).isoformat().replace('+00:00', 'Z')}"
        elif as_recorded is not None:
            prefix = f"/{_PREFIX}/{as_recorded.isoformat()}"
        return f"http://127.0.0.1:{self.port}{prefix}{_BASE_PATHS[host]}"

    def has_pages(self, dataset_id: str, as_recorded: date | datetime | None = None) -> bool:
        """Whether any page of a host without log-in was recorded for the dataset by then."""
        return self.store.has_pages(dataset_id, known_until(as_recorded))

    def stands(self, table: str, host: str | None = None) -> list[datetime]:
        """Return the moments at which recorded answers of a table were made, old to new."""
        return self.store.stands(table, host)

    def respond(self, verb: str, path: str, form: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer one request; used by the handler's threads."""
        headers = {name.lower(): value for name, value in headers.items()}
        user, password = headers.get("username"), headers.get("password")
        parts = unquote(path.split("?", 1)[0])
        until = self._known_until
        if parts.startswith(f"/{_PREFIX}/"):
            _, _, moment, rest = parts.split("/", 3) if parts.count("/") > 2 else ("", "", "", "")
            try:
                until = known_until(datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment))
            except ValueError:
                return html_404(parts)
            parts = "/" + rest
        host = next((host for host, base in _BASE_PATHS.items() if parts.startswith(base)), None)
        if host is None:
            return html_404(parts)
        with self._guard:
            self._number += 1
            self._running[host] = running = self._running.get(host, 0) + 1
            self.most_parallel[host] = max(running, self.most_parallel.get(host, 0))
            request = Request(
                number=self._number,
                verb=verb,
                path=parts,
                host=host,
                method=parts[len(_BASE_PATHS[host]) :],
                query=path.partition("?")[2],
                form=form,
                known_until=until,
                has_credentials=bool(user) or bool(password),
                right_credentials=(user, password) == RECORDED_CREDENTIALS,
                conditions={name: value for name in _CONDITIONS if (value := headers.get(name.lower()))},
            )
            self.requests.append(request)
            too_many = self._max_parallel is not None and running > self._max_parallel
            self.violations += too_many
        try:
            if self._latency:
                time.sleep(self._latency)
            fault = self._faults(request) if self._faults else None
            if fault is not None:
                return fault
            if host in PAGE_PATHS:
                return self._page(request) if not too_many else Answer(403, "text/html", b"<p>zu viele Anfragen</p>")
            return self._genesis.busy(request) if too_many else self._genesis.answer(request)
        finally:
            with self._guard:
                self._running[host] -= 1

    def _page(self, request: Request) -> Answer:
        """Answer a GET of a host without log-in: as recorded, or 404, as they do for what is not out yet."""
        target = f"{quote(request.method)}?{request.query}"
        page = self.store.find_page(request.host, target, request.known_until) if request.verb == "GET" else None
        return Answer(200, page.content_type, self.store.read(page)) if page else html_404(request.path)


def known_until(moment: date | datetime | None) -> datetime | None:
    """Return the last moment that a date stands for: a day's end in Europe/Berlin, a moment itself (naive: UTC)."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    end = datetime(moment.year, moment.month, moment.day, tzinfo=_BERLIN) + timedelta(days=1)
    return end.astimezone(UTC) - timedelta(microseconds=1)


class _Server(ThreadingHTTPServer):
    """Threads per connection, connections that can be closed from outside, no look-up of its own name."""

    replay: ReplayServer
    request_queue_size = 64

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the threads that wait for a next request."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Apache", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 600

    def do_GET(self) -> None:
        self._exchange({})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_FORM_BYTES:
            self.close_connection = True
            self._send(Answer(400, "text/plain", b"a form of known, small length is expected\n"))
            return
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        self._exchange(dict(parse_qsl(body, keep_blank_values=True)))

    def _exchange(self, form: dict[str, str]) -> None:
        self._send(self.server.replay.respond(self.command, self.path, form, dict(self.headers.items())))

    def _send(self, answer: Answer) -> None:
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.content_type, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.stall_seconds:
            self.wfile.flush()
            time.sleep(answer.stall_seconds)
        self.wfile.write(answer.body[: answer.cut_after])
        if answer.cut_after is not None:
            self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Say the time of the project's one clock."""
        return super().date_time_string(clock.now().timestamp() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log: `ReplayServer.requests` keeps what was asked."""
