"""Facts that the night hands to the steps: the catalogue as tables for dbt, and what a release must say of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor.night import inputs
from integrationsmonitor.night.summary import state_of

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.quality import QualityResult
    from integrationsmonitor.release import ReleaseFacts
    from integrationsmonitor.settings import Settings


def catalog_tables(catalog: Catalog) -> dict[str, pa.Table]:
    """The catalogue in the shape of the dbt project's `inputs` source."""
    from integrationsmonitor.catalog_indicators import load_indicators
    from integrationsmonitor.catalog_tables import catalog_tables as tables

    return tables(catalog, load_indicators(catalog))


def release_facts(
    settings: Settings,
    catalog: Catalog,
    histories: dict[str, History],
    digests: dict[str, str],
    checked: QualityResult,
    candidate: Path,
) -> ReleaseFacts:
    """Collect what release.json says."""
    from integrationsmonitor.release import ReleaseFacts

    newest = _newest_periods(candidate)
    states = [
        {
            "dataset_id": dataset_id,
            "title_de": catalog.datasets[dataset_id].title_de,
            "state": state_of(past),
            "newest_period": newest.get(dataset_id, (None, 0))[0],
            "observations": newest.get(dataset_id, (None, 0))[1],
            "last_changed": past.last_changed,
            "problem": past.rejection["error"] if past.rejection else None,
        }
        for dataset_id, past in histories.items()
    ]
    raw = [
        {
            "dataset_id": dataset_id,
            "sha256": item.answer.raw_sha256,
            "filename": item.answer.filename,
            "known_from": item.answer.known_from,
            "recorded_at": item.recorded_at,
            "bytes": item.answer.bytes,
        }
        for dataset_id, past in histories.items()
        for item in past.accepted
    ]
    return ReleaseFacts(
        mode=settings.mode,
        code_version=inputs.code_version(),
        inputs=digests,
        gate=checked.gate,
        raw_inputs=raw,
        dataset_states=states,
        quarantined=[dataset_id for dataset_id, past in histories.items() if past.rejection],
        quality=checked.summary(),
    )


def _newest_periods(candidate: Path) -> dict[str, tuple[Any, int]]:
    import duckdb

    with duckdb.connect(str(candidate), read_only=True) as con:
        rows = con.execute(
            "select dataset_id, max(period_end) filter (status in ('value', 'zero')), count(*) "
            "from fct_observation group by dataset_id"
        ).fetchall()
    return {dataset_id: (day.isoformat() if day else None, count) for dataset_id, day, count in rows}
