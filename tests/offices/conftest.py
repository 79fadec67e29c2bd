"""Programs that offices use, asked to read a recorded release. They come from the system's packages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from night_support import Night


@pytest.fixture(scope="session")
def exports(recorded_home: Night) -> Path:
    """The folder of the exports of a recorded release."""
    return (recorded_home.home / "current" / "exports").resolve()


@pytest.fixture(scope="session")
def tables(exports: Path) -> dict[str, Any]:
    """What latest.json says, by table."""
    latest = json.loads((exports / "latest.json").read_text(encoding="utf-8"))
    return {table["table"]: table for table in latest["tables"]}


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program; a missing one is a failure, not a skip."""

    def find(name: str) -> str:
        path = shutil.which(name)
        assert path, f"{name} is not installed: run scripts/install_offices.sh"
        return path

    return find
