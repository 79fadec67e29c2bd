"""Whether there is news. Comes in: the archive and the project's files. Goes out: histories and hashes.

A night has news when any of these hashes differ from what the current release was made of.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import archive, decisions
from integrationsmonitor.night import recorded

if TYPE_CHECKING:
    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.settings import Settings

_PASSED_OVER = {"target", "logs", "dbt_packages", "__pycache__", "current", "uncommitted"}


def digests(settings: Settings, histories: dict[str, History]) -> dict[str, str]:
    """One hash per kind of input: landing keys, decisions, catalogue, dbt project, expectations, exports, code."""
    return {
        "landing": _hash(sorted(_landing_keys(histories))),
        **({"origins": recorded.origins_hash(settings, histories)} if settings.mode == "recorded" else {}),
        "decisions": _hash([f"{item.value_id} {item.at} {item.reason}" for item in decisions.withdrawals(settings)]),
        "catalog": tree_hash(settings.catalog, ("*.yml", "*.json")),  # curated figures count once they have landed
        **({"local": _drop_folder_hash(settings.local)} if settings.local.is_dir() else {}),
        "dbt_project": tree_hash(settings.project / "dbt_project", ("*.sql", "*.yml", "*.md")),
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
    keys = [
        f"{dataset_id} {item.answer.raw_sha256} {past.current_parse} {item.delivery_seq}"
        for dataset_id, past in histories.items()
        for item in past.accepted
    ]
    return keys + [f"{dataset_id} mended {past.mended}" for dataset_id, past in histories.items() if past.mended]


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
