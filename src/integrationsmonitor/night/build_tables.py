"""The tables that a build reads beside the landing. Comes in: archive, catalogue, decisions. Goes out: Arrow tables.

Landing files that are missing or damaged are made again from the archive first. A build as of a moment gets what was
known, or what we held, by then; the definitions are always today's.
Refuses (MonitorError): a landing that is lost while today's reader refuses the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, clock, decisions, files, landing, publications, runs
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.night import facts, recorded
from integrationsmonitor.night.rereading import reparse
from integrationsmonitor.progress import Reporter

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from integrationsmonitor.archive import Accepted, History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.settings import Settings

SOURCE, RECORDED = "source", "recorded"


@dataclass(frozen=True)
class AsOf:
    """A moment on one of the two axes: what the source had said by then, or what our archive held by then."""

    moment: datetime
    axis: str = SOURCE


def build_tables(
    settings: Settings,
    catalog: Catalog,
    histories: dict[str, History],
    report: Reporter,
    as_of: AsOf | None = None,
) -> dict[str, pa.Table]:
    """All tables of `catalog_tables.SCHEMAS`; whatever the landing lacks is made first."""
    from integrationsmonitor.catalog_tables import arrow_table

    ensure_landing(settings, catalog, histories, report)
    held_by = as_of.moment if as_of and as_of.axis == RECORDED else None
    known_by = clock.naive_utc(as_of.moment) if as_of and as_of.axis == SOURCE else None
    return facts.catalog_tables(settings, catalog) | {
        "delivery": deliveries(settings, histories, held_by),
        "origin": recorded.origins(settings, histories),
        "withdrawal": withdrawals(settings),
        "confidential": arrow_table("confidential", []),
        "as_of": arrow_table("as_of", [{"moment": known_by}]),
        "publication": _publications(settings, as_of),
        "run": runs.table([] if as_of else runs.listed(settings)),
    }


def _publications(settings: Settings, as_of: AsOf | None) -> pa.Table:
    """What was published by then; no part of the digests: a publication is no news for the next one."""
    rows = publications.account(settings).rows
    by_then = None if as_of is None else clock.naive_utc(as_of.moment)
    return publications.table([row for row in rows if by_then is None or row.published_at <= by_then])


def ensure_landing(settings: Settings, catalog: Catalog, histories: dict[str, History], report: Reporter) -> None:
    """Make every landing file that is missing or cannot be read: the current parse anew, earlier ones copied."""
    landing.ensure_schema_file(settings)
    version = landing.parser_version()
    for dataset_id, past in histories.items():
        dataset = catalog.datasets[dataset_id]
        key = past.current_parse
        can_be_made = key == landing.parse_key(dataset, catalog, version)
        for answer in {item.answer.raw_sha256: item.answer for item in past.accepted}.values():
            path = landing.path_of(settings, dataset_id, answer.raw_sha256, key)
            if landing.is_whole(path):
                continue
            if not can_be_made:
                raise MonitorError(
                    f"{dataset_id}: the landing of {answer.filename} is lost, and today's reader refuses its bytes: "
                    f"repair catalog/datasets/{dataset_id}.yml (see `monitor status`), or restore {path} from a backup"
                )
            path.unlink(missing_ok=True)
            report("parse", f"{dataset_id}: landing of {answer.filename} made again from the archive")
            reparse(settings, catalog, dataset, answer, key, path)
        _restore_readings(settings, dataset_id, past)


def _restore_readings(settings: Settings, dataset_id: str, past: History) -> None:
    """Bring back what we read before we read it otherwise, where the landing lost it and the archive kept it."""
    for key in past.parses:
        if key == past.current_parse:
            continue
        for raw_sha256 in past.parsed_raws[key]:
            path = landing.path_of(settings, dataset_id, raw_sha256, key)
            kept = archive.reading_path(settings, dataset_id, path.name)
            if landing.read_any(path) is None:
                path.unlink(missing_ok=True)
                if kept.exists():
                    files.write_atomic(path, kept.read_bytes())


def deliveries(settings: Settings, histories: dict[str, History], held_by: datetime | None = None) -> pa.Table:
    """One row per accepted answer and parse of it whose landing file is there; held by then, as it was read then."""
    from integrationsmonitor.catalog_tables import arrow_table

    rows: list[dict[str, Any]] = []
    for dataset_id, past in histories.items():
        for item in past.accepted:
            if held_by is None or archive.moment(item.recorded_at) <= held_by:
                rows += _parses(settings, dataset_id, past, item, held_by)
    return arrow_table("delivery", rows)


def _parses(
    settings: Settings, dataset_id: str, past: History, item: Accepted, held_by: datetime | None
) -> list[dict[str, Any]]:
    """The parses of one answer that there were by then; the last of them is in force."""
    answer = item.answer
    found = []
    for sequence, key in enumerate(past.parses):
        path = landing.path_of(settings, dataset_id, answer.raw_sha256, key)
        if answer.raw_sha256 in past.parsed_raws[key] and path.exists():
            found.append((sequence, key, archive.moment(past.parsed_raws[key][answer.raw_sha256])))
    in_force = [number for number, parse in enumerate(found, start=1) if parse[1] == past.current_parse]
    found = found[: max(in_force, default=0)]
    if held_by is not None:  # the first of them stands for what was read before, where nobody kept that
        found = [parse for parse in found if parse[2] <= held_by] or found[:1]
    return [
        {
            "dataset_id": dataset_id,
            "raw_sha256": answer.raw_sha256,
            "parse_key": key,
            "parse_seq": sequence,
            "is_current_parse": key == found[-1][1],
            "delivery_seq": item.delivery_seq,
            "source_known_from": clock.naive_utc(archive.moment(answer.known_from)),
            "known_from_quality": answer.known_from_quality,
            "recorded_at": clock.naive_utc(archive.moment(item.recorded_at)),
            "parsed_at": clock.naive_utc(parsed_at),
            "scope_from": archive.moment(answer.scope_from).date(),
            "scope_to": archive.moment(answer.scope_to).date(),
            "layout": answer.layout,
            "url": recorded.address(settings, answer.url),
            "filename": answer.filename,
            "retrieved_at": clock.naive_utc(archive.moment(answer.retrieved_at)),
        }
        for sequence, key, parsed_at in found
    ]


def withdrawals(settings: Settings) -> pa.Table:
    """One row per value that a person took back and nobody reinstated."""
    from integrationsmonitor.catalog_tables import arrow_table

    rows = [
        {
            "value_id": item.value_id,
            "reason_de": item.reason,
            "withdrawn_at": clock.naive_utc(archive.moment(item.at)),
        }
        for item in decisions.withdrawals(settings)
    ]
    return arrow_table("withdrawal", rows)
