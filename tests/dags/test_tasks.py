"""What a task of the DAGs does with each outcome of the night's functions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def ended(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("tasks")
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "MONITOR_HOME": str(folder / "var"),
        "MONITOR_SOURCE": "recorded",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "dags"),
    }
    script = Path(__file__).with_name("task_probe.py")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_loaded_dataset_returns_what_the_night_says(ended):
    kind, result = ended["good"]
    assert (kind, result["dataset"], result["changed"], result["rows"]) == ("returned", "d1", True, 3)


def test_a_broken_contract_is_red_at_once_and_names_the_place(ended):
    kind, text = ended["contract"]
    assert kind == "AirflowFailException"  # Airflow does not retry this one
    assert text == "ContractError: d1: x.csv, line 3: expected männlich, found maennlich"


def test_a_fetch_error_goes_on_to_airflows_retries(ended):
    assert ended["fetch"] == ["FetchError", "d1: https://h/x: timeout"]


def test_an_error_of_our_own_is_not_retried(ended):
    assert ended["bug"] == ["AirflowFailException", "KeyError: 'bug'"]


def test_only_changed_datasets_are_announced(ended):
    assert ended["one changed"] == [["d1"], [["monitor://landing/d1", {"rows": 3}]], "load_ba_changed"]


def test_a_night_without_news_announces_nothing(ended):
    assert ended["nothing new"] == [[], [], None]
    assert ended["all rejected"] == [[], [], None]


def test_news_without_a_changed_dataset_is_announced_too(ended):
    """New code, a changed catalogue, or a build that was killed last night."""
    [[uri, _]] = ended["unreleased"][1]
    assert uri.rstrip("/") == "monitor://unreleased"


def test_a_table_of_the_drop_folder_is_announced_as_news_that_no_list_knows(ended):
    kind, [result] = ended["drop folder"]
    assert (kind, result["dataset"], result["rows"]) == ("returned", "local_d3", 7)
    assert ended["described"][0] == ["local_d3"]
    [[uri, extra]] = ended["described"][1]
    assert (uri.rstrip("/"), extra) == ("monitor://unreleased", {"rows": 7})


def test_a_failed_gate_is_a_failed_task(ended):
    assert ended["released"][0] == "returned"
    assert ended["gate"][0] == "AirflowFailException"
    assert ended["gate error"] == ["AirflowFailException", "GateError: 2 critical expectations failed"]


def test_a_backfill_asks_for_each_dataset_once_and_says_who_wants_it_and_why(ended):
    kind, datasets, asked = ended["plan"]
    assert (kind, datasets) == ("returned", ["d1", "d2"])
    assert asked == {
        "datasets": ["d1", "d2"],
        "action": "reparse",
        "years": "2019-None",
        "reason": "why",
        "who": "op",
        "run": "manual__1",
    }
    kind, result = ended["redo"]
    assert (kind, result["dataset"], result["rows"]) == ("returned", "d1", "reparse 2019-None")


def test_a_backfill_that_makes_no_sense_is_red_at_once(ended):
    assert ended["no wish"] == ["AirflowFailException", "ConfigError: the first year comes after the last one"]


def test_a_load_asks_for_everything_where_the_form_says_so(ended):
    assert [result["state"] for _, result in ended["everything"]] == ["True", "False"]
