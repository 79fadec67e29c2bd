"""The catalogue's groups of people and of countries.

Comes in: `catalog/groups.yml`, `country_groups.yml`. Goes out: frozen objects, the versions of a group in their order.
Refuses with file, key and fix: what the JSON schemas do not know, keys that stand twice, versions of a group that
overlap, a group of people whose key does not end in its group of countries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import refuse_twice, unknown
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.indicator import CountryGroupVersion, Group
from integrationsmonitor.region import FIRST_DAY, LAST_DAY


def load_groups(catalog: Catalog) -> tuple[tuple[Group, ...], tuple[CountryGroupVersion, ...]]:
    """Read and check both files; raises ConfigError."""
    countries = _country_groups(catalog.path)
    file = catalog.path / "groups.yml"
    raw = read_checked(file, catalog.path / "schemas" / "groups.schema.json")["groups"]
    groups = tuple(Group(**entry) for entry in raw)
    refuse_twice(f"{file}: groups", [group.key for group in groups])
    known = {version.group for version in countries}
    for group in groups:
        if group.country_group and group.country_group not in known:
            where = f"{file}: {group.key}.country_group"
            raise unknown(where, group.country_group, "a key of country_groups.yml", known)
        if group.country_group and not group.key.endswith(f".{group.country_group}"):
            raise ConfigError(f"{file}: {group.key}: the key must end in .{group.country_group}; rename it")
    return groups, countries


def _country_groups(folder: Path) -> tuple[CountryGroupVersion, ...]:
    file = folder / "country_groups.yml"
    raw = read_checked(file, folder / "schemas" / "country_groups.schema.json")["country_groups"]
    refuse_twice(f"{file}: country_groups", [group["key"] for group in raw])
    return tuple(version for group in raw for version in _versions(f"{file}: {group['key']}", group))


def _versions(where: str, group: Mapping[str, Any]) -> Sequence[CountryGroupVersion]:
    versions = sorted((_version(group["key"], raw) for raw in group["versions"]), key=lambda found: found.valid_from)
    for earlier, later in pairwise(versions):
        if later.valid_from <= earlier.valid_to:
            raise ConfigError(
                f"{where}: versions {earlier.version!r} and {later.version!r} overlap; "
                f"let the first end before {later.valid_from}"
            )
    return versions


def _version(group: str, raw: Mapping[str, Any]) -> CountryGroupVersion:
    return CountryGroupVersion(
        group=group,
        version=raw["version"],
        label_de=raw["label_de"],
        citizenship_key=raw.get("citizenship_key", ""),
        members=tuple(sorted(raw["members"])),
        note_de=" ".join(raw["note_de"].split()),
        valid_from=date.fromisoformat(raw["valid_from"]) if "valid_from" in raw else FIRST_DAY,
        valid_to=date.fromisoformat(raw["valid_to"]) if "valid_to" in raw else LAST_DAY,
    )
