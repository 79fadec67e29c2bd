"""The recorded source as a night needs it. Comes in: the settings. Goes out: a server on loopback, their facts.

Refuses a manifest whose origins cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.archive import History
    from integrationsmonitor.replay.server import ReplayServer
    from integrationsmonitor.settings import Settings

Histories: TypeAlias = "Mapping[str, History]"
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+/(?:as-recorded/[^/]+/)?")


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


def address(settings: Settings, url: str) -> str:
    """The address that gave an answer, as it is published: of a recorded one no port of tonight, and no live host."""
    return url if settings.mode == "live" else _LOOPBACK.sub("recorded:", url)


def quality_of(settings: Settings, raw_sha256: str) -> str:
    """How surely the moment in a recorded answer's name is known; "" where the recordings do not hold the bytes."""
    return str(_entries(settings.recordings).get(raw_sha256, {}).get("known_from_quality", ""))


def origins(settings: Settings, histories: Histories) -> pa.Table:
    """One row per line of a recorded answer: its place there and in its origin, where that is told; live none."""
    import pyarrow as pa

    from integrationsmonitor.catalog_tables import arrow_schema
    from integrationsmonitor.replay.origins import expand

    schema = arrow_schema("origin")
    pieces = [schema.empty_table()]
    for raw_sha256, entry in _with_origin(settings, histories):
        origin, field = entry["origin"], entry["field"]
        places = list(expand(origin["locators"]))
        columns = {
            "raw_locator": [f"line {line}, field {field}" for line in range(2, len(places) + 2)],
            "origin_locator": places,
        }
        whole = {"raw_sha256": raw_sha256, **{f"origin_{name}": origin[name] for name in ("file", "sha256", "stand")}}
        columns |= {name: [word] * len(places) for name, word in whole.items()}
        pieces.append(pa.table(columns, schema=schema))
    return pa.concat_tables(pieces)


def origins_hash(settings: Settings, histories: Histories) -> str:
    """Hash of what `origins` is made of."""
    told = [(raw_sha256, entry["origin"], entry["field"]) for raw_sha256, entry in _with_origin(settings, histories)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _with_origin(settings: Settings, histories: Histories) -> list[tuple[str, dict[str, Any]]]:
    """The accepted answers that are recordings and say where each line comes from; none in a live night."""
    if settings.mode == "live":
        return []
    known = _entries(settings.recordings)
    raws = {item.answer.raw_sha256 for past in histories.values() for item in past.accepted}
    return [(raw, known[raw]) for raw in sorted(raws) if "locators" in known.get(raw, {}).get("origin", {})]


@cache
def _entries(recordings: Path) -> dict[str, dict[str, Any]]:
    manifest = json.loads((recordings / "manifest.json").read_text(encoding="utf-8"))
    return {entry["sha256"]: entry for entry in manifest["recordings"]}
