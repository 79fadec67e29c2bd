"""Asking the hosts that need no account. Comes in: a dataset and what is held of it. Goes out: a round of answers.

In a recorded night the same clients ask the recorded source on loopback; what it does not hold is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from integrationsmonitor import archive, clock
from integrationsmonitor.night.recorded import base_url, replay
from integrationsmonitor.turns import Turns

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.http import HttpClient
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.fetched import Fetched, Years

MOST_BYTES = 64 * 1024 * 1024  # of one answer: a night of a dataset holds two dozen of them in memory
CONNECTORS = ("ba_api", "ba_report", "tls_table")


def why_fetch(settings: Settings, catalog: Catalog, dataset: Dataset, past: archive.History) -> tuple[str, str]:
    """Why to fetch tonight, "" for not, and the day since which nothing changed; raises FetchError.

    Of the BA-Statistik API one region is asked; it publishes all of a table's regions at once.
    """
    if dataset.connector != "ba_api":
        return "what is not held is asked for every night", ""
    from integrationsmonitor.sources import ba_api_client, bundle

    newest = past.accepted[-1].answer
    held = bundle.open_bundle(archive.get_raw(settings, newest.raw_sha256), dataset.id, newest.filename)
    with replay(settings) as server:
        if server and not server.has_pages(dataset.id, clock.as_recorded()):
            return "", newest.retrieved_at[:10]
        with _http(settings) as http:
            address = base_url(settings, server, str(dataset.source["host"]), clock.as_recorded())
            if ba_api_client.is_unchanged(dataset, catalog, address, http, held):
                return "", newest.retrieved_at[:10]
    return "the first region's answer changed", ""


def rounds(
    settings: Settings, catalog: Catalog, dataset: Dataset, past: archive.History, years: Years | None = None
) -> Iterator[Iterator[Fetched]]:
    """Yield what the host says now, a round for each month of a report; nothing where the recordings hold none."""
    from integrationsmonitor.sources import ba_api_client, ba_regions, ba_report_client, tls_client

    with replay(settings) as server:
        if server and not server.has_pages(dataset.id, clock.as_recorded()):
            return  # never recorded: the dataset's state says so, and that is no error
        with _http(settings) as http:
            address = base_url(settings, server, str(dataset.source["host"]), clock.as_recorded())
            if dataset.connector == "ba_api":
                list_url = base_url(settings, server, "ba", clock.as_recorded()) + ba_regions.LIST_PATH
                answers = ba_api_client.fetch(dataset, catalog, address, http, past, region_list_url=list_url)
                yield map(_at_its_time, answers)
            elif dataset.connector == "ba_report":
                for month in ba_report_client.fetch(dataset, catalog, address, http, past, years):
                    yield iter([_at_its_time(month)])
            else:
                yield map(_at_its_time, tls_client.fetch(dataset, catalog, address, http, past, years))


def _at_its_time(fetched: Fetched) -> Fetched:
    """These answers do not say from when they are known: in a night that stands at an earlier day, it is that day."""
    stands_at = clock.as_recorded()
    return replace(fetched, retrieved_at=min(stands_at, fetched.retrieved_at)) if stands_at else fetched


def narrowed(dataset: Dataset, today: date) -> Dataset:
    """The same dataset, asked only for what is newest: months of the last quarter, three years."""
    since = today - timedelta(days=92)
    starts = {"start_month": f"{since:%Y-%m}", "start_year": today.year - 2}
    own = {name: start for name, start in starts.items() if name in dataset.source}
    return replace(dataset, source={**dataset.source, **own})


def _http(settings: Settings) -> HttpClient:
    """A client whose requests take turns at a host with those of all processes of the home."""
    from integrationsmonitor.http import HttpClient, Policy

    return HttpClient(Policy(max_bytes=MOST_BYTES), turns=Turns.of(settings.home))
