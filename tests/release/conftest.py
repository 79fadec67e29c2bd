"""What the tests of publishing share: a clock that stands still, the sample candidate, a home of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from release_support import PROJECT, facts_of, settings_of

from integrationsmonitor.release import Release, diff, publish
from integrationsmonitor.release.contract import load_contract
from integrationsmonitor.settings import Settings


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing happens at one moment unless a test moves the clock."""
    monkeypatch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")


@pytest.fixture(scope="session")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample candidate, closed."""
    import sample_candidate

    return sample_candidate.build(tmp_path_factory.mktemp("candidate") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def small_candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tables of few rows, for tests that publish many times."""
    import sample_candidate

    return sample_candidate.build(tmp_path_factory.mktemp("small") / "warehouse.duckdb", sample_candidate.FEW)


@pytest.fixture(scope="session")
def quality_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a check, as small as they can be."""
    folder = tmp_path_factory.mktemp("quality")
    (folder / "quality.json").write_text('{"gate": "passed"}\n', encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty home."""
    return settings_of(tmp_path / "home")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, candidate: Path, quality_dir: Path) -> Release:
    """One release of the sample candidate, for tests that only read."""
    return publish(settings_of(tmp_path_factory.mktemp("published")), candidate, quality_dir, facts_of())


def nights_of(settings: Settings, candidate: Path, quality_dir: Path) -> Callable[..., Release]:
    """Publish a candidate with the facts of night `number`."""

    def night(number: int = 1, **changes: Any) -> Release:
        return publish(settings, candidate, quality_dir, facts_of(number, **changes))

    return night


@pytest.fixture
def publish_night(settings: Settings, small_candidate: Path, quality_dir: Path) -> Callable[..., Release]:
    """Nights of the small candidate."""
    return nights_of(settings, small_candidate, quality_dir)


@pytest.fixture
def publish_all_tables(settings: Settings, candidate: Path, quality_dir: Path) -> Callable[..., Release]:
    """Nights of the whole sample candidate; each takes seconds."""
    return nights_of(settings, candidate, quality_dir)


@pytest.fixture
def compare(candidate: Path, tmp_path: Path) -> Callable[[list[str], list[str]], dict[str, Any]]:
    """The sample candidate after some statements, against itself after others."""

    def made(name: str, statements: list[str]) -> Path:
        path = tmp_path / f"{name}.duckdb"
        shutil.copy(candidate, path)
        with duckdb.connect(str(path)) as con:
            con.execute("create table meta_release as select ? as release_id, now()::timestamp as released_at, "
                        "'Probe' as notice_de", [name])  # fmt: skip
            for statement in statements:
                con.execute(statement)
        return path

    def compared(old: list[str], new: list[str]) -> dict[str, Any]:
        keys = load_contract(PROJECT / "exports" / "exports.yml").order
        found = diff.compare(made("old", old), made("new", new), tmp_path / "scratch", keys)
        json.loads(diff.as_json(found))
        return found

    return compared


@pytest.fixture(scope="session")
def plain_exports(tmp_path_factory: pytest.TempPathFactory, candidate: Path, quality_dir: Path) -> Path:
    """The exports of a release of the sample, of an office that filled in nothing; read-only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")
        settings = settings_of(tmp_path_factory.mktemp("plain") / "home")
        return publish(settings, candidate, quality_dir, facts_of()).path / "exports"
