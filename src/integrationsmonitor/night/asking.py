"""Asking the sources of one dataset. Comes in: the dataset and the settings. Goes out: rounds of fetched answers.

A live night has one round: what the source says now. A recorded night has one per Stand that the recordings hold and
the archive does not yet know, oldest first, so that a new home learns the revisions in the order they happened; the
last round always asks for the newest state, as a live night does. The client code is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import archive, clock
from integrationsmonitor.errors import ConfigError, FetchError, MonitorError
from integrationsmonitor.progress import Reporter
from integrationsmonitor.turns import Turns

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Dataset
    from integrationsmonitor.replay.server import ReplayServer
    from integrationsmonitor.settings import Settings


@dataclass(frozen=True)
class Fetched:
    """One answer as it came; `body` empty means that the source has nothing for this request.

    With a `problem` the request failed; `body` is then what came instead of data, empty where nothing came.
    """

    slot: str
    scope_from: str
    scope_to: str
    body: bytes = field(repr=False)
    filename: str
    url: str
    retrieved_at: datetime
    request: dict[str, str] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)
    problem: FetchError | None = None


def rounds(
    settings: Settings, dataset: Dataset, past: archive.History, report: Reporter, *, newest_only: bool = False
) -> Iterator[Iterator[Fetched]]:
    """Yield the answers of one round after another; only the last round where older Stände do not matter."""
    if dataset.connector == "genesis":
        yield from _genesis_rounds(settings, dataset, past, report, newest_only)
    elif dataset.connector == "local_file":
        if clock.as_recorded() is None:  # the file was compiled after any day at which a recorded night may stand
            yield iter([_local_file(settings, dataset)])
    else:
        raise ConfigError(f"catalog/datasets/{dataset.id}.yml: no connector {dataset.connector!r} is built in")


def _genesis_rounds(
    settings: Settings, dataset: Dataset, past: archive.History, report: Reporter, newest_only: bool
) -> Iterator[Iterator[Fetched]]:
    host = str(dataset.source["host"])
    with _replay(settings) as server:
        if server and not server.stands(dataset.table, host):
            return  # never recorded: the dataset's state says so, and that is no error
        stands = _unknown_stands(server, dataset, past)
        for stand in stands[-1:] if newest_only else stands:
            url = server.base_url(host, stand) if server else settings.base_urls[host]
            yield _genesis_answers(settings, dataset, url, report)


@contextmanager
def _replay(settings: Settings) -> Iterator[ReplayServer | None]:
    """The recorded source, started for as long as it is needed; None in a live night."""
    if settings.mode == "live":
        yield None
        return
    from integrationsmonitor.replay.server import ReplayServer

    with ReplayServer(settings.recordings) as server:
        yield server


def recorded_quality(settings: Settings, raw_sha256: str) -> str:
    """How surely the moment in a recorded answer's name is known; "" where the recordings do not hold the bytes."""
    return _recorded_qualities(settings.recordings).get(raw_sha256, "")


@cache
def _recorded_qualities(recordings: Path) -> dict[str, str]:
    manifest = json.loads((recordings / "manifest.json").read_text(encoding="utf-8"))
    return {entry["sha256"]: entry.get("known_from_quality", "") for entry in manifest["recordings"]}


def _unknown_stands(server: ReplayServer | None, dataset: Dataset, past: archive.History) -> list[datetime | None]:
    """Moments to ask the recorded source for, old to new; None is "as it stands now"."""
    if server is None:
        return [None]
    limit = clock.as_recorded()
    stands = [
        stand for stand in server.stands(dataset.table, str(dataset.source["host"])) if not limit or stand <= limit
    ]
    known = past.newest_known
    older = [stand for stand in stands[:-1] if not known or stand > archive.moment(known)]
    return [*older, limit]


def _genesis_answers(settings: Settings, dataset: Dataset, base_url: str, report: Reporter) -> Iterator[Fetched]:
    from integrationsmonitor.sources.genesis_client import GenesisClient

    host, table = str(dataset.source["host"]), dataset.table
    regionalkey = str(dataset.source.get("regionalkey", ""))
    step = int(dataset.source.get("years_per_request", 1))
    with ExitStack() as stack:
        # the recorded source is a server of each process; real hosts are asked by one process of this home at a time
        turns = Turns(settings.home / "turns" if settings.mode == "live" else None)
        client = stack.enter_context(GenesisClient(base_url, settings.credentials(host), host, turns=turns))
        last = min(clock.now().year, int(dataset.source.get("end_year", 9999)))
        for year in range(int(dataset.source["start_year"]), last + 1, step):
            until = min(year + step - 1, last)
            slot = (f"{year}-{until}", f"{year}-01-01", f"{until}-12-31")
            filename = f"{table}_{year}.zip"
            try:
                envelope = client.table(table, year, until, regionalkey)
            except FetchError as problem:
                yield Fetched(*slot, problem.body, filename, problem.url, clock.now(), problem=problem)
                return
            if envelope.body and settings.mode == "live":
                report("fetch", f"{dataset.id}: {year}", bytes=len(envelope.body))  # a live answer takes minutes
            yield Fetched(
                *slot,
                body=envelope.body,
                filename=filename,
                url=envelope.url,
                retrieved_at=envelope.retrieved_at,
                request=dict(envelope.params),
                validators={k: v for k, v in envelope.headers.items() if k.lower() in ("etag", "last-modified")},
            )


def _local_file(settings: Settings, dataset: Dataset) -> Fetched:
    path = settings.catalog.parent / str(dataset.source["file"])
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise MonitorError(f"{dataset.id}: {path} cannot be read ({problem.strerror})") from None
    return Fetched("file", "1900-01-01", "9999-12-31", body, path.name, f"file:{dataset.source['file']}", clock.now())
