"""What a person wants to know after a night. Comes in: the home. Goes out: plain data, and an exit code.

The state of a dataset is one word: `off` (its file says why it is not asked), `ok`, `due`, `overdue`, `ended` (its
source does not continue it), `quarantine` (the last answer was refused), `not_fetched` (the last question got none),
`not_recorded` (nothing is held yet). A refusal comes before lateness, because a person must act on it; both stand in
the data.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from integrationsmonitor import clock, freshness, release, runs
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.night import incidents, inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrationsmonitor.archive import History
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.freshness import Freshness
    from integrationsmonitor.settings import Settings

EXIT_RELEASED, EXIT_NOTHING, EXIT_QUARANTINE = 0, 1, 2
SHOWN = (freshness.DUE, freshness.OVERDUE, freshness.ENDED)


def summary(settings: Settings) -> dict[str, Any]:
    """Datasets with their periods and state, rows per table, gate, release and the paths an analyst needs."""
    catalog = catalog_of(settings)
    now = release.current(settings) or {}
    published = {entry["dataset_id"]: entry for entry in now.get("datasets", [])}
    day = judged_on(settings)
    histories = inputs.histories_of(settings, catalog)
    states = [
        state_of(catalog.datasets[dataset_id], past, published.get(dataset_id, {}), day)
        for dataset_id, past in histories.items()
    ]
    return {
        "mode": settings.mode,
        "judged_on": day.isoformat(),
        "datasets": states,
        "failures": [{"what": key, **failure} for key, failure in incidents.standing(settings).items()],
        "states": dict(sorted(Counter(entry["state"] for entry in states).items())),
        "release_id": now.get("release_id"),
        "released_at": now.get("released_at"),
        "age_seconds": _age(now),
        "code_version": now.get("code_version"),
        "build": _last_build(settings),
        "free_bytes": shutil.disk_usage(settings.home).free if settings.home.exists() else None,
        "gate": now.get("gate"),
        "quality": now.get("quality") or {},
        "rows": dict(sorted(now.get("tables", {}).items())),
        "paths": {
            "warehouse": str(settings.current / "warehouse.duckdb"),
            "exports": str(exports_folder(settings)),
            "quality": str(settings.current / "quality" / "index.html"),
        },
    }


def _age(now: Mapping[str, Any]) -> int | None:
    """Seconds since the current release was made; None where there is none, or it does not say."""
    if not now.get("released_at"):
        return None
    return round((clock.now() - datetime.fromisoformat(now["released_at"])).total_seconds())


def _last_build(settings: Settings) -> dict[str, Any] | None:
    """How the newest build ended and how long its steps took; of one under way, those that are over."""
    for run in reversed(runs.listed(settings, newest=1)):
        return {
            "run_no": run.run_no,
            "started_at": run.started_at.isoformat(),
            "outcome": run.outcome,
            "seconds": run.seconds,
            "steps": {step.name: step.seconds for step in run.steps},
            "problem": run.problem or None,
        }
    return None


def state_of(dataset: Dataset, past: History, held: Mapping[str, Any], day: date) -> dict[str, Any]:
    """One dataset's state; `held` is what a release holds of it: `newest_period`, `observations`, `periods_held`."""
    periods = held.get("periods_held") or {}
    newest = periods.get("newest_begins")
    fresh = freshness.judge(dataset.cadence, date.fromisoformat(newest) if newest else None, day)
    return {
        "dataset_id": dataset.id,
        "title_de": dataset.title_de,
        "state": _word(dataset, past, fresh),
        "newest_period": held.get("newest_period"),
        "observations": held.get("observations", 0),
        "years": {"kreise": periods.get("kreise", []), "land_only": periods.get("land_only", [])},
        "last_checked": past.last_checked,
        "last_changed": past.last_changed,
        "freshness": json.loads(json.dumps(asdict(fresh), default=str)),
        "off_de": dataset.off_de or None,
        "successor": dataset.cadence.successor or None,
        "problem": past.rejection["error"] if past.rejection else None,
        "problem_kind": past.rejection["kind"] if past.rejection else None,
        "quarantined": past.rejection.get("quarantined", []) if past.rejection else [],
        "warnings": [*past.warnings],
    }


def _word(dataset: Dataset, past: History, fresh: Freshness) -> str:
    if dataset.off_de:
        return "off"
    if past.rejection:
        return "not_fetched" if past.rejection["kind"] == "fetch" else "quarantine"
    if not past.accepted:
        return "not_recorded"
    return fresh.state if fresh.state in SHOWN else "ok"


def judged_on(settings: Settings) -> date:
    """The day at which freshness is judged: today; for recorded answers the day at which they stand."""
    if settings.mode == "live":
        return clock.now().date()
    asked = clock.as_recorded()
    if asked is not None:
        return asked.date()
    manifest = json.loads((settings.recordings / "manifest.json").read_text(encoding="utf-8"))
    newest = max((entry["epoch"] for entry in manifest["recordings"]), default=0)
    return datetime.fromtimestamp(newest / 1000, UTC).date()


def exit_code(settings: Settings) -> int:
    """0 released or nothing new, 2 with refused or (live) overdue datasets, 1 where nothing is released."""
    if release.current(settings) is None:
        return EXIT_NOTHING
    found = summary(settings)
    refused = any(entry["problem"] for entry in found["datasets"])
    late = settings.mode == "live" and any(map(is_overdue, found["datasets"]))
    return EXIT_QUARANTINE if refused or late else EXIT_RELEASED


def is_overdue(entry: Mapping[str, Any]) -> bool:
    """Whether a dataset's source missed a publication, whatever else is wrong with it."""
    return bool(entry["freshness"]["state"] == freshness.OVERDUE)


def exports_folder(settings: Settings) -> Any:
    """Where the exports are found: below the project in its own home, else in the release."""
    return settings.project / "exports" / "current" if settings.is_projects_home else settings.current / "exports"
