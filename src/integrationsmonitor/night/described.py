"""The tables of the drop folder in a night. Comes in: the settings. Goes out: what each load said, problems on record.

Timetables name their datasets when they are written; what a person put into the drop folder is known only at night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import ContractError
from integrationsmonitor.night import incidents, loading
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from integrationsmonitor.settings import Settings


def described(settings: Settings) -> list[str]:
    """Ids of the datasets that the drop folder describes."""
    return sorted(
        dataset.id for dataset in catalog_of(settings).datasets.values() if dataset.connector == "local_table"
    )


def load_described(settings: Settings, report: Reporter = silent) -> list[dict[str, Any]]:
    """Load them one after the other; one that is refused stands on record and keeps no other from being loaded."""
    results = []
    for dataset_id in described(settings):
        try:
            results.append(loading.load(settings, dataset_id, report))
        except ContractError as problem:
            report("refused", str(problem))
    return results


def note_problems(settings: Settings, key: str, problems: tuple[str, ...]) -> None:
    """Note what is wrong with the home's own indicators or lists (`key`), or that nothing is any more."""
    if problems:
        incidents.note(settings, key, "config", "; ".join(problems))
    else:
        incidents.clear(settings, key)
