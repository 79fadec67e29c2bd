"""Every fault of the registry, executed: only clean changes get through."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue import FAULTS
from runner import execute

from night_support import Night


@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_is_met_as_the_registry_says(fault: str, good_home: Night, tmp_path: Path) -> None:
    done = execute(FAULTS[fault], good_home, tmp_path / "fault")
    assert not done.problem, done.facts
