"""The recorded source as a night needs it. Comes in: the settings. Goes out: a server on loopback, their facts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrationsmonitor.replay.server import ReplayServer
    from integrationsmonitor.settings import Settings


@contextmanager
def replay(settings: Settings) -> Iterator[ReplayServer | None]:
    """The recorded source, started for as long as it is needed; None in a live night."""
    if settings.mode == "live":
        yield None
        return
    from integrationsmonitor.replay.server import ReplayServer

    with ReplayServer(settings.recordings) as server:
        yield server


def base_url(settings: Settings, server: ReplayServer | None, host: str, stand: datetime | None) -> str:
    """Where a host is asked: the live one, or the recorded source as it stood at a moment (None: as it stands now)."""
    return server.base_url(host, stand) if server else settings.base_urls[host]


def quality_of(settings: Settings, raw_sha256: str) -> str:
    """How surely the moment in a recorded answer's name is known; "" where the recordings do not hold the bytes."""
    return _recorded_qualities(settings.recordings).get(raw_sha256, "")


@cache
def _recorded_qualities(recordings: Path) -> dict[str, str]:
    manifest = json.loads((recordings / "manifest.json").read_text(encoding="utf-8"))
    return {entry["sha256"]: entry.get("known_from_quality", "") for entry in manifest["recordings"]}
