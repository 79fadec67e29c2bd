"""What each forked component of Airflow runs, and how to know that it is ready.

In: a port. Out: nothing; the functions end with the component. Refuses: to say "ready" before the first answer.
"""

from __future__ import annotations

import gc
import os
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING

from integrationsmonitor.errors import MonitorError
from support.home import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.processes import Components

HEARTBEAT_SECONDS = 0.5


def airflow(*arguments: str) -> None:
    """Run one Airflow command in this process."""
    from airflow.cli.cli_parser import get_parser

    parsed = get_parser().parse_args(list(arguments))
    parsed.func(parsed)


def api_server(port: int, apps: str) -> Callable[[], None]:
    """Return what serves the execution API, with its versioned routes already built.

    Built lazily they cost 6 s within the first task's request, whose time-out is 5 s.
    """

    def run() -> None:
        gc.disable()  # collecting while the routes are built finds nothing and costs a fifth of the time
        os.environ["AIRFLOW_API_APPS"] = apps
        from airflow.api_fastapi.main import app

        for route in app.routes:
            initialize = getattr(getattr(route, "app", None), "_cadwyn_initialize", None)
            if initialize is not None:
                initialize()
        gc.freeze()
        gc.enable()
        airflow("api-server", "--apps", apps, "--host", LOOPBACK, "--port", str(port))

    return run


def scheduler() -> None:
    """Run the scheduler; nobody reads task logs over its log server.

    A task's supervisor that just misses the end of its process sleeps a whole heartbeat interval before it looks again,
    and the setting knows only whole seconds: that was half of the time of a short task.
    """
    from airflow.sdk.execution_time import supervisor

    supervisor.MIN_HEARTBEAT_INTERVAL = HEARTBEAT_SECONDS
    airflow("scheduler", "--skip-serve-logs")


def dag_processor() -> None:
    """Keep the timetables in step with `dags/`."""
    airflow("dag-processor")


def wait_until_served(url: str, components: Components, limit: float) -> None:
    """Wait for the first answer from this URL; raises MonitorError when a component ends before."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if dead := components.first_dead():
            raise MonitorError(f"Airflow's {dead} ended while starting; see its log")
        with suppress(urllib.error.URLError, OSError), opener.open(url, timeout=20):
            return
        time.sleep(0.1)
    raise MonitorError(f"Airflow did not answer at {url} within {limit:.0f} s; see the logs")
