"""The Dockerfile and what Docker may send into it."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
LET_IN = {
    line[1:] for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
}


def copied() -> set[str]:
    lines = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return {source for line in lines for source in line.split()}


def test_docker_gets_what_the_image_copies_and_nothing_else():
    assert copied() == LET_IN
    assert all((PROJECT / source).exists() for source in copied())


def test_the_image_ends_as_a_user_that_is_not_root():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "10001:10001"


def test_what_is_installed_is_what_the_lock_file_says_as_in_the_twin():
    twin = (PROJECT / "tests" / "topology" / "sync_image.sh").read_text(encoding="utf-8")
    command = "sync --frozen --no-dev --group server --compile-bytecode"
    assert f"uv {command}\n" in DOCKERFILE
    assert twin.rstrip().endswith(f'"$uv" {command}')


def test_no_secret_is_part_of_the_image():
    assert not re.search(r"^(ARG|ENV) .*(PASSWORD|SECRET|KEY|TOKEN)", DOCKERFILE, re.MULTILINE)
