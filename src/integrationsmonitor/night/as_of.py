"""A whole warehouse as it was known at a moment. Comes in: archive and landing. Goes out: a file, and no release.

The figures are those that were known then, the definitions today's. The same rows come from indicator_as_of() in a
release (which tells no gaps); this is the file for who wants to work in it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from integrationsmonitor import clock, files, runs
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.night import inputs
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from integrationsmonitor.settings import Settings


def build_as_of(
    settings: Settings, moment: datetime, axis: str, output: Path | None = None, report: Reporter = silent
) -> dict[str, Any]:
    """Build it; returns {"file", "known_at", "axis", "rows", "seconds"}. Raises ConfigError for a file in the way."""
    from integrationsmonitor.night import protected
    from integrationsmonitor.night.build_tables import AsOf, build_tables
    from integrationsmonitor.release import as_of

    started = time.monotonic()
    if moment > clock.now():
        raise ConfigError(f"--as-of {moment:%Y-%m-%d %H:%M} (UTC) has not come yet: nobody knows what is known then")
    what = as_of.Moment(moment, axis, inputs.code_version())
    if output is not None:
        as_of.refuse_existing(output)
    target = output or as_of.default_path(settings, what)
    with files.locked(runs.lock_of(settings)), files.room_to_work(settings.home):
        catalog = catalog_of(settings)
        histories = inputs.histories_of(settings, catalog)
        tables = build_tables(settings, catalog, histories, report, AsOf(moment, axis))
        built = protected.build(settings, tables, report, settings.home / "as-of" / "candidate")
        rows = as_of.write(settings, built.path, target, what)
    return {
        "file": str(target),
        "known_at": moment.isoformat(),
        "axis": axis,
        "rows": rows,
        "seconds": round(time.monotonic() - started, 1),
    }
