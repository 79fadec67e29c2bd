"""The rehearsal of a first live night. Comes in: the settings. Goes out: a report; nothing else is written.

Every dataset is asked for its newest answer, those that are switched off too where they have an address: is the host
there, does the answer keep its contract, or where not, and which points that nobody could know before are settled now.
Contracts are held by whole answers only, so a dataset that asks region by region asks for all regions.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from integrationsmonitor import landing
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.errors import ConfigError, ContractError, FetchError, MonitorError
from integrationsmonitor.night import asking, parsing
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.fetched import Fetched

HELD, BROKEN, NOTHING, UNREACHABLE, NOT_ASKED = "held", "broken", "nothing there", "not reachable", "not asked"


@dataclass
class Finding:
    """What one dataset's newest answer showed; `contract` is one of HELD … NOT_ASKED."""

    dataset_id: str
    title_de: str
    connector: str
    host: str
    off: bool
    contract: str = NOT_ASKED
    asked: str = ""
    layout: str = ""
    bytes: int = 0
    rows: int = 0
    newest_period: str = ""
    signs: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    settled: list[str] = field(default_factory=list)
    still_open: list[str] = field(default_factory=list)
    seconds: float = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def first_night(settings: Settings, dataset_ids: Sequence[str] = (), report: Reporter = silent) -> Iterator[Finding]:
    """Ask the sources of all datasets, or of some, one after another, and say of each what was found.

    Raises ConfigError for an id that is none. Whatever else goes wrong stands in the finding of its dataset.
    """
    catalog = load_catalog(settings.catalog)
    unknown = sorted(set(dataset_ids) - set(catalog.datasets))
    if unknown:
        raise ConfigError(f"no dataset {unknown[0]!r} in {settings.catalog / 'datasets'}; `monitor status` lists them")
    hosts: set[str] = set()
    for dataset_id in sorted(dataset_ids or catalog.datasets):
        dataset = catalog.datasets[dataset_id]
        if "host" not in dataset.source:
            continue  # a file that every night reads
        report("ask", f"{dataset_id}: asking {dataset.source['host']}")
        found = _examine(settings, catalog, dataset)
        if dataset.connector == "genesis" and found.host not in hosts and found.contract != UNREACHABLE:
            hosts.add(found.host)
            _note_host(settings, dataset, found)
        if settings.mode == "recorded":  # our own answers settle nothing about the hosts
            found.still_open, found.settled = [*found.still_open, *found.settled], []
        yield found


def _examine(settings: Settings, catalog: Catalog, dataset: Dataset) -> Finding:
    found = Finding(
        dataset.id, dataset.title_de, dataset.connector, str(dataset.source["host"]), off=bool(dataset.off_de)
    )
    started = time.monotonic()
    try:
        answers = _newest(settings, catalog, dataset)
        if answers is None:
            found.problem = dataset.off_de
        elif not answers:
            found.contract, found.problem = NOTHING, "the source has no answer to the newest request"
        else:
            _judge(catalog, dataset, answers, found)
    except FetchError as problem:
        found.contract, found.problem = UNREACHABLE, str(problem)
    except MonitorError as problem:
        found.contract, found.problem = BROKEN, str(problem)
    found.seconds = round(time.monotonic() - started, 1)
    found.settled, found.still_open = _open_points(dataset, found)
    return found


def _note_host(settings: Settings, dataset: Dataset, found: Finding) -> None:
    """The first dataset of a host also tells what is now known of the host."""
    try:
        points = asking.host_points(settings, dataset)
    except FetchError as problem:
        found.still_open.append(f"{found.host}: log-in check and list of changes ({problem})")
        return
    for point, holds in points.items():
        (found.settled if holds else found.still_open).append(point)


def _newest(settings: Settings, catalog: Catalog, dataset: Dataset) -> list[Fetched] | None:
    """The newest answer with figures; empty where there is none, None where there is no address to ask."""
    if dataset.connector == "tls_table" and not dataset.source.get("link"):
        return None
    fetched = list(asking.newest(settings, catalog, dataset))
    for answer in fetched:
        if answer.problem is not None:
            raise answer.problem
    return [answer for answer in fetched if answer.body][-1:]


def _judge(catalog: Catalog, dataset: Dataset, answers: Sequence[Fetched], found: Finding) -> None:
    """Read and check as a night would; a contract that does not hold is told, and nothing else of the answer."""
    (answer,) = answers
    found.asked, found.bytes = answer.slot, len(answer.body)
    key = landing.parse_key(dataset, catalog, landing.parser_version())
    content = parsing.unpack(dataset, answer.body, answer.filename, answer.retrieved_at)
    try:
        scope = parsing.days_of(answer)
        found.rows, found.layout = parsing.parse(
            catalog, dataset, content, "0" * 64, key, scope, None, lambda table: _note(found, table)
        )
        found.contract = HELD
    except ContractError as problem:
        found.contract, found.problem = BROKEN, str(problem)


def _note(found: Finding, observations: pa.Table) -> None:
    found.newest_period = max((f"{day}" for day in observations["period_end"].to_pylist()), default="")
    signs = zip(observations["sign"].to_pylist(), observations["status"].to_pylist(), strict=True)
    found.signs = dict(Counter(f"{sign} = {status}" for sign, status in signs if sign).most_common())


def _open_points(dataset: Dataset, found: Finding) -> tuple[list[str], list[str]]:
    """What this answer settled, and what it could not."""
    points = [f"codes and labels of measure {m.code!r}" for m in dataset.measures if not m.proven]
    points += [f"codes and labels of axis {axis.code!r}" for axis in dataset.axes if not axis.proven]
    if found.contract == HELD:
        settled = [f"{point} as in the dataset's file: take out `codes: unproven`" for point in points]
        if found.off:
            settled.append(f"the table exists and keeps its contract; take out `off_de` ({dataset.off_de})")
        if dataset.connector != "genesis":
            settled.append("format and layout: as read")
            if found.signs:
                settled.append(f"signs: {', '.join(f'{sign} ({count})' for sign, count in found.signs.items())}")
        return settled, []
    if found.off:
        points.append(f"whether it is as described ({dataset.off_de})")
    return [], points
