"""`make secrets`: what it writes, what it refuses, and how a secret is renewed."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
REQUIRED = sorted(set(re.findall(r"\$\{(\w+):\?", COMPOSE)))


def make(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run it as on a server: with nothing but Python's own library."""
    command = [sys.executable, "-I", "-S", PROJECT / "scripts" / "make_secrets.py", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def values(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    assert make("--file", file).returncode == 0
    return file


def test_it_writes_everything_that_the_compose_file_asks_for(env_file):
    written = values(env_file)
    assert REQUIRED
    assert {name for name in REQUIRED if not written.get(name)} == set()
    assert written["MONITOR_SOURCE"] == "live"


def test_only_its_owner_reads_the_file(env_file):
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_every_secret_is_long_and_no_two_are_alike(env_file, tmp_path):
    secrets = {name: value for name, value in values(env_file).items() if name in REQUIRED and name != "MONITOR_SOURCE"}
    assert all(len(value) >= 43 for value in secrets.values())
    assert len(set(secrets.values())) == len(secrets)
    assert make("--file", tmp_path / "other").returncode == 0
    assert not set(secrets.values()) & set(values(tmp_path / "other").values())


def test_no_secret_holds_a_sign_that_a_url_a_shell_or_compose_would_read(env_file):
    written = values(env_file)
    for name in REQUIRED:
        assert re.fullmatch(r"[A-Za-z0-9_=-]+", written[name]), name
    assert re.fullmatch(r"[A-Za-z0-9_-]+", written["POSTGRES_PASSWORD"] + written["REDIS_PASSWORD"])


def test_the_fernet_key_is_one(env_file):
    assert len(base64.urlsafe_b64decode(values(env_file)["AIRFLOW_FERNET_KEY"])) == 32


def test_a_file_that_is_there_is_not_overwritten(env_file):
    before = env_file.read_bytes()
    again = make("--file", env_file)
    assert again.returncode == 1
    assert "exists and is not overwritten" in again.stderr
    assert "--rotate" in again.stderr
    assert env_file.read_bytes() == before


def test_renewing_changes_what_was_named_and_nothing_else(env_file):
    with env_file.open("a", encoding="utf-8") as file:
        file.write("OWN_LINE=kept\n")
    before = values(env_file)
    done = make("--file", env_file, "--rotate", "REDIS_PASSWORD", "AIRFLOW_ADMIN_PASSWORD")
    after = values(env_file)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"REDIS_PASSWORD", "AIRFLOW_ADMIN_PASSWORD"}
    assert done.stdout.count("docker compose up -d") == 1
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert list(env_file.parent.iterdir()) == [env_file]


def test_the_old_fernet_key_still_opens_what_it_closed(env_file):
    first = values(env_file)["AIRFLOW_FERNET_KEY"]
    done = make("--file", env_file, "--rotate", "AIRFLOW_FERNET_KEY")
    second, kept = values(env_file)["AIRFLOW_FERNET_KEY"].split(",")
    assert (kept, second != first) == (first, True)
    assert "rotate-fernet-key" in done.stdout
    make("--file", env_file, "--rotate", "AIRFLOW_FERNET_KEY")
    assert values(env_file)["AIRFLOW_FERNET_KEY"].split(",")[1:] == [second, first]


def test_renewing_says_what_to_run_and_shows_no_secret(env_file):
    for name in REQUIRED:
        if name == "MONITOR_SOURCE":
            continue
        done = make("--file", env_file, "--rotate", name)
        assert done.returncode == 0, done.stderr
        assert "docker compose" in done.stdout
        assert values(env_file)[name].split(",")[0] not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["MONITOR_SOURCE", "POSTGRES", "postgres_password"])
def test_what_is_no_secret_is_not_renewed(env_file, name):
    before = env_file.read_bytes()
    done = make("--file", env_file, "--rotate", name)
    assert done.returncode == 1
    assert "POSTGRES_PASSWORD" in done.stderr
    assert env_file.read_bytes() == before


def test_renewing_without_a_file_says_how_to_get_one(tmp_path):
    done = make("--file", tmp_path / ".env", "--rotate", "REDIS_PASSWORD")
    assert (done.returncode, "make secrets" in done.stderr) == (1, True)


def test_the_help_names_every_secret():
    text = make("--help").stdout
    assert all(name in text for name in REQUIRED if name != "MONITOR_SOURCE")


def test_the_file_stays_out_of_the_repository_and_of_the_image():
    ignored = subprocess.run(["git", "check-ignore", ".env"], cwd=PROJECT, check=False, capture_output=True, text=True)
    assert ignored.stdout.strip() == ".env"
    assert (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*"
