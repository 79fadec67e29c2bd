"""What a person wants to know after a night. Comes in: the home. Goes out: plain data, and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor import release
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.night import inputs

if TYPE_CHECKING:
    from integrationsmonitor.archive import History
    from integrationsmonitor.settings import Settings

EXIT_RELEASED, EXIT_NOTHING, EXIT_QUARANTINE = 0, 1, 2


def summary(settings: Settings) -> dict[str, Any]:
    """Datasets with newest period and state, rows per table, gate, release and the paths an analyst needs."""
    catalog = load_catalog(settings.catalog)
    now = release.current(settings) or {}
    published = {entry["dataset_id"]: entry for entry in now.get("datasets", [])}
    datasets = []
    for dataset_id, past in inputs.histories_of(settings, catalog).items():
        dataset = catalog.datasets[dataset_id]
        datasets.append(
            {
                "dataset_id": dataset_id,
                "title_de": dataset.title_de,
                "newest_period": published.get(dataset_id, {}).get("newest_period"),
                "observations": published.get(dataset_id, {}).get("observations", 0),
                "last_checked": past.last_checked,
                "last_changed": past.last_changed,
                "state": state_of(past),
                "problem": past.rejection["error"] if past.rejection else None,
            }
        )
    return {
        "mode": settings.mode,
        "datasets": datasets,
        "release_id": now.get("release_id"),
        "gate": now.get("gate"),
        "rows": dict(sorted(now.get("tables", {}).items())),
        "paths": {
            "warehouse": str(settings.current / "warehouse.duckdb"),
            "exports": str(exports_folder(settings)),
            "quality": str(settings.current / "quality" / "index.html"),
        },
    }


def state_of(past: History) -> str:
    """`ok`, `quarantine` (the last answer was refused, the last good one stays) or `not_recorded` (nothing yet)."""
    if past.rejection:
        return "quarantine"
    return "ok" if past.accepted else "not_recorded"


def exit_code(settings: Settings) -> int:
    """0 released or nothing new, 2 with datasets in quarantine, 1 where nothing is released."""
    if release.current(settings) is None:
        return EXIT_NOTHING
    catalog = load_catalog(settings.catalog)
    refused = [past for past in inputs.histories_of(settings, catalog).values() if past.rejection]
    return EXIT_QUARANTINE if refused else EXIT_RELEASED


def exports_folder(settings: Settings) -> Any:
    """Where the exports are found: below the project in its own home, else in the release."""
    return settings.project / "exports" / "current" if settings.is_projects_home else settings.current / "exports"
