"""Import every DAG file twice and print, as JSON, what was touched meanwhile and what came out.

Runs as a process of its own: Airflow must be configured before its import, and the audit hook cannot be taken off.
    python dag_probe.py DAGS_FOLDER [SUPPORT_FOLDER]

First each file is run under the hook (what does importing it touch?), then Airflow's own DagBag reads the folder.
"""

import json
import os
import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

DAGS = Path(sys.argv[1]).resolve()
FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen", "os.system")
ALLOWED = tuple(str(Path(place).resolve()) for place in {sys.prefix, sys.base_prefix, DAGS})

watching = False
touched: list[str] = []


def hook(event: str, arguments: tuple[object, ...]) -> None:
    if not watching:
        return
    if event in FORBIDDEN:
        touched.append(f"{event} {arguments[:2]}")
    elif event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if not path.startswith((*ALLOWED, "/dev/null")):
            touched.append(f"{event} {path}")


class Environment(dict):
    """Notes each look-up that our own code makes."""

    def __init__(self, values):
        super().__init__(values)
        self.asked: list[str] = []

    def _note(self, name):
        frame = sys._getframe(2)
        while frame.f_code.co_filename in ("<frozen os>", os.__file__):
            frame = frame.f_back
        if watching and frame.f_code.co_filename.startswith(str(DAGS)):
            self.asked.append(name)

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self._note(name)
        return super().get(name, default)


def starts(dag) -> dict[str, list[str]]:
    """When the scheduler starts a timetable around both clock changes of next year, as wall clock in Berlin."""
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables.base import DagRunInfo

    berlin, found = ZoneInfo("Europe/Berlin"), {}
    served = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    year = datetime.now(berlin).year + 1
    for month in (3, 10):
        sunday = max(day for day in range(25, 32) if datetime(year, month, day).weekday() == 6)
        before = datetime(year, month, sunday, tzinfo=berlin) - timedelta(hours=12)
        last, runs = DagRunInfo.interval(before, before), []
        for _ in range(3):
            last = served.next_dagrun_info(last_automated_run_info=last)
            if last is None:
                break
            moment = last.run_after.astimezone(berlin)
            runs.append(f"{(moment.date() - before.date()).days} {moment:%H:%M%z}")
        found[str(month)] = runs
    return found


def form_of(param) -> dict:
    return {**param.schema, "description": param.description or ""}


def mapped_over(task) -> list[str] | str:
    """The datasets that a mapped task is written for, or the task that names them."""
    value = task.op_kwargs_expand_input.value["dataset_id"]
    return value if isinstance(value, list) else value.operator.task_id


def facts(dag) -> dict:
    return {
        "catchup": dag.catchup,
        "doc": dag.doc_md or "",
        "callback": bool(dag.on_failure_callback),
        "fileloc": Path(dag.fileloc).name,
        "max_active_runs": dag.max_active_runs,
        "owner": dag.owner,
        "run_limit": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "form": {name: form_of(dag.params.get_param(name)) for name in dag.params},
        "starts": starts(dag),
        "tags": sorted(dag.tags),
        "timetable": type(dag.timetable).__name__,
        "cron": getattr(dag.timetable, "expression", None),
        "timezone": str(getattr(dag.timetable, "timezone", None)),
        "assets": sorted(asset.uri for asset in getattr(dag.timetable.asset_condition, "objects", [])),
        "tasks": {
            task.task_id: {
                "pool": task.pool,
                "retries": task.retries,
                "limit": task.execution_timeout.total_seconds() if task.execution_timeout else task.timeout,
                "owner": task.owner,
                "doc": bool(task.python_callable.__doc__),
                "teardown": task.is_teardown,
                "callbacks": [bool(task.on_failure_callback), bool(task.on_success_callback)],
                "upstream": sorted(task.upstream_task_ids),
                "mapped": mapped_over(task) if task.is_mapped else None,
                "name": getattr(task, "partial_kwargs", {}).get("map_index_template"),
            }
            for task in dag.tasks
        },
    }


def main() -> None:
    global watching  # noqa: PLW0603  the hook outlives every scope
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.sdk import DAG, Asset, AssetAlias, AssetAny, CronTriggerTimetable, Param, get_current_context, task

    used_lazily = [DAG, Asset, AssetAlias, AssetAny, CronTriggerTimetable, Param, get_current_context, task.sensor]
    Asset(name="warm", uri="monitor://warm")  # Airflow lists its provider folders once
    sys.path.append(str(DAGS))
    before = set(sys.modules)
    sys.addaudithook(hook)
    os.environ = environment = Environment(os.environ)
    began = monotonic()
    for path in sorted(DAGS.glob("*.py")):
        watching = True
        runpy.run_path(str(path))
        watching = False
    seconds = monotonic() - began
    heavy = {"pandas", "dbt", "great_expectations", "duckdb", "pyarrow", "httpx", "integrationsmonitor"}
    loaded = sorted(heavy & {name.split(".")[0] for name in set(sys.modules) - before})
    bag = BundleDagBag(DAGS, bundle_path=DAGS, bundle_name="dags-folder")
    result = {
        "touched": touched,
        "environment": environment.asked,
        "loaded": loaded,
        "errors": bag.import_errors,
        "dags": {dag_id: facts(dag) for dag_id, dag in bag.dags.items()},
        "lazily": len(used_lazily),
        "seconds": seconds,
    }
    sys.stdout.write("\n" + json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
