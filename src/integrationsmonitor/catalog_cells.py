"""A selection of a dataset's observations, as corrections and explained sums name it.

Comes in: what stands under `cells` in their files. Goes out: `Cells`. Refuses with the key and the fix: names that lead
nowhere (a dataset, its measures, words and bases, a region), periods that end before they begin, two keys for regions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.observation import AXIS_FIELDS

ANY = "*"
# Fields of a selection whose words the dataset's file declares.
_WORDS = ("sex", "nationality", "citizenship_key", "age_group")


@dataclass(frozen=True)
class Cells:
    """A selection of observations of one dataset; `*` means any, the period ends are inclusive."""

    period_from: date
    period_to: date
    measures: tuple[str, ...] = (ANY,)
    regions: tuple[str, ...] = (ANY,)
    region_prefix: str = ""
    sex: str = ANY
    nationality: str = ANY
    citizenship_key: str = ANY
    age_group: str = ANY
    dimensions: str = ANY
    basis: str = ANY


def read_cells(key: str, raw: Mapping[str, Any], dataset_id: str, catalog: Catalog) -> Cells:
    """The selection that a file's `cells` make, checked against the catalogue; raises ConfigError."""
    if {"regions", "region_prefix"} <= raw.keys():
        raise ConfigError(f"{key}.cells: regions and region_prefix both name regions; remove one of the two")
    days = {name: date.fromisoformat(raw[name]) for name in ("period_from", "period_to")}
    lists = {name: tuple(raw[name]) for name in ("measures", "regions") if name in raw}
    cells = Cells(**{**raw, **days, **lists})
    _check(key, cells, dataset_id, catalog)
    return cells


def _check(key: str, cells: Cells, dataset_id: str, catalog: Catalog) -> None:
    dataset = catalog.datasets.get(dataset_id)
    if dataset is None:
        raise unknown(f"{key}.dataset", dataset_id, "a dataset", catalog.datasets)
    if cells.period_to < cells.period_from:
        raise ConfigError(f"{key}.cells: period_to lies before period_from; swap them")
    for region in cells.regions:
        if region not in (ANY, *catalog.regions):
            raise unknown(f"{key}.cells.regions", region, "a key of regions.yml", catalog.regions)
    if not any(region.startswith(cells.region_prefix) for region in catalog.regions):
        raise unknown(f"{key}.cells.region_prefix", cells.region_prefix, "the beginning of a region", catalog.regions)
    if dataset.measures:  # a file of quoted figures names its measures itself, line by line
        _check_words(f"{key}.cells", cells, dataset)


def _check_words(key: str, cells: Cells, dataset: Dataset) -> None:
    """Whether the dataset's file declares the words of a selection."""
    known = {measure.measure for measure in dataset.measures}
    for measure in cells.measures:
        if measure not in (ANY, *known):
            raise unknown(f"{key}.measures", measure, f"a measure of {dataset.id}", known)
    bases = {rule.basis for rule in dataset.basis} | {m.basis for m in dataset.measures if m.basis}
    if cells.basis not in (ANY, *bases):
        raise unknown(f"{key}.basis", cells.basis, f"a basis of {dataset.id}", bases)
    settings = [dataset.constants, *(measure.constants for measure in dataset.measures)]
    settings += [value.sets for axis in dataset.axes for value in axis.values]
    for field in _WORDS:
        words = {AXIS_FIELDS[field]} | {setting[field] for setting in settings if field in setting}
        word = getattr(cells, field)
        if word not in (ANY, *words):
            raise unknown(f"{key}.{field}", word, f"a word of {dataset.id}", words)


def refuse_twice(key: str, words: Sequence[str]) -> None:
    """What is a key must stand once."""
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise ConfigError(f"{key}: {twice[0]!r} stands twice; remove one")


def unknown(key: str, found: str, expected: str, known: Collection[str]) -> ConfigError:
    """The error for a name that leads nowhere."""
    return ConfigError(f"{key}: {found!r} is not {expected}; known: {', '.join(sorted(known))}")
