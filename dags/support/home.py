"""Where Airflow keeps its state for one MONITOR_HOME, and the environment it runs in.

In: the monitor's settings and a port. Out: paths below `<home>/airflow` and the environment variables for Airflow.
Refuses: a second Airflow in the same home (a file lock that every component inherits and that ends with the last).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import clock
from integrationsmonitor.errors import ConfigError

if TYPE_CHECKING:
    from integrationsmonitor.settings import Settings

LOOPBACK = "127.0.0.1"
KEEP_LOGS_DAYS = 30
MAIL_CONNECTION = "AIRFLOW_CONN_SMTP_DEFAULT"


@dataclass(frozen=True)
class AirflowHome:
    """The paths of one home."""

    root: Path

    @classmethod
    def of(cls, settings: Settings) -> AirflowHome:
        """Create the folders below the monitor's home."""
        home = cls(settings.home / "airflow")
        home.logs.mkdir(parents=True, exist_ok=True)
        return home

    @property
    def logs(self) -> Path:
        """Airflow's log folder: one file per component and one per task."""
        return self.root / "logs"

    @property
    def database(self) -> Path:
        """Airflow's metadata."""
        return self.root / "airflow.db"

    @property
    def session_file(self) -> Path:
        """What `make up` started, for `make down`."""
        return self.root / "up.json"

    def progress(self, run: str) -> Path:
        """The file to which the tasks of one run append their progress."""
        return self.root / f"progress-{run}.jsonl"

    def log_of(self, component: str, run: str) -> Path:
        """The log of one component in one run."""
        return self.logs / f"{component}-{run}.log"

    def lock(self, patience: float = 10.0) -> int:
        """Take the home for this process and its children; raises ConfigError when another Airflow has it."""
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience  # the remains of a killed run need a moment to go
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline or self.session_file.exists():
                    os.close(handle)
                    raise ConfigError(
                        f"Airflow is already running in {self.root}: wait for that run, or end it with `make down`"
                    ) from None
                time.sleep(0.2)
            else:
                return handle

    def remove_old_logs(self) -> None:
        """Drop logs and progress files that nobody will read again."""
        limit = time.time() - KEEP_LOGS_DAYS * 86400
        for path in [*self.logs.rglob("*.log"), *self.root.glob("progress-*.jsonl")]:
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)


def run_name(kind: str) -> str:
    """Return a name that sorts by time and is never given twice."""
    return f"{kind}-{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def port_is_free(port: int) -> bool:
    """Tell whether a server may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def enter(settings: Settings, home: AirflowHome, port: int, retry_delay: int) -> None:
    """Make this process's environment the one of Airflow in this home; must run before Airflow is imported.

    Settings of another Airflow on this machine (AIRFLOW__…, AIRFLOW_CONFIG) are dropped, not the mail's connection.
    """
    for name in [name for name in os.environ if name.startswith(("AIRFLOW__", "AIRFLOW_CONFIG", "AIRFLOW_CONN_"))]:
        if name != MAIL_CONNECTION:
            del os.environ[name]
    url = f"http://{LOOPBACK}:{port}"
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK, "localhost"]))
    os.environ |= {
        "AIRFLOW_HOME": str(home.root),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(64),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.project / "dags"),
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": str(retry_delay),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__MP_START_METHOD": "fork",  # tasks share what the launcher imported, on Python 3.14 too
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.database}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "MONITOR_HOME": str(settings.home),
        "MONITOR_PROJECT": str(settings.project),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }
