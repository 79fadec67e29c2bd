"""What the tests of the shell share: a home with one release of the sample candidate, read-only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrationsmonitor.release import publish
from integrationsmonitor.settings import Settings
from integrationsmonitor.shell import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "release"))
from release_support import facts_of, settings_of


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with a release."""
    import sample_candidate

    folder = tmp_path_factory.mktemp("shell")
    settings = settings_of(folder / "home")
    candidate = sample_candidate.build(folder / "warehouse.duckdb")
    (folder / "quality").mkdir()
    publish(settings, candidate, folder / "quality", facts_of())
    return settings


@pytest.fixture
def session(released: Settings) -> Iterator[Session]:
    """A session with it."""
    opened = Session(released)
    yield opened
    opened.close()
