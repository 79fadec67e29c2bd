"""Asking a GENESIS host. Comes in: a dataset and what is held of it. Goes out: rounds of answers, one request a year.

A live night has one round: what the source says now. A recorded night has one per Stand that the recordings hold and
the archive does not yet know, oldest first, so that a new home learns the revisions in the order they happened; the
last round always asks for the newest state, as a live night does. The client code is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from integrationsmonitor import archive, clock
from integrationsmonitor.errors import FetchError
from integrationsmonitor.night.recorded import base_url, replay
from integrationsmonitor.progress import Reporter, silent
from integrationsmonitor.sources.fetched import EVER, Fetched, Years
from integrationsmonitor.turns import Turns

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.replay.server import ReplayServer
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.genesis_client import GenesisClient

_OVERLAP = timedelta(days=1)  # the lists know days, not hours


def why_fetch(settings: Settings, dataset: Dataset, past: archive.History) -> tuple[str, str]:
    """Why to fetch by the host's list of changes ("" where it lists none), and the day since which it was asked.

    The list was never seen live, so that it may only ever spare a request: an answer that is no list means yes.
    """
    with replay(settings) as server:
        host = str(dataset.source["host"])
        if server is None:
            since = archive.moment(past.last_fetched).date() - _OVERLAP
        else:
            if _unknown_stands(server, dataset, past)[:-1] or not server.stands(dataset.table, host):
                return "the recordings hold what the archive does not", ""
            # recorded time is that of the recordings: all of the newest day is known
            since = archive.moment(past.newest_known).date() + _OVERLAP
        with _client(settings, dataset, base_url(settings, server, host, clock.as_recorded())) as client:
            is_listed = client.is_listed(dataset.table, since)
    if is_listed is None:
        return "the source's list of changes could not be read", str(since)
    return f"listed as changed since {since}" if is_listed else "", str(since)


def rounds(
    settings: Settings,
    dataset: Dataset,
    past: archive.History,
    report: Reporter,
    *,
    newest_only: bool,
    years: Years | None = None,
) -> Iterator[Iterator[Fetched]]:
    """Yield the answers of one round after another; only the last round where older Stände do not matter."""
    host = str(dataset.source["host"])
    with replay(settings) as server:
        if server and not server.stands(dataset.table, host):
            return  # never recorded: the dataset's state says so, and that is no error
        *older, newest = _unknown_stands(server, dataset, past)
        for stand in older:
            if server is None or stand is None or newest_only:
                continue
            # what is still the newest comes with the last round, which asks for all of it as a live night does
            if outdated := server.store.outdated_years(host, dataset.table, stand, newest):
                with _client(settings, dataset, base_url(settings, server, host, stand)) as client:
                    yield _answers(client, dataset, settings.mode, past, report, outdated, years)
        with _client(settings, dataset, base_url(settings, server, host, newest)) as client:
            yield _answers(client, dataset, settings.mode, past, report, None, years)


def host_points(settings: Settings, dataset: Dataset) -> dict[str, bool]:
    """What nobody could know of a host before it was asked: point → whether it holds. Raises FetchError."""
    host = str(dataset.source["host"])
    with (
        replay(settings) as server,
        _client(settings, dataset, base_url(settings, server, host, clock.as_recorded())) as client,
    ):
        client.check_login()
        listed = client.is_listed(dataset.table, clock.now().date() - _OVERLAP)
    points = {f"{host}: the list of changes (catalogue/modifieddata) can be read": listed is not None}
    if not settings.credentials(host)[1]:
        points[f"{host}: a token instead of user and password is accepted"] = True
    return points


def newest(settings: Settings, dataset: Dataset) -> Iterator[Fetched]:
    """Ask for the newest year of which the host says that it holds figures (where it does not say: last year)."""
    host = str(dataset.source["host"])
    with replay(settings) as server:
        if server and not server.stands(dataset.table, host):
            return
        with _client(settings, dataset, base_url(settings, server, host, clock.as_recorded())) as client:
            try:
                told = client.years(dataset.table)
            except FetchError as problem:
                yield Fetched("", *EVER, problem.body, dataset.table, problem.url, clock.now(), problem=problem)
                return
            year = min(told[1] if told else clock.now().year - 1, _last_year(dataset))
            yield from _answers(client, dataset, settings.mode, archive.History(), silent, [year])


def _answers(
    client: GenesisClient,
    dataset: Dataset,
    mode: str,
    past: archive.History,
    report: Reporter,
    firsts: list[int] | None,
    only: Years | None = None,
) -> Iterator[Fetched]:
    """The answers of one round, year by year; a request that fails ends it with its problem.

    `firsts` are the years with which the requests begin (None: all that there are), `only` passes over the others.
    """
    table, regionalkey = dataset.table, str(dataset.source.get("regionalkey", ""))
    step = int(dataset.source.get("years_per_request", 1))
    slot, filename = ("", *EVER), f"{table}.zip"
    try:
        for year in firsts if firsts is not None else _years(client, dataset, past)[::step]:
            until = min(year + step - 1, _last_year(dataset))
            if only is not None and not only.overlap(year, until):
                continue
            slot, filename = (f"{year}-{until}", f"{year}-01-01", f"{until}-12-31"), f"{table}_{year}.zip"
            envelope = client.table(table, year, until, regionalkey)
            if envelope.body and mode == "live":
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
    except FetchError as problem:
        yield Fetched(*slot, problem.body, filename, problem.url, clock.now(), problem=problem)


def _years(client: GenesisClient, dataset: Dataset, past: archive.History) -> range:
    """The years to ask for: those of the dataset's file of which the source says that it has them, or once had."""
    first, last = int(dataset.source["start_year"]), _last_year(dataset)
    told = client.years(dataset.table)
    if told is None:
        return range(first, last + 1)
    accepted = [int(item.answer.scope_from[:4]) for item in past.accepted]
    accepted_until = [int(item.answer.scope_to[:4]) for item in past.accepted]
    return range(max(first, min(told[0], *accepted, 9999)), min(last, max(told[1], *accepted_until, 0)) + 1)


def _last_year(dataset: Dataset) -> int:
    return min(clock.now().year, int(dataset.source.get("end_year", 9999)))


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


def _client(settings: Settings, dataset: Dataset, address: str) -> GenesisClient:
    """The client of a dataset's host: processes of one home take turns, and jobs that are late are remembered.

    The recorded source is a server of each load, so that its jobs end with it.
    """
    from integrationsmonitor.sources.genesis_client import GenesisClient
    from integrationsmonitor.sources.genesis_jobs import JobBook

    host, is_live = str(dataset.source["host"]), settings.mode == "live"
    return GenesisClient(
        address,
        settings.credentials(host),
        host,
        turns=Turns.of(settings.home),
        jobs=JobBook(settings.home / "jobs" / f"{dataset.id}.json" if is_live else None),
    )
