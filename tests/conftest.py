"""Shared nights: one full recorded night and one small one per test session, however many workers there are.

Both are read-only for tests; who wants to change something takes `night.copied_to(tmp_path / "home")`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from night_support import (
    Night,
    Outcome,
    copy_of_the_project,
    small_catalog,
)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-nights"
    folder.mkdir(exist_ok=True)
    return folder


Once = Callable[[str, Callable[[Path], Outcome]], tuple[Path, Outcome]]


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Once:
    """Let the first worker that comes make something in a folder of that name, while the others wait for it."""

    def make_once(name: str, make: Callable[[Path], Outcome]) -> tuple[Path, Outcome]:
        folder = shared_folder / name
        folder.mkdir(exist_ok=True)
        told = folder / "outcome.json"
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                told.write_text(json.dumps(vars(make(folder))), encoding="utf-8")
        return folder, Outcome(**json.loads(told.read_text(encoding="utf-8")))

    return make_once


@pytest.fixture(scope="session")
def recorded_run(once: Once) -> tuple[Night, Outcome]:
    """The full recorded night in a fresh copy of the checkout, as a newcomer runs it, and how it ended."""

    def night(folder: Path) -> Night:
        return Night(folder / "project" / "var", project=folder / "project", home_by_default=True)

    def make(folder: Path) -> Outcome:
        copy_of_the_project(folder / "project")
        return night(folder).monitor("run")

    folder, outcome = once("recorded", make)
    return night(folder), outcome


@pytest.fixture(scope="session")
def recorded_home(recorded_run: tuple[Night, Outcome]) -> Night:
    """The home after the full recorded night; read-only."""
    night, outcome = recorded_run
    assert outcome.code == 0, f"the recorded night ended with {outcome.code}:\n{outcome.err[-3000:]}"
    return night


@pytest.fixture(scope="session")
def small_project(once: Once) -> Night:
    """A catalogue of three small datasets with a home in which one night was run; read-only."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog")

    def make(folder: Path) -> Outcome:
        small_catalog(folder / "catalog")
        return night(folder).monitor("run")

    folder, outcome = once("small", make)
    assert outcome.code == 0, f"the small night ended with {outcome.code}:\n{outcome.err[-3000:]}"
    return night(folder)
