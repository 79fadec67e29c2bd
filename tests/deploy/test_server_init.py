"""The service `init`: what it does to the home, and which passwords it refuses; users and metadata: tests/topology."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "dags"))

from integrationsmonitor.errors import ConfigError
from support import server_init

GOOD = {f"AIRFLOW_{user}_PASSWORD": "x" * 43 for user in ("VIEWER", "OPERATOR", "ADMIN")}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_home_shows_its_releases_and_nothing_else(tmp_path):
    server_init.prepare_home(tmp_path)
    assert mode(tmp_path) == 0o711
    modes = {path.name: mode(path) for path in tmp_path.iterdir()}
    assert modes.pop("releases") == 0o755
    assert {"archive", "candidate", "landing", "local", "quarantine"} <= set(modes)
    assert set(modes.values()) == {0o700}


def test_a_home_that_was_used_is_closed_again_and_keeps_what_it_has(tmp_path):
    (tmp_path / "archive").mkdir(mode=0o755)
    (tmp_path / "as-of").mkdir(mode=0o755)
    (tmp_path / "incidents.jsonl").write_text("{}\n", encoding="utf-8")
    release = tmp_path / "releases" / "r1"
    release.mkdir(parents=True)
    (tmp_path / "current").symlink_to("releases/r1")
    server_init.prepare_home(tmp_path)
    assert (mode(tmp_path / "archive"), mode(tmp_path / "as-of"), mode(tmp_path / "incidents.jsonl")) == (
        0o700, 0o700, 0o600,
    )  # fmt: skip
    assert (tmp_path / "current").resolve() == release
    assert mode(release) == 0o755
    assert (tmp_path / "incidents.jsonl").read_text(encoding="utf-8") == "{}\n"


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("value", ["", "admin", "fifteen-signs-x"])
def test_a_password_that_could_be_guessed_is_refused_by_its_variables_name(name, value):
    assert set(server_init.passwords(GOOD)) == {"viewer", "operator", "admin"}
    with pytest.raises(ConfigError, match=f"{name}.*make secrets"):
        server_init.passwords({**GOOD, name: value})
