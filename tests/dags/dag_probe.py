"""Import every DAG file twice and print, as JSON, what was touched meanwhile and what came out.

Runs as a process of its own: Airflow must be configured before its import, and the audit hook cannot be taken off.
    python dag_probe.py DAGS_FOLDER [SUPPORT_FOLDER]

First each file is run under the hook (what does importing it touch?), then Airflow's own DagBag reads the folder.
"""

import json
import os
import runpy
import sys
from pathlib import Path

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


def facts(dag) -> dict:
    return {
        "catchup": dag.catchup,
        "doc": dag.doc_md or "",
        "callback": bool(dag.on_failure_callback),
        "fileloc": Path(dag.fileloc).name,
        "max_active_runs": dag.max_active_runs,
        "owner": dag.owner,
        "tags": sorted(dag.tags),
        "timetable": type(dag.timetable).__name__,
        "cron": getattr(dag.timetable, "expression", None),
        "timezone": str(getattr(dag.timetable, "timezone", None)),
        "assets": sorted(asset.uri for asset in getattr(dag.timetable.asset_condition, "objects", [])),
        "tasks": {
            task.task_id: {
                "pool": task.pool,
                "retries": task.retries,
                "teardown": task.is_teardown,
                "callbacks": [bool(task.on_failure_callback), bool(task.on_success_callback)],
                "upstream": sorted(task.upstream_task_ids),
                "mapped": task.op_kwargs_expand_input.value["dataset_id"] if task.is_mapped else None,
                "name": getattr(task, "partial_kwargs", {}).get("map_index_template"),
            }
            for task in dag.tasks
        },
    }


def main() -> None:
    global watching  # noqa: PLW0603  the hook outlives every scope
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.sdk import DAG, Asset, AssetAlias, AssetAny, CronTriggerTimetable, task

    used_lazily = [DAG, Asset, AssetAlias, AssetAny, CronTriggerTimetable, task.sensor]
    Asset(name="warm", uri="monitor://warm")  # Airflow lists its provider folders once
    sys.path.append(str(DAGS))
    before = set(sys.modules)
    sys.addaudithook(hook)
    os.environ = environment = Environment(os.environ)
    for path in sorted(DAGS.glob("*.py")):
        watching = True
        runpy.run_path(str(path))
        watching = False
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
    }
    sys.stdout.write("\n" + json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
