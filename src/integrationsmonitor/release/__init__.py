"""Publishing: the last step of a night.

Comes in: a candidate warehouse that passed its gate, the results of the check, the facts of the night.
Goes out: one immutable folder `releases/<utc>-<short hash>/`, and `current` pointing at it.

release.json is written last: a folder without it is no release. A kill at any point leaves `current` whole and the
next publication cleans up. Refuses: a candidate whose gate is not `passed`, facts of the other source mode.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from integrationsmonitor import clock, files, offline, publications
from integrationsmonitor.errors import GateError, MonitorError
from integrationsmonitor.progress import Reporter, silent
from integrationsmonitor.release import diff, exports, ledger, metadata, queries, shelf, views
from integrationsmonitor.release.contract import ExportContract, load_contract
from integrationsmonitor.release.dictionary import Lexicon
from integrationsmonitor.release.exports import lexicon as lexicon_files
from integrationsmonitor.release.exports import manifest
from integrationsmonitor.release.meta import META_RELEASE
from integrationsmonitor.release.tables import (
    Table,
    connection,
    copy_macros,
    copy_table,
    literal,
    published_tables,
    write_row,
)
from integrationsmonitor.settings import Settings

__all__ = ["Release", "ReleaseFacts", "current", "inputs_digest", "publish", "releases", "rollback"]

NOTICE_DE = {"recorded": "Aufgezeichnete Daten, kein Live-Abruf", "live": "Live abgerufene Daten"}


@dataclass(frozen=True)
class ReleaseFacts:
    """What the night knows about a release and the warehouse file does not.

    `inputs` is the parts from which news is judged (landing keys, hashes of catalogue and code …), JSON-like;
    `raw_inputs` one mapping per answer used, each with `dataset_id` and `sha256`; `dataset_states` one mapping per
    dataset with `dataset_id` and `state`; `quarantined` the datasets whose last answer was refused.
    """

    mode: str
    code_version: str
    inputs: Mapping[str, Any]
    gate: str
    raw_inputs: Sequence[Mapping[str, Any]] = ()
    dataset_states: Sequence[Mapping[str, Any]] = ()
    quarantined: Sequence[str] = ()
    quality: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """A published release; `rows` per table."""

    id: str
    path: Path
    rows: Mapping[str, int]
    seconds: float


def inputs_digest(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the inputs as canonical JSON."""
    body = json.dumps(inputs, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(body.encode()).hexdigest()


def current(settings: Settings) -> dict[str, Any] | None:
    """The parsed release.json of `current`; None where nothing was released, or the link leads to nothing whole."""
    return shelf.read(settings.current)


def releases(settings: Settings) -> list[dict[str, Any]]:
    """All whole releases, oldest first."""
    return shelf.whole(settings)


def publish(
    settings: Settings,
    candidate: Path,
    quality_dir: Path,
    facts: ReleaseFacts,
    report: Reporter = silent,
    docs_dir: Path | None = None,
) -> Release:
    """Make a release of the candidate and let `current` mean it; `docs_dir` holds the pages about its tables.

    Raises GateError where the gate did not pass, MonitorError where candidate or contract do not fit; `current` is
    untouched then. The candidate must be closed and the folder of the check complete.
    """
    started = time.monotonic()
    if facts.gate != "passed":
        raise GateError(f"the gate is {facts.gate!r}: the candidate is not released, current stays")
    if facts.mode != settings.mode:
        raise MonitorError(f"facts of a {facts.mode!r} night cannot become a release of a {settings.mode!r} home")
    keep = shelf.keep_setting(settings)
    contract = load_contract(settings.project / "exports" / "exports.yml")
    lexicon = Lexicon.of(settings.project)
    publisher = metadata.load_publisher(settings.project / "exports" / metadata.PUBLISHER)
    with files.locked(settings.home / ".publish.lock"):
        for name in shelf.clean(settings):
            report("publish", f"removed what an interrupted publication left: {name}")
        told = ledger.settle(settings)
        meta = _meta(settings, facts)
        folder = settings.releases / meta["release_id"]
        folder.mkdir()
        tables, changes = _fill(settings, candidate, folder, contract, lexicon, meta, told, report)
        difference = _compare(settings, folder, contract, _previous(meta), told.holds, report)
        digests = files.Digests()
        exported = _export(settings, folder, contract, lexicon, meta, tables, digests, report)
        _describe(settings, folder, meta, lexicon, tables, exported, difference, publisher, digests, report)
        shutil.copytree(quality_dir, folder / "quality")
        if docs_dir:
            shutil.copytree(docs_dir, folder / "docs", copy_function=shutil.copyfile)
        offline.lock_all(folder)
        shelf.seal(folder)
        shelf.mark(folder, _release_json(settings, folder, meta, facts, tables, digests))
        report("publish", f"release {folder.name} is whole")
        shelf.point_current(settings, folder.name)
        ledger.note_publication(settings, folder.name, _previous(meta), changes)
        shelf.link_exports(settings)
        for name in shelf.prune(settings, keep):
            report("publish", f"removed old release {name}")
    rows = {table.name: table.rows for table in tables}
    seconds = time.monotonic() - started
    report("publish", f"current is {folder.name}", tables=len(rows), seconds=seconds)
    return Release(folder.name, folder, rows, seconds)


def rollback(settings: Settings, release_id: str | None = None, report: Reporter = silent) -> Release:
    """Let `current` mean an earlier whole release: the one whose id begins so, or the one that `current` replaced."""
    started = time.monotonic()
    with files.locked(settings.home / ".publish.lock"):
        shelf.clean(settings)
        told = ledger.settle(settings)
        now = shelf.read(settings.current)
        target = shelf.named(settings, release_id) if release_id else _before(settings, now)
        found = shelf.read(settings.releases / target) or {}
        shelf.point_current(settings, target)
        ledger.note_rollback(settings, target, (now or {}).get("release_id"), told)
    report("publish", f"current is {target} again")
    return Release(target, settings.releases / target, dict(found["tables"]), time.monotonic() - started)


def _before(settings: Settings, now: Mapping[str, Any] | None) -> str:
    shelved = shelf.whole(settings)
    if now is None:
        earlier = shelved
    else:
        if now.get("previous") in {release["release_id"] for release in shelved}:
            return str(now["previous"])
        earlier = [release for release in shelved if int(release["sequence"]) < int(now["sequence"])]
    if not earlier:
        raise MonitorError("there is no earlier release to go back to; current stays")
    return str(earlier[-1]["release_id"])


def _previous(meta: Mapping[str, Any]) -> str | None:
    return meta["previous_release_id"] or None


def _meta(settings: Settings, facts: ReleaseFacts) -> dict[str, Any]:
    """The row of meta_release, but for the counts that the tables give."""
    moment, digest = clock.now(), inputs_digest(facts.inputs)
    stem = f"{moment:%Y%m%dT%H%M%SZ}-{digest[:8]}"
    name, number = stem, 1
    taken = {event.release_id for event in publications.events(settings)}
    while name in taken or (settings.releases / name).exists():
        number += 1
        name = f"{stem}-{number}"
    return {
        "release_id": name,
        "released_at": clock.naive_utc(moment).replace(microsecond=0),
        "source_mode": facts.mode,
        "notice_de": NOTICE_DE[facts.mode],
        "code_version": facts.code_version,
        "inputs_digest": digest,
        "gate": facts.gate,
        "datasets": len(facts.dataset_states),
        "datasets_in_quarantine": "|".join(sorted(facts.quarantined)),
        "raw_inputs": len(facts.raw_inputs),
        "previous_release_id": (shelf.read(settings.current) or {}).get("release_id", ""),
    }


def _fill(
    settings: Settings,
    candidate: Path,
    folder: Path,
    contract: ExportContract,
    lexicon: Lexicon,
    meta: dict[str, Any],
    told: publications.Account,
    report: Reporter,
) -> tuple[list[Table], int]:
    """Write warehouse.duckdb into the folder; returns the published tables and how many values differ.

    What differs from the values published so far is in the archive then.
    """
    if not candidate.is_file():
        raise MonitorError(f"{candidate.name} does not exist; run the build first")
    with connection(settings.home / "tmp" / "publish") as con:
        con.execute(f"attach {literal(str(candidate))} as cand (read_only)")
        con.execute(f"attach {literal(str(folder / 'warehouse.duckdb'))} as rel")
        macros = copy_macros(con, "cand", "rel")
        found = {table.name: table for table in published_tables(con, "cand", contract)}
        found.pop("meta_release", None)
        publications_table = found.pop(ledger.MART, None)
        tables = [copy_table(con, "cand", "rel", table) for table in found.values()]
        con.execute("detach cand")
        delta = ledger.keep(settings, con, "rel", meta, told)
        if publications_table:
            tables.append(ledger.write_mart(con, "rel", publications_table, meta["release_id"], told, delta))
            tables.sort(key=lambda table: table.name)
        rows = {table.name: table.rows for table in tables}
        meta["observations"] = rows.get("fct_observation", 0)
        meta["indicator_values"] = rows.get("mart_indicator", 0)
        tables.append(write_row(con, "rel", META_RELEASE, meta))
        views.create(con, "rel", tables, lexicon.names)
        views.describe_macros(con, "rel", macros, lexicon.promises)
        con.execute("checkpoint rel")
        report("publish", "warehouse.duckdb written", tables=len(tables), rows=sum(rows.values()))
        con.execute("detach rel")
    return tables, len(delta.changes)


def _compare(
    settings: Settings, folder: Path, contract: ExportContract, previous: str | None, held: str, report: Reporter
) -> Mapping[str, Any]:
    """Write what is new against the release before; a folder that is gone or damaged is no reason not to publish."""
    scratch = settings.home / "tmp" / "publish"
    gone_de = f"{held or previous} liegt nicht mehr vor, es gibt nichts zu vergleichen"
    try:
        old = settings.releases / previous if previous else None
        return diff.write(folder, old, scratch, contract.order, gone_de if held else diff.FIRST_DE)
    except MonitorError as problem:
        report("publish", f"no comparison: {problem}")
        return diff.write(folder, None, scratch, contract.order, gone_de)


def _export(
    settings: Settings,
    folder: Path,
    contract: ExportContract,
    lexicon: Lexicon,
    meta: Mapping[str, Any],
    tables: Sequence[Table],
    digests: files.Digests,
    report: Reporter,
) -> list[exports.Exported]:
    """Write the figures of exports/ out of the finished warehouse.duckdb."""
    facts, before = _facts(meta), _exports_before(settings, meta)
    scratch, target = settings.home / "tmp" / "publish", folder / "exports"
    with connection(scratch) as con:
        con.execute(f"attach {literal(str(folder / 'warehouse.duckdb'))} as rel (read_only)")
        return exports.write_tables(
            con, "rel", target, contract, lexicon, tables, facts, scratch, before, digests, report
        )


def _describe(
    settings: Settings,
    folder: Path,
    meta: Mapping[str, Any],
    lexicon: Lexicon,
    tables: Sequence[Table],
    exported: Sequence[exports.Exported],
    difference: Mapping[str, Any],
    publisher: metadata.Publisher,
    digests: files.Digests,
    report: Reporter,
) -> None:
    """Write what describes the figures of exports/; checksums.txt last."""
    target, before = folder / "exports", _exports_before(settings, meta)
    heading = {"release_id": str(meta["release_id"]), "released_at": _iso(meta["released_at"]), **_facts(meta)}
    chapters = lexicon.chapters(tables, [entry.chapter for entry in exported])
    lexicon_files.write_csv(target / lexicon_files.CSV, chapters)
    lexicon_files.write_html(target / lexicon_files.HTML, chapters)
    queries.copy(settings.project, target)
    manifest.write_readme(target, _facts(meta), exported)
    manifest.write_latest(target, heading, exported)
    quarantined = [name for name in str(meta["datasets_in_quarantine"]).split("|") if name]
    metadata.write(settings, target, heading, exported, difference, quarantined, publisher, before)
    offline.lock_all(target)
    manifest.write_checksums(target, digests)
    report("publish", "exports written", tables=len(exported))


def _facts(meta: Mapping[str, Any]) -> dict[str, str]:
    return {"source_mode": str(meta["source_mode"]), "notice_de": str(meta["notice_de"])}


def _exports_before(settings: Settings, meta: Mapping[str, Any]) -> Path | None:
    previous = _previous(meta)
    return settings.releases / previous / "exports" if previous else None


def _release_json(
    settings: Settings,
    folder: Path,
    meta: Mapping[str, Any],
    facts: ReleaseFacts,
    tables: list[Table],
    digests: files.Digests,
) -> dict[str, Any]:
    last = shelf.whole(settings)
    return {
        "format": 1,
        "release_id": meta["release_id"],
        "sequence": 1 + max((int(release["sequence"]) for release in last), default=0),
        "previous": _previous(meta),
        "released_at": _iso(meta["released_at"]),
        "source_mode": facts.mode,
        "notice_de": meta["notice_de"],
        "code_version": facts.code_version,
        "gate": facts.gate,
        "quality": dict(facts.quality),
        "tables": {table.name: table.rows for table in tables},
        "inputs_digest": meta["inputs_digest"],
        "inputs": dict(facts.inputs),
        "datasets": [dict(state) for state in facts.dataset_states],
        "datasets_in_quarantine": sorted(facts.quarantined),
        "raw_inputs": [dict(raw) for raw in facts.raw_inputs],
        "files": files.listed(folder, digests),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat() + "Z"
