"""The profile `local`: no Redis, no workers; the same nights, and how much memory it holds when nothing happens."""

from __future__ import annotations

import time

import pytest
from twin import DONE, until

pytestmark = pytest.mark.topology

SETTLE_SECONDS = 20
GOAL_BYTES = 1.4e9


def test_an_idle_small_machine_holds_less_than_the_goal(small):
    time.sleep(SETTLE_SECONDS)
    total = small.tell_memory("--profile local, idle", f", goal {GOAL_BYTES / 1e6:.0f} MB")
    assert 3e8 < total <= GOAL_BYTES


def test_a_load_runs_on_it(small):
    operator = small.api("operator")
    began = time.monotonic()
    run_id = operator.post("dags/load_ba/dagRuns", {"logical_date": None})["dag_run_id"]

    def ended() -> str:
        [state] = [run["state"] for run in operator.runs("load_ba") if run["dag_run_id"] == run_id]
        return state if state in DONE else ""

    assert until("the load ends", ended, 300, pause=1) == "success"
    small.tell("none", "load_ba on --profile local", "ends well with the LocalExecutor", time.monotonic() - began)
