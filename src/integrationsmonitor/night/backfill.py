"""Fetching or reading again what is held already, because a person asks for it and says why.

Comes in: datasets, years, a reason. Goes out: a line of the journal, and per dataset what `load` returns. `refetch`
asks the source again, by the rules of a night: what says the same changes nothing. `reparse` asks nobody: it reads the
archived bytes again, and mends a landing that says otherwise.
Refuses (ConfigError): an unknown dataset or action, years that end before they begin, no reason.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, landing
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.night import loading
from integrationsmonitor.night.rereading import Rereading
from integrationsmonitor.progress import Reporter, silent
from integrationsmonitor.sources.fetched import Years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrationsmonitor.settings import Settings

REFETCH, REPARSE = "refetch", "reparse"
ACTIONS = (REFETCH, REPARSE)


def years_of(first: int | None, last: int | None) -> Years | None:
    """The years that a person means: without a bound all before or after it; None where there is no bound at all."""
    if first is None and last is None:
        return None
    years = Years(first if first is not None else 1, last if last is not None else 9999)
    if years.first > years.last:
        raise ConfigError(f"years {years.first} to {years.last}: the first year comes after the last one")
    return years


def note_backfill(
    settings: Settings,
    dataset_ids: Sequence[str],
    action: str,
    years: Years | None,
    reason: str,
    *,
    who: str | None = None,
    run: str = "",
) -> dict[str, Any]:
    """Check what is asked for, and note it with its reason in the journal; returns the journal's record.

    `run` names Airflow's run: one that is tried again asks for the same thing, and is noted once.
    """
    if action not in ACTIONS:
        raise ConfigError(f"action {action!r}: expected {' or '.join(ACTIONS)}")
    if not dataset_ids:
        raise ConfigError("no dataset is named; `monitor status` lists them")
    if not reason.strip():
        raise ConfigError("a reason is needed: --reason 'the office corrected 2019'; it goes into the journal")
    catalog = catalog_of(settings)
    for dataset_id in dataset_ids:
        loading.known(settings, catalog, dataset_id)
    settings.claim_home()
    record = {
        "event": "backfill",
        "action": action,
        "datasets": sorted(dataset_ids),
        "years": [years.first, years.last] if years else None,
        "reason": reason.strip(),
        "who": who or archive.person(),
        **({"run": run} if run else {}),
    }
    if not run or all(noted.get("run") != run for noted in archive.journal_records(settings)):
        archive.journal(settings, record)
    return record


def backfill(
    settings: Settings, dataset_id: str, action: str, years: Years | None = None, report: Reporter = silent
) -> dict[str, Any]:
    """Fetch or read one dataset again; returns and raises what `load` does. Nothing is built."""
    if action == REFETCH:
        return loading.load(settings, dataset_id, report, everything=True, years=years)
    started = time.monotonic()
    catalog = catalog_of(settings, dataset_id)
    dataset = loading.known(settings, catalog, dataset_id)
    key = landing.parse_key(dataset, catalog, landing.parser_version())
    with loading.locked(settings, dataset_id):
        past = archive.history(settings, dataset_id)
        rereading = Rereading(settings, catalog, dataset, key, report)
        rows = rereading.reread(past)
        answers, mended = len(past.accepted) if rows else 0, 0
        if not rows:
            answers, rows, mended = rereading.compare(past, years)
        loading.settle_local(settings, dataset, key)
    changed = bool(mended or (past.accepted and past.current_parse != key))
    what = "read anew" if changed else "read again, as it was" if answers else "nothing there"
    seconds = time.monotonic() - started
    report("load", f"{dataset_id}: {what}", answers=answers, rows=rows, seconds=seconds)
    return {
        "dataset": dataset_id,
        "changed": changed,
        "rows": rows,
        "answers": answers if changed else 0,
        "unchanged": 0 if changed else answers,
        "missing": 0,
        "state": "ok" if past.accepted else "not_recorded",
        "warnings": [f"{mended} landing files were damaged and are made anew"] if mended else [],
        "seconds": round(seconds, 2),
    }
