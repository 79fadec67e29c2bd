"""A small night of whose indicators one has two variants: what is corrected and withdrawn starts from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from night_support import SMALL, Night, Outcome, small_catalog

# Naturalisations, and the population of 2010 that their rate stands on.
DATASETS = (*SMALL, "regio_12411_03_02_4", "regio_12511_01_01_4")


@pytest.fixture(scope="session")
def published(once: Callable[[str, Callable[[Path], Outcome]], tuple[Path, Outcome]]) -> Night:
    """The small catalogue with naturalisations beside it (B01 is then published and computed); read-only."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog")

    def make(folder: Path) -> Outcome:
        small_catalog(folder / "catalog", DATASETS)
        return night(folder).monitor("run")

    folder, outcome = once("published", make)
    assert outcome.code == 0, f"the night ended with {outcome.code}:\n{outcome.err[-3000:]}"
    return night(folder)
