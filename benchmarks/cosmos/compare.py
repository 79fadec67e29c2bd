"""Runs this project's dbt in real Airflow in several shapes: one task, and one task per model by astronomer-cosmos.

    python -m venv /tmp/v && /tmp/v/bin/pip install -e . astronomer-cosmos==1.15.1     no dependency of the project
    MONITOR_SOURCE=recorded MONITOR_HOME=/tmp/h /tmp/v/bin/monitor run                 landing and inputs to build from
    /tmp/v/bin/python benchmarks/cosmos/compare.py /tmp/h one watcher build-files      two lines of JSON per shape

A shape is `one` (a task with one `dbt build`), `build` (Cosmos: a task per model with its tests), `each` (a task per
model and one for its tests) or `watcher` (one build, and a sensor per model and per model's tests), and any of these:
`-files` (what marts are made from stands in a file, not in memory), `-nopool` (two writers at once), `-few` (only the
21 models up to `int_figure`), `-fails` (a test of `int_observation_known` fails), `-retry` (each task has a second
try), `-ls` (Cosmos asks `dbt ls` instead of reading a manifest).

Airflow is started as `make run` does it: API and scheduler as forks, LocalExecutor with two slots, SQLite; what tasks
import is imported before the fork. Memory is the proportional share (PSS) of all processes. Compare only figures of one
call: other work on the machine counts, less in `cpu_seconds` than in `seconds`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "dags"))
LIMIT = 2400
FINISHED = re.compile(r"Finished running [^()]*\((\d+\.\d+)s\)")
IMPORTED = ("airflow.dag_processing.dagbag", "airflow.sdk.execution_time.task_runner", "duckdb", "dbt.cli.main")
IMPORTED_FOR_COSMOS = ("cosmos", "cosmos.operators.local", "cosmos.operators.watcher")
READ_TWICE = """
import airflow.sdk, airflow.models, runpy, sys, time
moments = [time.process_time()]
for _ in range(2):
    runpy.run_path(sys.argv[1])
    moments.append(time.process_time())
print("\\n", *moments)
"""


def project_of(folder: Path, options: set[str]) -> Path:
    """Copy the dbt project, changed as the options say, and parse it once, so that no shape pays for a full parse."""
    project = folder / "dbt_project"
    shutil.copytree(ROOT / "dbt_project", project)
    if "files" in options:
        profile, scratch = project / "profiles.yml", str(folder / "candidate" / "scratch.duckdb")
        profile.write_text(profile.read_text(encoding="utf-8").replace(":memory:", scratch), encoding="utf-8")
    if "fails" in options:
        text = "select 1 as found from {{ ref('int_observation_known') }} limit 1"
        (project / "tests" / "fails.sql").write_text(text, encoding="utf-8")
    for target in (project / "target", folder / "candidate" / "dbt" / "target"):
        parse = ("parse", "--project-dir", project, "--profiles-dir", project, "--target-path", target)
        subprocess.run(["dbt", *parse], check=True, stdout=subprocess.DEVNULL)
    return project


def empty_candidate(home: Path, candidate: Path) -> None:
    """Give dbt what `warehouse.build` gives it: a new file with views of the inputs and the landing."""
    from integrationsmonitor import warehouse

    for stale in candidate.glob("*.duckdb*"):
        stale.unlink()
    warehouse._name_sources(candidate / "warehouse.duckdb", home / "candidate" / "inputs", home / "landing")


def seconds_of_reading() -> list[float]:
    """Processor seconds to read the DAG's file in a new process that has imported Airflow, and once more."""
    command = [sys.executable, "-c", READ_TWICE, str(HERE / "dags" / "dbt_in_airflow.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    start, first, second = (float(word) for word in done.stdout.splitlines()[-1].split())
    return [round(first - start, 2), round(second - first, 2)]


def look(processor: dict[tuple[int, float], float]) -> int:
    """PSS of this process and everything below it, in bytes; notes their processor seconds so far."""
    import psutil

    total = 0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        try:
            times, key = process.cpu_times(), (process.pid, process.create_time())
            processor[key] = times.user + times.system
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
            total += 1024 * int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
        except (OSError, TypeError, psutil.Error):  # ended meanwhile
            continue
    return total


def follow(run_id: str, components: Any) -> dict[str, Any]:
    """Wait for the run's end; what it took until then. The last quarter of a second of a process is not seen."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    started, state, processor = time.monotonic(), "queued", {}
    peak = look(processor)
    before = sum(processor.values())
    while state in ("queued", "running"):
        peak = max(peak, look(processor))
        with create_session() as session:
            state = session.scalar(select(DagRun.state).where(DagRun.run_id == run_id))
        if time.monotonic() - started > LIMIT or components.first_dead():
            raise SystemExit(f"{run_id}: too slow, or a component of Airflow has ended")
        time.sleep(0.25)
    cpu = sum(processor.values()) - before
    return {"peak_pss_mb": round(peak / 2**20), "cpu_seconds": round(cpu, 1), "load": round(os.getloadavg()[0], 1)}


def figures_of(run_id: str, logs: Path) -> dict[str, Any]:
    """What Airflow's metadata and the task logs say of a run."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import func, select

    with create_session() as session:
        tasks = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run_id)).all()
        xcoms = session.scalar(select(func.count()).select_from(XComModel).where(XComModel.run_id == run_id))
    ran = [task for task in tasks if task.start_date and task.end_date and task.duration]
    texts = [log.read_text(errors="replace") for log in logs.rglob(f"*{run_id}*/**/*.log")]
    span = max(task.end_date for task in ran) - min(task.start_date for task in ran)
    return {
        "seconds": round(span.total_seconds(), 1),
        "tasks": len(tasks),
        "states": Counter(str(task.state) for task in tasks),
        "second_tries": sum(task.try_number > 1 for task in tasks),
        "failed": sorted(task.task_id for task in tasks if str(task.state) == "failed")[:6],
        "task_seconds": round(sum(task.duration for task in ran), 1),
        "median_task": round(sorted(task.duration for task in ran)[len(ran) // 2], 2),
        "seconds_in_dbt_nodes": round(sum(float(found) for text in texts for found in FINISHED.findall(text)), 1),
        "xcoms": xcoms,
        "logs_with_lock_error": sum("Could not set lock" in text for text in texts),
        "logs_with_missing_relation": sum("does not exist" in text for text in texts),
        "logs_with_existing_relation": sum("already exists" in text for text in texts),
    }


def measure(home: Path, shape: str) -> None:
    """Bring up Airflow for one shape, run it, print what it took."""
    from integrationsmonitor.settings import Settings
    from support.components import airflow, api_server, scheduler, wait_until_served
    from support.home import LOOPBACK, AirflowHome, enter, free_port
    from support.processes import Components

    folder = home / "cosmos" / shape
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "candidate").mkdir(parents=True)
    os.environ |= {"MONITOR_CANDIDATE": str(folder / "candidate"), "DBT_SHAPE": shape, "DBT_SELECT": "+int_figure"}
    os.environ |= {"MONITOR_HOME": str(folder), "MONITOR_SOURCE": "recorded"}
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # `dbt`, for Cosmos
    empty_candidate(home, folder / "candidate")
    os.environ["DBT_PROJECT"] = str(project_of(folder, set(shape.split("-")[1:])))
    airflow_home, port = AirflowHome.of(Settings.from_env()), free_port()
    enter(Settings.from_env(), airflow_home, port, retry_delay=1)
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(HERE / "dags")
    os.environ |= {"AIRFLOW__COSMOS__CACHE_DIR": str(folder / "cache"), "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False"}
    components = Components(watched=True)
    try:
        import_module("airflow.settings")
        components.start("api-server", airflow_home.log_of("api-server", shape), api_server(port, "execution"))
        from airflow.api.common.trigger_dag import trigger_dag
        from airflow.utils.types import DagRunTriggeredByType

        from support.metadata import prepare

        if errors := prepare():
            raise SystemExit("; ".join(errors))
        for name in IMPORTED if shape.startswith("one") else (*IMPORTED, *IMPORTED_FOR_COSMOS):
            import_module(name)
        wait_until_served(f"http://{LOOPBACK}:{port}/execution/health", components, LIMIT)
        components.start("scheduler", airflow_home.log_of("scheduler", shape), scheduler)
        if shape.startswith("watcher"):
            log = airflow_home.log_of("triggerer", shape)
            components.start("triggerer", log, lambda: airflow("triggerer", "--skip-serve-logs"))
            time.sleep(8)
        trigger_dag("dbt", run_id="run", triggered_by=DagRunTriggeredByType.CLI)
        figures = {**follow("run", components), **figures_of("run", airflow_home.logs)}
        print(json.dumps({"shape": shape, **figures}), flush=True)
    finally:
        components.stop()
    print(json.dumps({"shape": shape, "reading_dag": seconds_of_reading()}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(Path(sys.argv[1]).resolve(), sys.argv[2])
    for name in sys.argv[2:] if len(sys.argv) > 3 else ():  # a new process each: imports of one do not help the next
        subprocess.run([sys.executable, __file__, sys.argv[1], name], check=False)
