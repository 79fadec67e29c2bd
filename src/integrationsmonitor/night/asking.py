"""Asking the sources of one dataset. Comes in: the dataset and the settings. Goes out: rounds of fetched answers.

A night asks first whether a table is to be fetched at all (`why_fetch`): some hosts list what changed since a day, of
others one region is asked, and everything is fetched once a week, whatever they say (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from integrationsmonitor import archive, clock
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.night import asking_genesis, asking_open
from integrationsmonitor.progress import Reporter
from integrationsmonitor.sources.fetched import EVER, Fetched, Years

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings

# A week, less some hours: the seventh night may begin a little earlier than the first one did.
_EVERYTHING_AFTER = timedelta(days=6, hours=12)


@dataclass(frozen=True)
class Decision:
    """Whether a dataset is fetched tonight: `why` is the reason, "" where nothing changed `since` a day."""

    why: str
    since: str = ""


def why_fetch(
    settings: Settings, catalog: Catalog, dataset: Dataset, past: archive.History, *, is_read_by_todays_rules: bool
) -> Decision:
    """Decide whether to fetch a dataset; where nobody can know, the answer is yes. Raises FetchError."""
    if dataset.connector in ("local_file", "local_table"):
        return Decision("a file")
    if not past.last_fetched:
        return Decision("first time")
    if past.rejection:
        return Decision("refused the last time")
    if not is_read_by_todays_rules:
        return Decision("reader or dataset file changed")
    if clock.now() - archive.moment(past.last_fetched) >= _EVERYTHING_AFTER:
        return Decision("once a week")
    if dataset.connector == "genesis":
        return Decision(*asking_genesis.why_fetch(settings, dataset, past))
    return Decision(*asking_open.why_fetch(settings, catalog, dataset, past))


def rounds(
    settings: Settings,
    catalog: Catalog,
    dataset: Dataset,
    past: archive.History,
    report: Reporter,
    *,
    newest_only: bool = False,
    years: Years | None = None,
) -> Iterator[Iterator[Fetched]]:
    """Yield the answers of one round after another; only the last round where older Stände do not matter.

    `years` narrows what is asked of a source that answers by the year or month; the others are asked for everything.
    """
    if dataset.connector == "genesis":
        yield from asking_genesis.rounds(settings, dataset, past, report, newest_only=newest_only, years=years)
    elif dataset.connector == "local_file":
        if clock.as_recorded() is None:  # the file was compiled after any day at which a recorded night may stand
            yield iter([_local_file(settings, dataset)])
    elif dataset.connector == "local_table":
        if clock.as_recorded() is None:
            yield _local_tables(settings, catalog, dataset)
    elif dataset.connector in asking_open.CONNECTORS:
        yield from asking_open.rounds(settings, catalog, dataset, past, years)
    else:
        raise ConfigError(f"catalog/datasets/{dataset.id}.yml: no connector {dataset.connector!r} is built in")


host_points = asking_genesis.host_points


def newest(settings: Settings, catalog: Catalog, dataset: Dataset) -> Iterator[Fetched]:
    """Ask for the newest figures only, as if nothing were held; an answer without a body has none."""
    if dataset.connector == "genesis":
        yield from asking_genesis.newest(settings, dataset)
    else:
        narrow = asking_open.narrowed(dataset, clock.now().date())
        for fetched in asking_open.rounds(settings, catalog, narrow, archive.History()):
            yield from fetched


def _local_file(settings: Settings, dataset: Dataset) -> Fetched:
    path = settings.catalog.parent / str(dataset.source["file"])
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise MonitorError(f"{dataset.id}: {path} cannot be read ({problem.strerror})") from None
    return Fetched("file", *EVER, body, path.name, f"file:{dataset.source['file']}", clock.now())


def _local_tables(settings: Settings, catalog: Catalog, dataset: Dataset) -> Iterator[Fetched]:
    from integrationsmonitor.sources import local_drop

    for name, body in local_drop.files_of(settings.local, dataset, catalog.regions):
        yield Fetched(name, *EVER, body, name, f"file:local/{name}", clock.now())
