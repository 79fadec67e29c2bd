"""`make run`: one night through Airflow's real scheduler, in one go, leaving no process behind.

In: the environment of `monitor run`. Out: the same summary and exit codes: 0 released or nothing new, 2 with datasets
in quarantine, 1 nothing released. Refuses: a second Airflow in the same home.

Airflow is imported once; execution API and scheduler are forks of this process (docs/decisions/0005).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from integrationsmonitor import night
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings
from support.components import api_server, scheduler, wait_until_served
from support.console import Console, Tail, reason, task_log
from support.dataset_ids import DATASET_IDS
from support.home import LOOPBACK, AirflowHome, enter, free_port, run_name
from support.processes import Components

if TYPE_CHECKING:
    from support.metadata_types import FailedTask, NightState

RELEASED, NOTHING_RELEASED, QUARANTINE = 0, 1, 2
RETRY_DELAY = 2  # seconds between tries of a fetch: a person is waiting
START_LIMIT = 120.0
NIGHT_LIMIT = 6 * 3600.0
POLL = 0.5
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
IMPORTED_FOR_TASKS = (
    "airflow.dag_processing.dagbag",
    "airflow.sdk.execution_time.task_runner",
    "duckdb",
    "httpx",
    "jsonschema",
    "pandas",  # pyarrow imports it with the first array it makes from Python values
    "pyarrow.parquet",
    "tenacity",
)


def main() -> int:
    """Run one night and return its exit code."""
    console = Console()
    for number in SIGNALS:
        signal.signal(number, _end)
    try:
        settings = Settings.from_env()
        settings.claim_home()
        _check_dataset_list(settings)
        state = run_night(settings, console)
        code = exit_code(settings, state, console)
        from integrationsmonitor.cli import print_summary

        print_summary(settings)
    except EndedBySignalError as end:
        console.say("airflow", f"ended by {end}; nothing is lost, the next night goes on from here")
        return NOTHING_RELEASED
    except MonitorError as error:
        console.say("error", str(error))
        return NOTHING_RELEASED
    return code


def _check_dataset_list(settings: Settings) -> None:
    """Refuse a catalogue that the timetables do not know; also reads it once for all tasks, which are forks."""
    listed = {dataset_id for ids in DATASET_IDS.values() for dataset_id in ids}
    if different := sorted(listed.symmetric_difference(night.plan(settings))):
        raise ConfigError(f"catalogue and timetables differ in {', '.join(different)}: run `make ids`")


def run_night(settings: Settings, console: Console) -> NightState:
    """Start Airflow, trigger the loads, show their progress until nothing is left to do, end Airflow."""
    home = AirflowHome.of(settings)
    home.lock()
    home.remove_old_logs()
    run_id = run_name("night")
    port = free_port()
    enter(settings, home, port, RETRY_DELAY)
    os.environ["MONITOR_PROGRESS"] = str(home.progress(run_id))
    components = Components(watched=True)
    began = time.monotonic()
    try:
        with console.airflow_to(home.log_of("launcher", run_id)):
            console.say("airflow", f"starting, its own messages go to {home.logs}")
            since = _start(home, components, run_id, port)
            console.say("airflow", "scheduler runs the night", seconds=time.monotonic() - began)
            state = _follow(home, console, components, run_id, since)
    finally:
        stopping = time.monotonic()
        components.stop()
    console.say("airflow", "stopped", tasks=state.tasks_ended, seconds=time.monotonic() - stopping)
    return state


def _start(home: AirflowHome, components: Components, run_id: str, port: int) -> int:
    """Bring up execution API, database, timetables, runs and scheduler; return the last run number before."""
    gc.disable()
    import_module("airflow.settings")  # the one import of Airflow that all forks share

    # Warm before the scheduler exists; meanwhile this process prepares the database.
    components.start("api-server", home.log_of("api-server", run_id), api_server(port, "execution"))
    from support import metadata

    if errors := metadata.prepare():
        raise MonitorError("a timetable cannot be imported: " + "; ".join(errors))
    since = metadata.last_run()
    metadata.trigger_loads(run_id)
    _import_for_the_tasks()
    gc.enable()
    wait_until_served(f"http://{LOOPBACK}:{port}/execution/health", components, START_LIMIT)
    components.start("scheduler", home.log_of("scheduler", run_id), scheduler)
    return since


def _import_for_the_tasks() -> None:
    """Import what every task needs: the scheduler's workers fork their tasks from this process's memory."""
    for name in IMPORTED_FOR_TASKS:
        import_module(name)


def _follow(home: AirflowHome, console: Console, components: Components, run_id: str, since: int) -> NightState:
    """Show progress and failures until the night is over."""
    from support.metadata import look

    tail = Tail(home.progress(run_id), console)
    shown: set[tuple[object, ...]] = set()
    deadline = time.monotonic() + NIGHT_LIMIT
    while True:
        state = look(since)
        tail.show_new()
        for task in state.failures:
            key = (task.dag_id, task.run_id, task.task_id, task.map_index, task.try_number)
            if key not in shown:
                shown.add(key)
                _show_failure(home, console, task)
        if state.done:
            return state
        if dead := components.first_dead():
            raise MonitorError(f"Airflow's {dead} ended before the night did; see {home.log_of(dead, run_id)}")
        if time.monotonic() > deadline:
            raise MonitorError(f"the night did not end within {NIGHT_LIMIT / 3600:.0f} hours; see {home.logs}")
        time.sleep(POLL)


def _show_failure(home: AirflowHome, console: Console, task: FailedTask) -> None:
    log = task_log(home.logs, task)
    console.say("retry" if task.will_retry else "failed", f"{task.label} · {reason(log)} · {log}")


def exit_code(settings: Settings, state: NightState, console: Console) -> int:
    """Return the house's exit code, never milder than what Airflow saw."""
    if state.builds and state.builds[-1] != "success":
        return NOTHING_RELEASED
    if not state.builds:
        if night.has_news(settings):
            console.say("error", "there is unreleased news, but no build was started; see the log of `announce`")
            return NOTHING_RELEASED
        console.say("build", "nothing new: the current release stays")
    code = night.exit_code(settings)
    return QUARANTINE if code == RELEASED and any(not task.will_retry for task in state.failures) else code


class EndedBySignalError(BaseException):
    """A person or the system asked the launcher to end."""


def _end(number: int, _frame: object) -> NoReturn:
    """Let a signal end the launcher through its `finally` blocks, once."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise EndedBySignalError(signal.Signals(number).name)


if __name__ == "__main__":
    sys.exit(main())
