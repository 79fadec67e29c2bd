"""The catalogue's dimensions of integration and Handlungsfelder: the frame in which coverage is reported.

Comes in: `catalog/handlungsfelder.yml`. Goes out: frozen objects. Refuses with file, key and fix: what the JSON schema
does not know, names that stand twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import refuse_twice
from integrationsmonitor.checked_yaml import read_checked


@dataclass(frozen=True)
class Field:
    """A dimension of integration or a Handlungsfeld (`kind`); `gap_de` says why no indicator of ours belongs to it."""

    kind: str
    name: str
    gap_de: str | None


def load_fields(catalog: Catalog) -> tuple[Field, ...]:
    """Read and check the file; raises ConfigError."""
    file = catalog.path / "handlungsfelder.yml"
    raw = read_checked(file, catalog.path / "schemas" / "handlungsfelder.schema.json")
    fields: list[Field] = []
    for kind, section in (("dimension", "dimensions"), ("handlungsfeld", "handlungsfelder")):
        refuse_twice(f"{file}: {section}", [entry["name"] for entry in raw[section]])
        fields += [Field(kind, entry["name"], entry.get("gap_de")) for entry in raw[section]]
    return tuple(fields)
