"""The twin: the services of docker-compose.yml as processes of this machine, and what a test asks and does to them.

In: a folder. Out: a running stack, its REST API, its web server, its home, and the table of faults that it survived.
Refuses: to start outside the namespaces that `make test-topology` makes, where a port could be somebody else's.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import httpx
from composed import PROJECT, resolve
from engine import Engine

T = TypeVar("T")
AIRFLOW = "http://127.0.0.1:8080"
WEB_PORT = 8081
METRICS = "http://127.0.0.1:9469/metrics"
STATSD_PORT = 9125
LOADS = ("load_ba", "load_tls")
BUILD = "build_warehouse"
DONE = ("success", "failed", "skipped", "upstream_failed", "removed")
START_SECONDS = 300.0
NIGHT_SECONDS = 900.0
# What a release says of itself, not of the figures: when it was made and read, and how long it took
OWN_TABLES = ("meta_release", "mart_publication", "mart_run")
# When its answers came; a source that tells no Stand is known from then on
OWN_COLUMNS = ("recorded_at", "last_recorded_at", "retrieved_at", "last_known_from")


def inside() -> bool:
    """Whether this process has a network of its own: nothing but loopback, as after `unshare --net`."""
    return {name for _, name in socket.if_nameindex()} <= {"lo", "tunl0", "sit0", "ip6tnl0"}


def until(what: str, look: Callable[[], T], limit: float, pause: float = 0.5) -> T:
    """Wait for a true answer and return it; raises TimeoutError."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(pause)
    raise TimeoutError(f"not within {limit:.0f} s: {what}")


@dataclass
class Survived:
    """A line of the table."""

    fault: str
    when: str
    survived: str
    seconds: float


@dataclass
class Api:
    """Airflow's REST API as one user sees it; without a password, as nobody does."""

    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Log in at the first request."""
        self._client = httpx.Client(base_url=AIRFLOW, timeout=60, trust_env=False)
        self._token = ""

    def log_in(self) -> httpx.Response:
        """Ask for a token."""
        return self._client.post("/auth/token", json={"username": self.user, "password": self.password})

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        headers = {}
        if self.user:
            self._token = self._token or self.log_in().json()["access_token"]
            headers["Authorization"] = f"Bearer {self._token}"
        return self._client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """What it answers; raises where it does not; a database that is just restarting is asked again."""
        for _ in range(40):
            try:
                answer = self.ask("GET", f"/api/v2/{path}", **more)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                return answer.raise_for_status().json()
            time.sleep(1)
        raise TimeoutError(f"GET {path}: no answer")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The same for a change."""
        return self.ask("POST", f"/api/v2/{path}", json=body).raise_for_status().json()

    def runs(self, *dag_ids: str) -> list[dict[str, Any]]:
        """All runs of these timetables."""
        found = []
        for dag_id in dag_ids:
            found += self.get(f"dags/{dag_id}/dagRuns", params={"limit": 100})["dag_runs"]
        return found

    def tasks(self, dag_id: str, run_id: str = "~") -> list[dict[str, Any]]:
        """The tasks of a run, or of all."""
        return self.get(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 100})["task_instances"]


class Twin:
    """One stack."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env_file = folder / ".env"
        self.table: list[Survived] = []
        self.notes: list[str] = []
        self.metrics: set[str] = set()
        self.engine: Engine | None = None
        folder.mkdir(parents=True, exist_ok=True)
        make = [sys.executable, str(PROJECT / "scripts" / "make_secrets.py"), "--source", "recorded"]
        subprocess.run([*make, "--file", str(self.env_file)], check=True, capture_output=True)
        text = self.env_file.read_text(encoding="utf-8").replace("AIRFLOW_STATSD=False", "AIRFLOW_STATSD=True")
        self.env_file.write_text(text + "MONITOR_RETRY_SECONDS=5\n", encoding="utf-8")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self._listen()

    @property
    def secrets(self) -> dict[str, str]:
        """What make_secrets.py made."""
        lines = re.findall(r"^(\w+)=(\S{16,})$", self.env_file.read_text(encoding="utf-8"), re.MULTILINE)
        return {name: value for name, value in lines if name.endswith(("PASSWORD", "SECRET", "KEY"))}

    @property
    def home(self) -> Path:
        """The monitor's home."""
        return self.running.volume("home")

    @property
    def running(self) -> Engine:
        """The engine; there is one after `start`."""
        if self.engine is None:
            raise RuntimeError("not started")
        return self.engine

    def start(self, profile: str) -> float:
        """Start the services of a profile and wait until they are healthy; returns the seconds it took."""
        began = time.monotonic()
        services = resolve(self.env_file, profile)
        if profile == "server":  # of the profile `monitoring` the one service that is ours
            services["metrics"] = resolve(self.env_file, "monitoring")["metrics"]
        self.engine = Engine(services, self.folder / profile)
        self.engine.wait(START_SECONDS)
        until("the timetables are known", lambda: len(self.api("viewer").get("dags")["dags"]) >= 5, 120)
        return time.monotonic() - began

    def end(self) -> None:
        """End what runs."""
        if self.engine is not None:
            self.engine.end()
            self.engine = None

    def api(self, user: str) -> Api:
        """The REST API for one of the three users."""
        return Api(user, self.secrets[f"AIRFLOW_{user.upper()}_PASSWORD"])

    def begin_night(self) -> list[str]:
        """Trigger both loads as the operator does; returns the ids of the runs."""
        operator = self.api("operator")
        return [operator.post(f"dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"] for dag in LOADS]

    def is_quiet(self, api: Api) -> bool:
        """Whether no run is under way or about to begin (the scheduler needs a moment to see an event)."""
        for _ in range(3):
            runs = api.runs(*LOADS, BUILD)
            if not runs or any(run["state"] not in DONE for run in runs):
                return False
            time.sleep(1)
        return True

    def end_of_night(self, limit: float = NIGHT_SECONDS) -> None:
        """Wait until nothing is under way."""
        api = self.api("viewer")
        until("the night ends", lambda: self.is_quiet(api), limit, pause=1)

    def published(self) -> list[str]:
        """The journal's publications: ids of releases."""
        journal = self.home / "archive" / "journal.jsonl"
        if not journal.exists():
            return []
        records = (json.loads(line.split(" ", 1)[1]) for line in journal.read_text(encoding="utf-8").splitlines())
        return [record["release_id"] for record in records if record["event"] == "published"]

    def releases(self) -> list[Path]:
        """The folders of the shelf."""
        return sorted((self.home / "releases").iterdir())

    def empty_home(self) -> None:
        """A home as on the first day; the services stay as they are."""
        for path in self.home.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        self.running.run_again("init", 120)

    def task_log(self, task: dict[str, Any]) -> str:
        """What a try of a task has logged so far."""
        folder = f"dag_id={task['dag_id']}/run_id={task['dag_run_id']}/task_id={task['task_id']}"
        path = self.running.volume("logs") / folder / f"attempt={task['try_number']}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def tell(self, fault: str, when: str, survived: str, seconds: float) -> None:
        """Add a line to the table."""
        self.table.append(Survived(fault, when, survived, seconds))

    def tell_memory(self, when: str, more: str = "") -> int:
        """Measure what the services hold, add a line, and return the sum in bytes."""
        held = self.running.memory()
        parts = " · ".join(f"{name} {size / 1e6:.0f}" for name, size in sorted(held.items()))
        total = sum(held.values())
        self.tell("none", when, f"memory (PSS): {total / 1e6:.0f} MB{more}", 0)
        self.notes.append(f"{when}, MB: {parts}")
        return total

    def _listen(self) -> None:
        """Take Airflow's metrics where the exporter would."""
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", STATSD_PORT))

        def take() -> None:
            while True:
                for line in receiver.recv(65535).decode(errors="replace").splitlines():
                    self.metrics.add(line.partition(":")[0])

        threading.Thread(target=take, daemon=True).start()


def web(path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Ask the web server for exactly this path: no client cleans it up before."""
    connection = http.client.HTTPConnection("127.0.0.1", WEB_PORT, timeout=20)
    try:
        connection.putrequest(method, path)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def content(release: Path) -> dict[str, str]:
    """Table → hash of its rows, without what a release says of itself and of when its answers came."""
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as con:
        con.execute("set threads to 1")
        columns = con.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal "
            "and table_name in (select table_name from duckdb_tables() where schema_name = 'main') order by all"
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for table, column in columns:
            if table not in OWN_TABLES and not table.endswith("_vintage") and column not in OWN_COLUMNS:
                tables.setdefault(table, []).append(f'"{column}"')
        return {
            table: con.execute(
                f"select count(*) || ':' || coalesce(md5(string_agg(line, chr(10) order by line)), '') "
                f"from (select ({', '.join(names)})::varchar as line from {table})"
            ).fetchall()[0][0]
            for table, names in tables.items()
        }


def files_below(*folders: Path) -> Iterator[Path]:
    """Every regular file there."""
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
