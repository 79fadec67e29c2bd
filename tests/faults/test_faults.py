"""Every fault of the registry, executed: only clean changes get through."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from catalogue import FAULTS
from runner import execute

from night_support import Night


@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_is_met_as_the_registry_says(fault: str, small_project: Night, tmp_path: Path) -> None:
    done = execute(FAULTS[fault], small_project, tmp_path / "home")
    assert not done.problem, done
