"""Building and publishing. Comes in: archive and landing. Goes out: a release, or a kept candidate and the reason.

Whether there is anything to do is decided from the inputs' hashes against those of the current release, never from
events. One process, one writer: a lock keeps a second build waiting, which then finds nothing to do.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from integrationsmonitor import files, release, runs
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import GateError, MonitorError
from integrationsmonitor.night import incidents, inputs, losses
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from integrationsmonitor.settings import Settings


def has_news(settings: Settings) -> bool:
    """Whether a build would be made of anything else than the current release was."""
    catalog = catalog_of(settings)
    histories = inputs.histories_of(settings, catalog)
    return _is_news(settings, inputs.digests(settings, histories))


def build_and_publish(settings: Settings, report: Reporter = silent) -> dict[str, Any]:
    """Build, check and publish, if there is news.

    Returns {"released", "news", "release_id", "gate", "rows", "seconds"}. Raises MonitorError where the build breaks;
    a failed gate raises GateError. Both are noted for `watch`; the current release stays.
    """
    started = time.monotonic()
    settings.claim_home()
    with (
        incidents.noted_build(settings),
        files.locked(runs.lock_of(settings)),
        files.room_to_work(settings.home),
    ):
        catalog = catalog_of(settings)
        histories = inputs.histories_of(settings, catalog)
        digests = inputs.digests(settings, histories)
        if not _is_news(settings, digests):
            now = release.current(settings) or {}
            report("build", "nothing new: the current release stays", release=now.get("release_id", ""))
            return {"released": False, "news": False, "release_id": now.get("release_id"), "gate": "passed", "rows": {}}
        if not any(past.accepted for past in histories.values()):
            raise MonitorError("no dataset has an accepted answer yet: nothing can be built; see `monitor status`")
        from integrationsmonitor import model_docs, quality
        from integrationsmonitor.night import facts, protected
        from integrationsmonitor.night.build_tables import build_tables

        with runs.recorded(settings) as run:
            with run.step("inputs"):
                tables = build_tables(settings, catalog, histories, report)
            with run.step("warehouse"):
                built = protected.build(settings, tables, report, run=run)
            last = losses.last_release(settings, digests)
            with run.step("gate"):
                checked = quality.check(
                    built.path, settings.project / "expectations", settings.candidate / "quality", report, catalog, last
                )
            way_out = losses.note_refused(settings, digests, last, checked)
            if checked.gate != "passed":
                raise GateError(
                    f"the gate failed, nothing is released: {'; '.join(checked.critical[:3])}. "
                    f"The candidate is kept: {built.path}; all findings: {checked.page}.{way_out}"
                )
            with run.step("pages"):
                # Only a change of the project or of the code can change a page about the tables.
                docs = release.shelf.kept(settings, "docs", digests, ("dbt_project", "code")) or model_docs.write(
                    settings.candidate / "dbt" / "target", settings.candidate / "docs", release.NOTICE_DE[settings.mode]
                )
            with run.step("publication"):
                published = release.publish(
                    settings,
                    built.path,
                    settings.candidate / "quality",
                    facts.release_facts(settings, catalog, histories, digests, checked, built.path),
                    report,
                    docs,
                )
            run.outcome, run.release_id = runs.RELEASED, published.id
    return {
        "released": True,
        "news": True,
        "release_id": published.id,
        "gate": checked.gate,
        "rows": dict(published.rows),
        "seconds": round(time.monotonic() - started, 1),
    }


def _is_news(settings: Settings, digests: dict[str, str]) -> bool:
    now = release.current(settings)
    return now is None or dict(now.get("inputs", {})) != digests
