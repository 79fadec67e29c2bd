"""Facts that the night hands to the steps: the catalogue as tables for dbt, and what a release must say of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor.night import described, incidents, inputs, recorded
from integrationsmonitor.night.summary import judged_on, state_of

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.quality import QualityResult
    from integrationsmonitor.release import ReleaseFacts
    from integrationsmonitor.settings import Settings


def catalog_tables(settings: Settings, catalog: Catalog) -> dict[str, pa.Table]:
    """The catalogue in the shape of the dbt project's `inputs` source; what is wrong of the home's own is noted."""
    from integrationsmonitor.catalog_indicators import load_indicators
    from integrationsmonitor.catalog_tables import catalog_tables as tables

    indicators = load_indicators(catalog)
    described.note_problems(settings, incidents.INDICATORS, indicators.problems)
    described.note_problems(settings, incidents.LISTS, indicators.lists.problems)
    return tables(catalog, indicators)


def release_facts(
    settings: Settings,
    catalog: Catalog,
    histories: dict[str, History],
    digests: dict[str, str],
    checked: QualityResult,
    candidate: Path,
) -> ReleaseFacts:
    """Collect what release.json says."""
    from integrationsmonitor import landing
    from integrationsmonitor.release import ReleaseFacts

    held, day, version = _periods_held(candidate), judged_on(settings), landing.parser_version()
    states = [
        {
            **state_of(catalog.datasets[dataset_id], past, held.get(dataset_id, {}), day),
            "periods_held": held.get(dataset_id, {}).get("periods_held"),
            "judged_on": day.isoformat(),
            "reading": _reading(catalog, dataset_id, past, version),
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
            "url": recorded.address(settings, item.answer.url),
            "retrieved_at": item.answer.retrieved_at,
            "known_from_quality": item.answer.known_from_quality,
            "delivery_seq": item.delivery_seq,
            "parse_keys": [key for key in past.parses if item.answer.raw_sha256 in past.parsed_raws[key]],
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


def _reading(catalog: Catalog, dataset_id: str, past: History, version: str) -> dict[str, Any]:
    """How a dataset's answers were read: the key of the reading in force, and of what code and file it is made.

    Where today's reader refuses what an earlier one read, the earlier reading is in force, and of what it was made
    nobody can say any more.
    """
    from integrationsmonitor import landing

    dataset = catalog.datasets[dataset_id]
    is_todays = past.current_parse == landing.parse_key(dataset, catalog, version)
    return {
        "parse_key": past.current_parse or None,
        "parser_version": version if is_todays else None,
        "dataset_file_sha256": dataset.file_sha256 if is_todays else None,
    }


def _periods_held(candidate: Path) -> dict[str, dict[str, Any]]:
    """What the candidate holds of each dataset, as release.json says it.

    A period counts as held when a Kreis of Thüringen has a value in it; a Land's figure beside Kreise that were not
    delivered is no news for them. Where a table has no Kreise at all, the Land decides, then anybody.
    """
    import duckdb

    with duckdb.connect(str(candidate), read_only=True) as con:
        rows = con.execute(
            """
            with cells as (
                select
                    *,
                    status in ('value', 'zero') as held,
                    region_level = 'kreis' and region_key like '16%' as kreis,
                from fct_observation
            )
            select
                dataset_id,
                max(period_end) filter (held),
                count(*),
                coalesce(
                    max(period_start) filter (held and kreis),
                    max(period_start) filter (held and region_key = '16'),
                    max(period_start) filter (held)
                ),
                list_sort(list(distinct year(period_start)) filter (held and kreis)),
                list_sort(list(distinct year(period_start)) filter (held and region_key = '16')),
            from cells
            group by dataset_id
            """
        ).fetchall()
    return {
        dataset_id: {
            "newest_period": newest.isoformat() if newest else None,
            "observations": count,
            "periods_held": {
                "newest_begins": begins.isoformat() if begins else None,
                "kreise": kreise or [],
                "land_only": [year for year in land or [] if year not in (kreise or [])],
            },
        }
        for dataset_id, newest, count, begins, kreise, land in rows
    }
