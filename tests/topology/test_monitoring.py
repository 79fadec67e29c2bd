"""Prometheus' own tool reads the rules and executes their tests: each alert comes when it should."""

from __future__ import annotations

import subprocess

import pytest
from composed import PROJECT

pytestmark = pytest.mark.topology


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
)
def test_promtool_accepts_rules_and_configuration_and_every_alert_comes_when_it_should(arguments):
    folder = PROJECT / "deploy" / "monitoring"
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout
