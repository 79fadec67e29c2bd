"""The home in which the faults happen: five datasets after a good night, once per session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from runner import DATASETS, good_night

from night_support import Night, Outcome, small_catalog

if TYPE_CHECKING:
    from conftest import Once


@pytest.fixture(scope="session")
def good_home(once: Once) -> Night:
    """A home in which every dataset has a good state and a release stands; read-only."""

    def make(folder: Path) -> Outcome:
        small_catalog(folder / "catalog", DATASETS)
        return good_night(folder).monitor("run")

    folder, outcome = once("faults", make)
    assert outcome.code == 0, f"the good night ended with {outcome.code}:\n{outcome.err[-3000:]}"
    return good_night(folder)
