"""Settings and facts that the tests of publishing share, and the way to the sample candidate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from integrationsmonitor.release import ReleaseFacts
from integrationsmonitor.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests" / "quality"))


def settings_of(home: Path, project: Path = PROJECT, **environment: str) -> Settings:
    """Settings of a recorded night below `home`."""
    return Settings("recorded", home, project, project / "catalog", project / "recordings", {}, environment)


def facts_of(number: int = 1, **changes: Any) -> ReleaseFacts:
    """Facts of a night whose inputs differ by `number`."""
    facts: dict[str, Any] = {
        "mode": "recorded",
        "code_version": "0.1.0+test",
        "inputs": {"landing": [f"key-{number}"]},
        "gate": "passed",
        "raw_inputs": [{"dataset_id": "regio_12411_03_02_4", "sha256": "a" * 64}],
        "dataset_states": [
            {"dataset_id": "regio_12411_03_02_4", "state": "fresh"},
            {"dataset_id": "local_azr_presse", "state": "ok"},
        ],
        "quarantined": ["local_azr_presse"],
    }
    return ReleaseFacts(**{**facts, **changes})
