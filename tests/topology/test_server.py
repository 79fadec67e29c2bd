"""Nights through Celery: nothing disturbs the first, a fault at every turn the second; then tasks are run again."""

from __future__ import annotations

import time

import httpx
import pytest
from twin import BUILD, METRICS, OWN_TABLES

pytestmark = pytest.mark.topology


def test_every_service_gets_healthy_and_none_had_to_be_restarted(server):
    running = server.running.running
    assert {name for name, one in running.items() if one.healthy} == set(running) - {"init"}
    assert {name: one.restarts for name, one in running.items() if one.restarts} == {}
    server.tell_memory("--profile server and metrics, idle")


def test_an_undisturbed_night_ends_with_one_release_of_one_build(server, undisturbed):
    assert undisturbed.published == undisturbed.folders == [undisturbed.release_id]
    builds = server.api("viewer").tasks(BUILD)
    built = [task for task in builds if task["task_id"] == "build_and_publish" and task["state"] == "success"]
    assert len(built) == 1
    assert {task["state"] for task in builds} <= {"success", "skipped"}
    assert len(undisturbed.content) >= 20


def test_both_workers_took_part(server, undisturbed):
    tasks = server.api("viewer").tasks("load_tls")
    assert {task["hostname"] for task in tasks if task["task_id"] == "load"} == {"worker-1", "worker-2"}


def test_the_log_of_a_task_can_be_read_without_log_servers(server, undisturbed):
    api = server.api("viewer")
    [task] = [one for one in api.tasks(BUILD) if one["task_id"] == "build_and_publish" and one["state"] == "success"]
    log = api.get(
        f"dags/{BUILD}/dagRuns/{task['dag_run_id']}/taskInstances/build_and_publish/logs/{task['try_number']}"
    )
    assert undisturbed.release_id in str(log)


def test_airflow_sends_its_metrics_where_the_exporter_listens(server, undisturbed):
    sent = server.metrics
    assert any(name.startswith("airflow.scheduler") for name in sent), sorted(sent)[:50]
    assert any(name.startswith("airflow.ti.") and "load_ba" in name for name in sent), sorted(sent)[:50]
    server.tell("none", "metrics during the night", f"{len(sent)} names of StatsD metrics received", 0)


def test_prometheus_is_told_of_the_release(server, undisturbed):
    text = httpx.get(METRICS, timeout=60, trust_env=False).text
    assert "\nmonitor_up 1" in text
    assert "monitor_release_" in text


def test_a_night_with_a_fault_at_every_turn_ends_with_the_same_release_and_nothing_is_published_twice(
    server, disturbed, undisturbed
):
    assert disturbed.published == disturbed.folders == [disturbed.release_id]
    assert disturbed.content.keys() == undisturbed.content.keys()
    other = {table for table, rows in disturbed.content.items() if rows != undisturbed.content[table]}
    assert other == set()
    assert not set(OWN_TABLES) & set(undisturbed.content)


def test_a_killed_worker_came_back_by_itself(server, disturbed):
    restarts = {name: one.restarts for name, one in server.running.running.items()}
    assert restarts["worker-1"] + restarts["worker-2"] >= 2
    server.running.wait(120)


def test_tasks_that_are_run_again_in_an_odd_order_change_nothing(server, disturbed):
    """The build first, then what announces, then a load."""
    operator = server.api("operator")
    began = time.monotonic()
    built = [
        task for task in operator.tasks(BUILD) if (task["task_id"], task["state"]) == ("build_and_publish", "success")
    ]
    newest = max(operator.runs("load_tls"), key=lambda run: run["run_after"])["dag_run_id"]
    for dag_id, run_id, task in (
        (BUILD, max(task["dag_run_id"] for task in built), "build_and_publish"),
        ("load_tls", newest, "announce"),
        ("load_tls", newest, ["load", 3]),
    ):
        cleared = operator.post(
            f"dags/{dag_id}/clearTaskInstances",
            {"dry_run": False, "dag_run_id": run_id, "task_ids": [task], "only_failed": False, "reset_dag_runs": True},
        )
        assert [one["task_id"] for one in cleared["task_instances"]] == [task if isinstance(task, str) else task[0]]
    server.end_of_night()
    assert {run["state"] for run in operator.runs("load_tls", BUILD)} == {"success"}
    assert (server.home / "current").resolve().name == disturbed.release_id
    assert server.published() == [disturbed.release_id]
    server.tell(
        "tasks cleared",
        "afterwards: build, announce, a load",
        "the same release stays current",
        time.monotonic() - began,
    )
