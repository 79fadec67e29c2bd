"""The catalogue's explained sums: where the figures of a source do not add up, and why.

Comes in: `catalog/sum_violations.yml`. Goes out: frozen objects, in the order of the file (of two that name one sum the
first counts). Refuses with file, id, key and fix: what the JSON schema does not know, ids that stand twice, what
catalog_cells.py refuses, a kind of sum that the dataset does not have.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import Cells, read_cells, unknown
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.sums import sums_of


@dataclass(frozen=True)
class SumViolation:
    """Sums of one kind, by their totals, that do not hold; `is_explained` where the source says why."""

    id: str
    dataset: str
    kind: str
    cells: Cells
    is_explained: bool
    reason_de: str
    source_de: str


def load_sum_violations(catalog: Catalog) -> tuple[SumViolation, ...]:
    """Read the file, check it against its schema and the catalogue; raises ConfigError."""
    file = catalog.path / "sum_violations.yml"
    found: dict[str, SumViolation] = {}
    for raw in read_checked(file, catalog.path / "schemas" / "sum_violations.schema.json")["violations"]:
        key = f"{file}: {raw['id']}"
        if raw["id"] in found:
            raise ConfigError(f"{key}: this id stands twice; give the second entry one of its own")
        cells = read_cells(key, raw["cells"], raw["dataset"], catalog)
        kinds = {promised.kind for promised in sums_of(catalog.datasets[raw["dataset"]])}
        if raw["sum"] not in kinds:
            raise unknown(f"{key}.sum", raw["sum"], f"a kind of sum of {raw['dataset']}", kinds)
        found[raw["id"]] = SumViolation(
            id=raw["id"],
            dataset=raw["dataset"],
            kind=raw["sum"],
            cells=cells,
            is_explained=raw["explained"],
            reason_de=" ".join(raw["reason_de"].split()),
            source_de=" ".join(raw["source_de"].split()),
        )
    return tuple(found.values())
