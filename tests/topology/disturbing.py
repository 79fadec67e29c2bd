"""The faults of one night: workers killed in a load and in the build, Redis and PostgreSQL restarted.

In: a stack with an empty home. Out: the night's work under way again after the last fault, and a line for each fault.
Refuses: to count a fault that hit nothing; then the task had ended just before, and another one is chosen.
"""

from __future__ import annotations

import time
from typing import Any

from twin import BUILD, LOADS, NIGHT_SECONDS, Api, Twin, until

from support.dataset_ids import DATASET_IDS

WORKERS = ("worker-1", "worker-2")


def disturb(twin: Twin) -> None:
    """Begin a night and let all of it happen."""
    api = twin.api("viewer")
    before = {run["dag_run_id"] for run in api.runs(BUILD)}
    runs = dict(zip(LOADS, twin.begin_night(), strict=True))
    killed = kill_a_load(twin, api, runs)
    killed_at = time.monotonic()
    restart(twin, api, "redis", runs)
    restart(twin, api, "postgres", runs)
    until(f"{killed['dataset']} is loaded again", lambda: again(api, killed), NIGHT_SECONDS, pause=1)
    twin.tell(
        "worker killed",
        f"loading {killed['dataset']}",
        "found by its silence, loaded by a second try",
        time.monotonic() - killed_at,
    )
    kill_the_build(twin, api, before)


def kill_a_load(twin: Twin, api: Api, runs: dict[str, str]) -> dict[str, Any]:
    """SIGKILL to a worker in the middle of a load; returns the task that it broke."""
    while True:
        task = until("a load is running", lambda: running_load(api, runs), 120, pause=0.2)
        twin.running.kill(task["hostname"])
        time.sleep(2)  # whatever it had told before is in the database now
        now = {one["id"]: one["state"] for one in api.tasks(task["dag_id"], task["dag_run_id"])}
        if now.get(task["id"]) == "running":
            return {**task, "dataset": DATASET_IDS[task["dag_id"].removeprefix("load_")][task["map_index"]]}


def running_load(api: Api, runs: dict[str, str]) -> dict[str, Any] | None:
    """A load that runs on a worker."""
    for dag_id, run_id in runs.items():
        for task in api.tasks(dag_id, run_id):
            if task["task_id"] == "load" and task["state"] == "running" and task["hostname"] in WORKERS:
                return task
    return None


def again(api: Api, task: dict[str, Any]) -> bool:
    """Whether a later try of this task succeeded."""
    for one in api.tasks(task["dag_id"], task["dag_run_id"]):
        if (one["task_id"], one["map_index"]) == (task["task_id"], task["map_index"]):
            return one["state"] == "success" and one["try_number"] > task["try_number"]
    return False


def restart(twin: Twin, api: Api, name: str, runs: dict[str, str]) -> None:
    """Restart a service while loads run; done when it is healthy and a further task has ended."""
    began = time.monotonic()
    twin.running.restart(name)
    twin.running.wait(180)
    left = unfinished(api, runs)
    until(f"work goes on after {name}'s restart", lambda: unfinished(api, runs) < left, NIGHT_SECONDS, pause=1)
    twin.tell(f"{name} restarted", f"{left} tasks of the loads to go", "the loads went on", time.monotonic() - began)


def unfinished(api: Api, runs: dict[str, str]) -> int:
    """How many tasks of these runs did not succeed yet."""
    return sum(task["state"] != "success" for dag_id, run_id in runs.items() for task in api.tasks(dag_id, run_id))


def kill_the_build(twin: Twin, api: Api, before: set[str]) -> None:
    """SIGKILL to the worker that builds, once dbt has begun to write."""

    def building() -> dict[str, Any] | None:
        for run in api.runs(BUILD):
            if run["dag_run_id"] in before or run["state"] != "running":
                continue
            for task in api.tasks(BUILD, run["dag_run_id"]):
                if (
                    task["task_id"] == "build_and_publish"
                    and task["state"] == "running"
                    and task["hostname"] in WORKERS
                ):
                    return task
        return None

    task = until("the build is running", building, NIGHT_SECONDS)
    until("dbt writes", lambda: "fct_observation" in twin.task_log(task), NIGHT_SECONDS)
    twin.running.kill(task["hostname"])
    began = time.monotonic()
    until("the build is done again", lambda: again(api, task), NIGHT_SECONDS, pause=1)
    tries = [one["try_number"] for one in api.tasks(BUILD, task["dag_run_id"]) if one["task_id"] == task["task_id"]]
    twin.tell(
        "worker killed",
        "build_and_publish, dbt writing",
        f"built anew and published by try {tries[0]}",
        time.monotonic() - began,
    )
