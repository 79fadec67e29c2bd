"""What a monitoring system is told, and that dashboard and alerts ask only for what there is."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from integrationsmonitor import metrics
from integrationsmonitor.errors import ConfigError, MonitorError
from night_support import PROJECT, Night

MONITORING = PROJECT / "deploy" / "monitoring"
FACTS = {
    "mode": "live",
    "states": {"ok": 1, "quarantine": 1},
    "datasets": [
        {
            "dataset_id": "a",
            "state": "ok",
            "observations": 7,
            "last_checked": "2026-11-29T01:15:00+00:00",
            "last_changed": "2026-11-01T01:15:00+00:00",
        },
        {"dataset_id": "b", "state": "quarantine", "observations": 0, "last_checked": "", "last_changed": ""},
    ],
    "release_id": "r1",
    "released_at": "2026-11-29T01:17:00Z",
    "age_seconds": 3600,
    "code_version": "0.1.0+abc",
    "rows": {"mart_indicator": 41256},
    "quality": {"expectations": 266, "passed": 265},
    "build": {
        "outcome": "gate_failed",
        "started_at": "2026-11-29T01:16:00+00:00",
        "steps": {"warehouse": 40.5, "gate": 12.0},
    },
    "free_bytes": 10**10,
}


def told(ask: metrics.Ask) -> dict[tuple[str, str], float]:
    """Samples by name and labels, as Prometheus' own parser reads them."""
    return {
        (sample.name, " ".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.text(ask))
        for sample in family.samples
    }


def test_age_states_steps_and_rows_are_told():
    found = told(lambda: (FACTS, [{"kind": "quarantine"}, {"kind": "quarantine"}]))
    expected = {
        ("monitor_up", ""): 1,
        ("monitor_release_age_seconds", ""): 3600,
        ("monitor_release_timestamp_seconds", ""): 1795915020,
        ("monitor_release_info", "code_version=0.1.0+abc release_id=r1 source_mode=live"): 1,
        ("monitor_datasets", "state=quarantine"): 1,
        ("monitor_datasets", "state=overdue"): 0,
        ("monitor_dataset_state", "dataset=b state=quarantine"): 1,
        ("monitor_dataset_checked_timestamp_seconds", "dataset=a"): 1795914900,
        ("monitor_dataset_observations", "dataset=a"): 7,
        ("monitor_table_rows", "table=mart_indicator"): 41256,
        ("monitor_expectations", ""): 266,
        ("monitor_expectations_passed", ""): 265,
        ("monitor_build_outcome", "outcome=gate_failed"): 1,
        ("monitor_build_outcome", "outcome=released"): 0,
        ("monitor_build_step_seconds", "step=warehouse"): 40.5,
        ("monitor_causes", "kind=quarantine"): 2,
        ("monitor_disk_free_bytes", ""): 1e10,
    }
    assert {key: found.get(key) for key in expected} == expected
    assert ("monitor_dataset_checked_timestamp_seconds", "dataset=b") not in found


def test_a_home_without_a_release_or_a_build_tells_what_there_is():
    found = told(lambda: ({**FACTS, "release_id": None, "build": None, "free_bytes": None}, []))
    assert found["monitor_up", ""] == 1
    assert not [name for name, _ in found if name.startswith(("monitor_release", "monitor_build", "monitor_disk"))]


def test_a_home_that_cannot_be_read_is_down_and_says_why(capsys):
    def ask() -> Any:
        raise MonitorError("manifest line 3: checksum does not fit")

    assert told(ask) == {("monitor_up", ""): 0}
    assert "checksum does not fit" in capsys.readouterr().err


def test_prometheus_asks_over_http_and_gets_the_facts_of_that_moment():
    asked = []
    server, thread = metrics.serve(lambda: (asked.append(1), (FACTS, []))[1], "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.server_port}/metrics"
        before = len(asked)
        for _ in range(2):
            with urllib.request.urlopen(url) as answer:
                assert "monitor_up 1.0" in answer.read().decode()
        assert len(asked) - before == 2
        with pytest.raises(ConfigError, match="cannot listen there"):
            metrics.serve(lambda: (FACTS, []), "127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked_for(text: str) -> set[str]:
    return set(re.findall(r"\b(?:monitor|airflow)_[a-z_]+[a-z]\b", text))


@pytest.mark.parametrize("file", ["alerts.yml", "grafana/dashboards/monitor.json"])
def test_dashboard_and_alerts_ask_only_for_what_is_told(file):
    if file.endswith(".json"):
        board = json.loads((MONITORING / file).read_text(encoding="utf-8"))
        expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    else:
        groups = yaml.safe_load((MONITORING / file).read_text(encoding="utf-8"))["groups"]
        expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    told_names = {name for name, _ in told(lambda: (FACTS, [{"kind": "quarantine"}]))}
    ours = {name for name in asked_for(" ".join(expressions)) if name.startswith("monitor_")}
    assert len(ours) > 5
    assert ours <= told_names


def test_every_alert_names_a_page_of_the_handbook_that_exists():
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for group in groups:
        for rule in group["rules"]:
            path, _, anchor = rule["annotations"]["runbook"].partition("#")
            text = (PROJECT / path).read_text(encoding="utf-8")
            headings = {
                re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines()
            }
            assert not anchor or anchor in headings, rule["alert"]


def test_status_says_the_same_to_machines(recorded_home: Night):
    facts = recorded_home.monitor("status", "--json").json
    assert facts["build"]["outcome"] == "released"
    assert set(facts["build"]["steps"]) == {"inputs", "warehouse", "gate", "pages", "publication"}
    assert facts["age_seconds"] >= 0
    assert sum(facts["states"].values()) == len(facts["datasets"])
    text = recorded_home.monitor("metrics").out
    assert f'monitor_table_rows{{table="mart_indicator"}} {facts["rows"]["mart_indicator"]:.1f}' in text
    assert Path(facts["paths"]["warehouse"]).exists()


def test_only_this_machine_may_ask_unless_told_otherwise(recorded_home: Night):
    """Of everything that listens: the default of the command, and the address that the others are fixed to."""
    with recorded_home.started("metrics", "--serve", "--port", "0") as process:
        said = process.stdout.readline()
        port = int(re.search(r"^metrics +http://127\.0\.0\.1:(\d+)/metrics$", said)[1])
        listening = {
            connection.laddr.ip
            for connection in psutil.Process(process.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        }
        assert listening == {"127.0.0.1"}
        process.terminate()
        assert process.wait(20) == 0
