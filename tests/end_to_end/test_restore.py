"""Restoring as docs/runbooks/backup-and-restore.md says: archive and frozen releases alone give the same tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrationsmonitor import runs
from night_support import Night, differing_tables


@pytest.fixture(scope="module")
def lost(small_project: Night, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A home with a frozen release, of which a backup is all that will be left."""
    night = small_project.copied_to(tmp_path_factory.mktemp("lost") / "home")
    frozen = night.monitor("freeze", night.release["release_id"], "--label", "Kreistag 2026-11")
    assert frozen.code == 0, frozen.err
    return night


@pytest.fixture(scope="module")
def restored(lost: Night, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A new home made of the backup, and one build."""
    home = tmp_path_factory.mktemp("restored") / "home"
    home.mkdir()
    shutil.copytree(lost.home / "archive", home / "archive")
    shutil.copy2(lost.home / "source-mode", home)
    for marker in lost.home.glob("releases/*/FROZEN"):
        shutil.copytree(marker.parent, home / "releases" / marker.parent.name)
    night = replace(lost, home=home)
    outcome = night.monitor("build")
    assert outcome.code == 0, outcome.err
    assert "fetch" not in outcome.err, "no source is asked"
    yield night
    for folder in (home / "releases").iterdir():
        folder.chmod(0o755)


def test_every_table_is_the_same(lost: Night, restored: Night) -> None:
    assert differing_tables(lost.warehouse, restored.warehouse) == {}


def test_the_frozen_release_is_whole_and_still_frozen(lost: Night, restored: Night) -> None:
    frozen = lost.release["release_id"]
    assert restored.monitor("verify", frozen).code == 0
    listed = {entry["release_id"]: entry for entry in restored.monitor("releases", "--json").json["releases"]}
    assert listed[frozen]["frozen"] == "Kreistag 2026-11"
    assert set(listed) == {frozen, restored.release["release_id"]}
    assert restored.monitor("verify").code == 0


def test_what_was_published_when_and_every_build_go_on(lost: Night, restored: Night) -> None:
    told = restored.query("select distinct release_id from mart_publication order by 1")
    assert told == [(lost.release["release_id"],)], "the restored release changes no value"
    assert [run.run_no for run in runs.listed(restored.settings)] == [1, 2]
    assert restored.query("select distinct run_no from mart_run order by 1") == [(1,), (2,)]


def test_the_next_night_goes_on_from_there(restored: Night, tmp_path: Path) -> None:
    night = restored.copied_to(tmp_path / "home")
    outcome = night.monitor("run")
    assert outcome.code == 0, outcome.err
    assert "nothing new: the current release stays" in outcome.err
