"""From one archived or fetched answer to one landing file. Comes in: bytes. Goes out: facts, and a file when asked.

Refuses what the reader, the mapping or the contract refuse; nothing is written then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from integrationsmonitor import archive, contract, landing
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.cells import in_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from integrationsmonitor.archive import ArchivedAnswer
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.cells import Answer, Source
    from integrationsmonitor.sources.fetched import Fetched

_BUNDLED = ("ba_api", "ba_report")
_FIRST_STAND = datetime(2000, 1, 1, tzinfo=UTC)
_HALVED = 0.6
_QUALITY_STAND, _QUALITY_BOUND = "source_stand", "upper_bound"


@dataclass
class Content:
    """What an answer holds, before it is read: its file, a hash for "the same figures", from when it is known."""

    filename: str
    source: Source
    sha256: str
    known_from: datetime
    known_from_quality: str


class _Read(NamedTuple):
    observations: pa.Table
    cells: pa.Table | None
    periods: Mapping[str, tuple[date, date]]
    layout: str


def check_layout(dataset: Dataset) -> None:
    """Raise ConfigError where a dataset's file contradicts itself in what its reader looks for."""
    from integrationsmonitor.sources import ba_report_layout, tls_layout

    if dataset.connector == "ba_report":
        ba_report_layout.layout_of(dataset)
    elif dataset.connector == "tls_table":
        tls_layout.layout_of(dataset)


def unpack(dataset: Dataset, body: bytes, filename: str, retrieved_at: datetime) -> Content:
    """Open the envelope of an answer; where it does not say from when it is known, the retrieval is the bound."""
    from integrationsmonitor.sources import bundle, genesis_zip

    if dataset.connector in _BUNDLED:
        digest = bundle.content_sha256(bundle.open_bundle(body, dataset.id, filename))
        return Content(filename, in_memory(body), digest, retrieved_at, _QUALITY_BOUND)
    if dataset.connector != "genesis":
        digest = genesis_zip.content_sha256(BytesIO(body))
        return Content(filename, in_memory(body), digest, retrieved_at, _QUALITY_BOUND)
    member = genesis_zip.open_member(body, table=dataset.table, dataset_id=dataset.id, filename=filename)
    known_from = genesis_zip.epoch_of(member.name)
    if not _FIRST_STAND <= known_from <= retrieved_at + timedelta(days=1):
        expected = f"a moment between {_FIRST_STAND:%Y} and now in the member's name"
        raise ContractError(dataset.id, member.name, "ZIP member", expected, f"{known_from:%Y-%m-%d %H:%M}")
    return Content(member.name, member.open, member.content_sha256, known_from, _QUALITY_STAND)


def parse(
    catalog: Catalog,
    dataset: Dataset,
    content: Content,
    raw_sha256: str,
    parse_key: str,
    scope: tuple[date, date],
    target: Path | None,
    judge: Callable[[pa.Table], None] | None = None,
) -> tuple[int, str]:
    """Read, map and check one answer, and write its landing file; returns the number of rows and the layout.

    `scope` is the first and last day whose figures were asked for; `judge` may refuse the observations on top.
    """
    try:
        observations, cells, periods, layout = _read(catalog, dataset, content, raw_sha256, parse_key)
        with landing.written(observations, target):
            rows = contract.check(observations, cells, periods, dataset, catalog, content.filename, scope)
            if judge is not None:
                judge(observations)
    except OverflowError as problem:
        expected = "words that can be told apart by a number of 64 bits"
        raise ContractError(dataset.id, content.filename, "the whole file", expected, str(problem)) from None
    return rows, layout


def archived(settings: Settings, dataset: Dataset, answer: ArchivedAnswer) -> Content:
    """Open an answer that was accepted before."""
    body = archive.get_raw(settings, answer.raw_sha256)
    return unpack(dataset, body, answer.filename, archive.moment(answer.retrieved_at))


def days_of(asked: Fetched | ArchivedAnswer) -> tuple[date, date]:
    """First and last day whose figures a request asked for."""
    return date.fromisoformat(asked.scope_from), date.fromisoformat(asked.scope_to)


def observations(catalog: Catalog, dataset: Dataset, content: Content, raw_sha256: str, parse_key: str) -> pa.Table:
    """The observations of an answer that was accepted before."""
    return _read(catalog, dataset, content, raw_sha256, parse_key).observations


def _read(catalog: Catalog, dataset: Dataset, content: Content, raw_sha256: str, parse_key: str) -> _Read:
    if dataset.connector == "local_file":
        return _read_local(catalog, dataset, content, raw_sha256, parse_key)
    from integrationsmonitor.sources import mapping

    answer = _cells(catalog, dataset, content)
    known_from = content.known_from.astimezone(UTC)
    origin = mapping.Origin(content.filename, answer.layout, answer.sheet, known_from, raw_sha256, parse_key)
    mapped = mapping.map_cells(answer.cells, dataset, catalog.regions, origin)
    return _Read(mapped.observations, answer.cells, mapped.periods, answer.layout)


def _cells(catalog: Catalog, dataset: Dataset, content: Content) -> Answer:
    """The cells of an answer, by the reader of its connector."""
    if dataset.connector == "genesis":
        from integrationsmonitor.sources import genesis_read

        return genesis_read.read_answer(content.source, dataset, content.filename)
    from integrationsmonitor.sources import ba_api, ba_report, bundle, local_table, tls_table

    with content.source() as file:
        data = file.read()
    if dataset.connector == "tls_table":
        return tls_table.read_cells(data, dataset, content.filename, catalog.regions)
    if dataset.connector == "local_table":
        return local_table.read_cells(data, dataset, content.filename, catalog.regions)
    parts = bundle.open_bundle(data, dataset.id, content.filename)
    if dataset.connector == "ba_report":
        return ba_report.read_cells(parts, dataset, content.filename, catalog.regions)
    return ba_api.read_cells(parts, dataset, content.filename, content.known_from)


def _read_local(catalog: Catalog, dataset: Dataset, content: Content, raw_sha256: str, parse_key: str) -> _Read:
    from integrationsmonitor.sources import local_file

    del raw_sha256  # the reader takes it from the bytes
    with content.source() as file:
        data = file.read()
    answer = local_file.read_local(data, dataset, content.filename, catalog.regions, parse_key=parse_key)
    return _Read(answer.observations, None, {}, "local")


def refuse_empty(dataset: Dataset, filename: str, slot: str) -> ContractError:
    """The error for a source that had figures for a request and now has none."""
    return ContractError(
        dataset.id,
        filename,
        f"request {slot}",
        "the figures that were there before",
        "no figures",
        "If the source withdrew them on purpose, say so with a corrected dataset file",
    )


def refuse_older(dataset: Dataset, content: Content, before: str) -> ContractError:
    """The error for other figures under an earlier moment than those that were accepted before."""
    expected = f"a Stand not before {before}, from which other figures are known"
    return ContractError(dataset.id, content.filename, "ZIP member", expected, content.known_from.isoformat())


def refuse_halved(dataset: Dataset, content: Content, rows: int, before: int) -> None:
    """Refuse an answer that lost a large part of its rows: most likely it was cut, not corrected."""
    if rows < before * _HALVED:
        expected = f"about as many rows as the {before} of the answer before"
        raise ContractError(dataset.id, content.filename, "the whole file", expected, f"{rows}")
