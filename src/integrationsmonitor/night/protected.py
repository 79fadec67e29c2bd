"""A warehouse from which no hidden cell can be computed. Comes in: the tables of a build. Goes out: the warehouse.

What the first build says too much is withheld in a second one, also where it says what was published before; then
nothing may be left to withhold. Refuses (MonitorError) where something is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from integrationsmonitor import confidentiality, publications, warehouse
from integrationsmonitor.catalog_tables import arrow_table
from integrationsmonitor.errors import MonitorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

    from integrationsmonitor.progress import Reporter
    from integrationsmonitor.runs import Run
    from integrationsmonitor.settings import Settings


def build(
    settings: Settings,
    tables: Mapping[str, pa.Table],
    report: Reporter,
    folder: Path | None = None,
    run: Run | None = None,
) -> warehouse.WarehouseResult:
    """Build it, and build it again without what would tell a hidden cell."""
    built = warehouse.build(settings, tables, report, folder, run)
    found = _check(built, report)
    if not found.withheld:
        return built
    rows = [{"value_id": value_id, "reason_de": reason} for value_id, reason in found.withheld.items()]
    told = publications.table(publications.rows_in(tables["publication"]), found.withheld)
    silent = {**tables, "confidential": arrow_table("confidential", rows), "publication": told}
    built = warehouse.build(settings, silent, report, folder, run)
    left = _check(built, report).withheld
    if left:
        raise MonitorError(
            f"confidentiality: after {len(rows)} values were withheld, {len(left)} more would tell a hidden cell, e.g. "
            f"{min(left)}; nothing is released. The account stands in {built.path.parent / confidentiality.REPORT}"
        )
    return built


def _check(built: warehouse.WarehouseResult, report: Reporter) -> confidentiality.Found:
    started = time.monotonic()
    found = confidentiality.check(built.path, built.path.parent / "inputs")
    report(
        "build",
        "confidentiality checked",
        withheld=len(found.withheld),
        left_by_source=len(found.left_by_source),
        seconds=time.monotonic() - started,
    )
    return found
