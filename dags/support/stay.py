"""`make up` and `make down`: Airflow with its page on localhost, until it is told to end.

In: the environment of `monitor run`, AIRFLOW_PORT (8080). Out: three components (api-server, scheduler, dag-processor)
that outlive this command, and `<home>/airflow/up.json` with their sessions. Refuses: a busy port, a second Airflow in
the same home.

    python -m support.stay up|down
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import psutil

from integrationsmonitor import clock
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings
from support.components import api_server, dag_processor, scheduler, wait_until_served
from support.console import Console
from support.home import LOOPBACK, AirflowHome, enter, port_is_free, run_name
from support.processes import GRACE_SECONDS, Components, end_sessions, members_of

RETRY_DELAY = 300  # seconds between tries of a fetch: a night is long
START_LIMIT = 180.0
DEFAULT_PORT = 8080


def up(settings: Settings, console: Console) -> None:
    """Start Airflow and leave it running."""
    settings.claim_home()
    home = AirflowHome.of(settings)
    port = _port()
    if home.session_file.exists() and not _living(home):
        home.session_file.unlink()
    home.lock(patience=1.0)
    if not port_is_free(port):
        raise ConfigError(f"port {port} on {LOOPBACK} is taken: name another, e.g. `make up AIRFLOW_PORT=8081`")
    home.remove_old_logs()
    run_id = run_name("up")
    enter(settings, home, port, RETRY_DELAY)
    os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(Path(__file__).with_name("plugins"))
    os.environ.pop("MONITOR_PROGRESS", None)
    components = Components(watched=False)
    url = f"http://{LOOPBACK}:{port}/"
    console.say("airflow", f"starting, its messages go to {home.logs}")
    try:
        with console.airflow_to(home.log_of("up", run_id)):
            _start(home, components, run_id, url, port)
            wait_until_served(f"{url}api/v2/version", components, START_LIMIT)
    except BaseException:
        components.stop()
        home.session_file.unlink(missing_ok=True)
        raise
    passwords = home.root / "simple_auth_manager_passwords.json.generated"
    passwords.chmod(0o600)
    password = json.loads(passwords.read_text(encoding="utf-8"))["admin"]
    console.say("airflow", f"runs at {url} (source: {settings.mode}, home: {settings.home})")
    console.say("airflow", f"log in as admin, password {password} (kept in {passwords})")
    console.say("airflow", "loads start at 02:15, alerts at 05:45 Europe/Berlin, or on the page; `make down` ends it")


def _port() -> int:
    text = os.environ.get("AIRFLOW_PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise ConfigError(f"AIRFLOW_PORT={text!r}: expected a number from 1024 to 65535")
    return int(text)


def _start(home: AirflowHome, components: Components, run_id: str, url: str, port: int) -> None:
    gc.disable()
    import_module("airflow.settings")  # the one import of Airflow that all forks share
    components.start("api-server", home.log_of("api-server", run_id), api_server(port, "all"))
    _write_session(home, components, url)
    from support import metadata

    if errors := metadata.prepare():
        raise MonitorError("a timetable cannot be imported: " + "; ".join(errors))
    gc.enable()
    wait_until_served(f"{url}execution/health", components, START_LIMIT)
    components.start("scheduler", home.log_of("scheduler", run_id), scheduler)
    components.start("dag-processor", home.log_of("dag-processor", run_id), dag_processor)
    _write_session(home, components, url)


def _write_session(home: AirflowHome, components: Components, url: str) -> None:
    sessions = {name: [pid, psutil.Process(pid).create_time()] for name, pid in components.sessions.items()}
    text = json.dumps({"url": url, "started": clock.now().isoformat(), "sessions": sessions}, indent=1)
    home.session_file.write_text(text + "\n", encoding="utf-8")


def _living(home: AirflowHome) -> set[int]:
    """Return the sessions of `make up` that still have processes; a number given away again is none of them."""
    living = set()
    for pid, created in json.loads(home.session_file.read_text(encoding="utf-8"))["sessions"].values():
        try:
            ours = abs(psutil.Process(pid).create_time() - created) < 1.0
        except psutil.NoSuchProcess:
            ours = True  # the leader is gone; whoever is left in its session is its child
        if ours and members_of({pid}):
            living.add(pid)
    return living


def down(settings: Settings, console: Console) -> None:
    """End all of it; nothing to do is no error."""
    home = AirflowHome.of(settings)
    if not home.session_file.exists():
        console.say("airflow", f"is not running in {home.root}")
        return
    began = time.monotonic()
    sessions = _living(home)
    end_sessions(sessions, GRACE_SECONDS)
    home.session_file.unlink(missing_ok=True)
    console.say("airflow", "ended", components=len(sessions), seconds=time.monotonic() - began)


def main(arguments: list[str]) -> int:
    """Run `up` or `down`."""
    console = Console()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    commands = {"up": up, "down": down}
    if len(arguments) != 1 or arguments[0] not in commands:
        console.say("error", "usage: python -m support.stay up|down")
        return 1
    try:
        settings = Settings.from_env()
        commands[arguments[0]](settings, console)
    except MonitorError as error:
        console.say("error", str(error))
        return 1
    return 0


def _end(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
