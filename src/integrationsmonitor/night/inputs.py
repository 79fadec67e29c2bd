"""What a build is made of. Comes in: the archive and the project's files. Goes out: hashes, deliveries, withdrawals.

A night has news when any of these differ from what the current release was made of. Landing files that are missing or
damaged are made again from the archive.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, clock, decisions, landing
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.night.loading import reparse
from integrationsmonitor.progress import Reporter

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.settings import Settings

_PASSED_OVER = {"target", "logs", "dbt_packages", "__pycache__", "current", "uncommitted"}


def digests(settings: Settings, histories: dict[str, History]) -> dict[str, str]:
    """One hash per kind of input: landing keys, decisions, catalogue, dbt project, expectations, exports, code."""
    return {
        "landing": _hash(sorted(_landing_keys(histories))),
        "decisions": _hash([f"{item.value_id} {item.at} {item.reason}" for item in decisions.withdrawals(settings)]),
        "catalog": tree_hash(settings.catalog, ("*.yml", "*.json")),  # curated figures count once they have landed
        **({"local": _drop_folder_hash(settings.local)} if settings.local.is_dir() else {}),
        "dbt_project": tree_hash(settings.project / "dbt_project", ("*.sql", "*.yml")),
        "expectations": tree_hash(settings.project / "expectations", ("*.json", "*.yml", "*.sql")),
        "exports": tree_hash(settings.project / "exports", ("*.yml", "*.json")),
        "code": code_hash(),
    }


def code_hash() -> str:
    """Hash of the package's code."""
    return tree_hash(Path(__file__).parents[1], ("*.py",))


def code_version() -> str:
    """Version of the package, and which code it is."""
    from importlib.metadata import version

    return f"{version('integrationsmonitor')}+{code_hash()[:12]}"


def tree_hash(folder: Path, patterns: tuple[str, ...]) -> str:
    """Hash of the names and bytes of the files below a folder."""
    found = sorted({file for pattern in patterns for file in folder.rglob(pattern)})
    parts = []
    for file in found:
        relative = file.relative_to(folder)
        if not _PASSED_OVER.intersection(relative.parts):
            parts.append(f"{relative.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}")
    return _hash(parts)


def histories_of(settings: Settings, catalog: Catalog) -> dict[str, History]:
    """The history of every dataset of the catalogue."""
    return {dataset_id: archive.history(settings, dataset_id) for dataset_id in sorted(catalog.datasets)}


def ensure_landing(settings: Settings, catalog: Catalog, histories: dict[str, History], report: Reporter) -> None:
    """Make every landing file of a current parse that is missing or cannot be read."""
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


def deliveries(settings: Settings, histories: dict[str, History]) -> pa.Table:
    """One row per accepted answer and parse of it whose landing file is there."""
    from integrationsmonitor.catalog_tables import arrow_table

    rows: list[dict[str, Any]] = []
    for dataset_id, past in histories.items():
        current = past.current_parse
        for item in past.accepted:
            answer = item.answer
            for sequence, key in enumerate(past.parses):
                path = landing.path_of(settings, dataset_id, answer.raw_sha256, key)
                if answer.raw_sha256 not in past.parsed_raws[key] or not path.exists():
                    continue
                rows.append(
                    {
                        "dataset_id": dataset_id,
                        "raw_sha256": answer.raw_sha256,
                        "parse_key": key,
                        "parse_seq": sequence,
                        "is_current_parse": key == current,
                        "delivery_seq": item.delivery_seq,
                        "source_known_from": clock.naive_utc(archive.moment(answer.known_from)),
                        "known_from_quality": answer.known_from_quality,
                        "recorded_at": clock.naive_utc(archive.moment(item.recorded_at)),
                        "parsed_at": clock.naive_utc(archive.moment(past.parsed_raws[key][answer.raw_sha256])),
                        "scope_from": archive.moment(answer.scope_from).date(),
                        "scope_to": archive.moment(answer.scope_to).date(),
                        "layout": answer.layout,
                        "url": answer.url,
                    }
                )
    return arrow_table("delivery", rows)


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


def _drop_folder_hash(folder: Path) -> str:
    """Hash of what a drop folder says; what cannot be read there is a mistake, and no reason to end a night."""
    parts = []
    for file in sorted(path for pattern in ("*.yml", "*.yaml") for path in folder.glob(pattern)):
        try:
            data = file.read_bytes() if file.is_file() else b""
        except OSError as problem:
            data = str(problem.strerror).encode()
        parts.append(f"{file.name} {hashlib.sha256(data).hexdigest()}")
    return _hash(parts)


def _landing_keys(histories: dict[str, History]) -> list[str]:
    return [
        f"{dataset_id} {item.answer.raw_sha256} {past.current_parse} {item.delivery_seq}"
        for dataset_id, past in histories.items()
        for item in past.accepted
    ]


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
