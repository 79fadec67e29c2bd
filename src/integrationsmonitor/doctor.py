"""What must be right before a night. Comes in: the environment. Goes out: findings; nothing is changed or fetched."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from integrationsmonitor import clock
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.settings import STAMP, Settings

_PACKAGES = ("apache-airflow", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandas", "pyarrow")
_FREE_BYTES = 2_000_000_000
_AIRFLOW_PORT = "8080"


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    ok: bool
    text: str


def examine() -> list[Finding]:
    """Look at everything; a wrong setting ends the list, since the rest depends on it."""
    findings = [_python(), *_versions(), _clock()]
    try:
        settings = Settings.from_env()
    except ConfigError as problem:
        return [Finding("mode", False, str(problem)), *findings]
    findings.insert(0, Finding("mode", True, f"{settings.mode}, home {settings.home}"))
    return [*findings, _stamp(settings), *_credentials(settings), _disk(settings), _port(), _catalog(settings)]


def _python() -> Finding:
    found = sys.version_info[:2]
    return Finding("python", found >= (3, 11), f"{found[0]}.{found[1]} (3.11 or newer is needed)")


def _versions() -> list[Finding]:
    findings = []
    for name in _PACKAGES:
        try:
            findings.append(Finding("version", True, f"{name} {version(name)}"))
        except PackageNotFoundError:
            findings.append(Finding("version", False, f"{name} is not installed; run `uv sync --frozen`"))
    return findings


def _clock() -> Finding:
    """A clock far off would make every time in the archive wrong; the code's own date is the lower bound."""
    try:
        moment = clock.now()
    except ConfigError as problem:
        return Finding("clock", False, str(problem))
    fixed = " (fixed by MONITOR_NOW)" if os.environ.get("MONITOR_NOW") else ""
    return Finding("clock", moment > datetime(2026, 1, 1, tzinfo=UTC), f"{moment:%Y-%m-%d %H:%M:%S} UTC{fixed}")


def _stamp(settings: Settings) -> Finding:
    stamp = settings.home / STAMP
    if not stamp.exists():
        return Finding("home", True, "not used yet")
    found = stamp.read_text(encoding="utf-8").strip()
    return Finding("home", found == settings.mode, f"holds {found} figures")


def _credentials(settings: Settings) -> list[Finding]:
    findings = []
    for host in settings.base_urls:
        try:
            settings.credentials(host)
        except ConfigError as problem:
            findings.append(Finding("credentials", False, str(problem)))
        else:
            findings.append(Finding("credentials", True, f"{host}: present"))
    return findings


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    text = f"{free / 1e9:.1f} GB free below {folder}" + ("" if writable else ", not writable")
    return Finding("disk", free > _FREE_BYTES and writable, text)


def _port() -> Finding:
    port = int(os.environ.get("AIRFLOW_PORT", _AIRFLOW_PORT))
    with socket.socket() as probe:
        probe.settimeout(0.5)
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    text = f"{port} is in use (Airflow running, or set AIRFLOW_PORT)" if taken else f"{port} is free for Airflow"
    return Finding("port", True, text)


def _catalog(settings: Settings) -> Finding:
    from integrationsmonitor.catalog import load_catalog

    try:
        catalog = load_catalog(settings.catalog)
    except ConfigError as problem:
        return Finding("catalogue", False, str(problem))
    return Finding("catalogue", True, f"{len(catalog.datasets)} datasets, {len(catalog.regions)} regions")
