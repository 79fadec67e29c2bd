"""One stack for all tests of the topology: it starts once, lives through two nights, and makes room for a small one."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "dags"))
sys.path.insert(0, str(Path(__file__).parent))

import image
import twin as topology
from disturbing import disturb
from twin import Twin

MACHINE = pytest.StashKey[Twin]()


@dataclass(frozen=True)
class Night:
    """What a night left behind."""

    release_id: str
    content: dict[str, str]
    published: list[str]
    folders: list[str]
    seconds: float


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Twin]:
    """The machine on which the services will run."""
    if not topology.inside():
        pytest.fail(
            "`make test-topology` runs these tests in namespaces of their own; here a port could be somebody else's"
        )
    if lines := image.missing():
        pytest.fail("\n".join(lines))
    machine = Twin(tmp_path_factory.mktemp("topology"))
    pytestconfig.stash[MACHINE] = machine
    yield machine
    machine.end()


@pytest.fixture(scope="session")
def server(twin: Twin) -> Twin:
    """All services of the profile `server`, healthy."""
    seconds = twin.start("server")
    twin.tell(
        "none",
        "start",
        f"{len(twin.running.running)} services healthy; source: recorded (no live host here)",
        seconds,
    )
    return twin


def night_of(twin: Twin, seconds: float) -> Night:
    """Note what a night left behind."""
    current = (twin.home / "current").resolve()
    folders = [folder.name for folder in twin.releases()]
    return Night(current.name, topology.content(current), twin.published(), folders, seconds)


@pytest.fixture(scope="session")
def undisturbed(server: Twin) -> Night:
    """A night through Celery that nothing happens to."""
    began = time.monotonic()
    server.begin_night()
    server.end_of_night()
    night = night_of(server, time.monotonic() - began)
    server.tell("none", "a whole night through Celery", f"release, {len(night.published)} publication", night.seconds)
    return night


@pytest.fixture(scope="session")
def disturbed(server: Twin, undisturbed: Night) -> Night:
    """The same night in an empty home, with a fault at every turn."""
    server.empty_home()
    began = time.monotonic()
    disturb(server)
    server.end_of_night()
    night = night_of(server, time.monotonic() - began)
    same = "the same release content" if night.content == undisturbed.content else "ANOTHER CONTENT"
    server.tell("all four", "one night", f"{same}, {len(night.published)} publication", night.seconds)
    return night


@pytest.fixture(scope="session")
def small(twin: Twin) -> Twin:
    """The profile `local`, after the server was ended."""
    twin.end()
    shutil.rmtree(twin.folder / "server" / "roots", ignore_errors=True)
    seconds = twin.start("local")
    twin.tell("none", "start of --profile local", f"{len(twin.running.running)} services healthy", seconds)
    return twin


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    if MACHINE not in config.stash or not (rows := config.stash[MACHINE].table):
        return
    terminalreporter.section("fault · when · what survived · seconds")
    widths = [max(len(getattr(row, name)) for row in rows) for name in ("fault", "when", "survived")]
    for row in rows:
        cells = (row.fault.ljust(widths[0]), row.when.ljust(widths[1]), row.survived.ljust(widths[2]))
        terminalreporter.write_line("  ".join([*cells, f"{row.seconds:6.1f}"]))
    for note in config.stash[MACHINE].notes:
        terminalreporter.write_line(note)
