"""Client of the BA statistics API. Comes in: a dataset. Goes out: one `Fetched` with the answers for all its regions.

The host answers one region at a time, so that the answers are packed together (bundle.py) and judged together. The
BA's names of the Kreise come from the list that its web forms load. Refuses an unknown table (404) and a host that
wants to be asked more slowly (403); what an answer holds is the reader's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from integrationsmonitor import clock
from integrationsmonitor.dataset import LAST_DAY
from integrationsmonitor.errors import ContractError, FetchError
from integrationsmonitor.sources import bundle
from integrationsmonitor.sources.ba_regions import region_names
from integrationsmonitor.sources.fetched import EVER, Fetched

if TYPE_CHECKING:
    from integrationsmonitor import archive
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.http import HttpClient, Response
    from integrationsmonitor.sources.bundle import Part

SLOT = "all"
PATHS = {"json": "pc/v1/tableFetch/dia/", "csv": "ct/v1/tableFetch/csv/"}
_KREISE = "kreise"
_TOO_FAST, _NOT_THERE = 403, 404


def fetch(
    dataset: Dataset,
    catalog: Catalog,
    base_url: str,
    http: HttpClient,
    past: archive.History,
    *,
    region_list_url: str,
) -> Iterator[Fetched]:
    """Ask for every region; a request that fails ends the round with its problem, and nothing of it is used."""
    del past  # every answer holds all its periods
    filename = f"{dataset.table}.zip"
    first = base_url + PATHS[dataset.source["format"]] + dataset.table
    try:
        names = _names(dataset, catalog, http, region_list_url)
        parts, latest = [], clock.now()
        for target in _targets(dataset, catalog, names):
            answer = _ask(base_url + target.url, dataset, http)
            parts.append(_with_body(target, answer))
            latest = answer.retrieved_at
    except FetchError as problem:
        yield Fetched(SLOT, *EVER, problem.body, filename, problem.url, clock.now(), problem=problem)
        return
    yield _fetched(dataset, parts, filename, first, latest)


def is_unchanged(dataset: Dataset, catalog: Catalog, base_url: str, http: HttpClient, held: Sequence[Part]) -> bool:
    """Whether the host still says of the first region what is held of it; raises FetchError.

    The BA publishes all regions of a table at once, so that one request tells whether the others are worth asking. A
    dataset that asks otherwise than it did has changed.
    """
    asked, first = _asked(dataset, catalog), held[0]
    if {part.region_key for part in held} != set(asked):
        return False
    if first.url != _url(dataset, asked[first.region_key], first.region_name):  # the name of then is that of today
        return False
    return _ask(base_url + first.url, dataset, http).body == first.body


def _fetched(dataset: Dataset, parts: list[Part], filename: str, url: str, retrieved_at: datetime) -> Fetched:
    request = {"requests": str(len(parts)), "format": str(dataset.source["format"])}
    return Fetched(SLOT, *EVER, bundle.pack(parts), filename, url, retrieved_at, request)


def _names(dataset: Dataset, catalog: Catalog, http: HttpClient, region_list_url: str) -> Mapping[str, str]:
    """The BA's names of the Kreise; its list is not asked for where no Kreis is wanted."""
    if all(request["regions"] != _KREISE for request in dataset.source["requests"]):
        return {}
    answer = http.fetch(region_list_url, dataset_id=dataset.id)
    try:
        return region_names(answer.body, catalog.regions, dataset.id)
    except ContractError as problem:
        said = f"expected {problem.expected} in {problem.locator}, found {problem.found}"
        error = FetchError(dataset.id, answer.url, said, problem.hint, answer.body)
    raise error


def _targets(dataset: Dataset, catalog: Catalog, names: Mapping[str, str]) -> Iterator[Part]:
    """The parts to ask for, without their bodies."""
    for region_key, request in _asked(dataset, catalog).items():
        name = "" if "parameter" not in request else names.get(region_key) or str(request["name"])
        kind = dataset.source["format"]
        yield bundle.Part(f"{region_key}.{kind}", region_key, name, _url(dataset, request, name), b"")


def _asked(dataset: Dataset, catalog: Catalog) -> dict[str, Mapping[str, Any]]:
    """The regions that the dataset's file asks for, each with its request."""
    asked: dict[str, Mapping[str, Any]] = {}
    for request in dataset.source["requests"]:
        level = request["regions"]
        for region_key in catalog.kreise_at(LAST_DAY) if level == _KREISE else [level]:
            asked[region_key] = request
    return asked


def _url(dataset: Dataset, request: Mapping[str, Any], name: str) -> str:
    """Path and query below the base address; blanks as %20, since a plus is one only in forms."""
    query = f"?{urlencode({request['parameter']: name}, quote_via=quote)}" if "parameter" in request else ""
    return f"{PATHS[dataset.source['format']]}{quote(request['table'])}{query}"


def _with_body(target: Part, answer: Response) -> Part:
    return bundle.Part(target.name, target.region_key, target.region_name, target.url, answer.body)


def _ask(url: str, dataset: Dataset, http: HttpClient) -> Response:
    answer = http.fetch(url, dataset_id=dataset.id, accept=(200, _TOO_FAST, _NOT_THERE))
    if answer.status == _NOT_THERE:
        hint = f"Correct source.requests in catalog/datasets/{dataset.id}.yml"
        raise FetchError(dataset.id, url, "HTTP 404: the host knows no such table", hint, answer.body)
    if answer.status == _TOO_FAST:
        hint = "Slow down: the host was asked too fast; the next night tries again"
        raise FetchError(dataset.id, url, "HTTP 403: the host refuses the request", hint, answer.body)
    return answer
