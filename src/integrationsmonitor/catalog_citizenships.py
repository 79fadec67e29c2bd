"""The catalogue's citizenships: how observations name them, and of which cells the people of one are the sum.

Comes in: `catalog/citizenships.yml`, and the words that stand for a group of countries. Goes out: frozen objects.
Refuses with file, key and fix: what the JSON schema does not know, keys and ISO codes that stand twice, names that lead
nowhere (a dataset, its measure, the words of its axes), a citizenship of such a dataset that is not listed, a sum over
the sexes that leaves one out, and one that does not say what an absent cell may hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import refuse_twice, unknown
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ConfigError

TOTAL = "insgesamt"
NO_STATE = "staatenlos_ungeklaert"
# The first digit of Destatis's keys, as the group of countries that it is.
_CONTINENTS = {"1": "europa", "2": "afrika", "3": "amerika", "4": "asien", "5": "ozeanien"}


@dataclass(frozen=True)
class Citizenship:
    """One citizenship as observations name it; `iso2` is none where the standard gives no code."""

    key: str
    name_de: str
    iso2: str | None = None

    @property
    def continent(self) -> str:
        """The group of countries that its key says it belongs to."""
        return _CONTINENTS.get(self.key.removeprefix("st")[0], NO_STATE)


@dataclass(frozen=True)
class CitizenshipCount:
    """How a dataset counts people by citizenship: the sum of disjoint cells, each by its words per field."""

    dataset: str
    measure: str
    cells: Mapping[str, tuple[str, ...]]
    limits_de: str
    absent_high: int | None = None

    @property
    def words(self) -> Iterator[dict[str, str]]:
        """The cells that are added up: one word per field."""
        for words in product(*self.cells.values()):
            yield dict(zip(self.cells, words, strict=True))


def load_citizenships(
    catalog: Catalog, country_groups: Collection[str]
) -> tuple[tuple[Citizenship, ...], tuple[CitizenshipCount, ...]]:
    """Read the file, check it against its schema and the datasets; raises ConfigError."""
    file = catalog.path / "citizenships.yml"
    raw = read_checked(file, catalog.path / "schemas" / "citizenships.schema.json")
    citizenships = tuple(Citizenship(**entry) for entry in raw["citizenships"])
    for name in ("key", "iso2"):
        words = (getattr(found, name) for found in citizenships)
        refuse_twice(f"{file}: citizenships.{name}", [word for word in words if word])
    counts = tuple(_count(str(file), entry, catalog) for entry in raw["counts"])
    refuse_twice(f"{file}: counts", [f"{count.dataset} {count.measure}" for count in counts])
    known = {TOTAL, *country_groups, *(found.key for found in citizenships)}
    for count in counts:
        if unlisted := sorted(_words(catalog.datasets[count.dataset], "citizenship_key") - known):
            raise ConfigError(f"{file}: citizenships: {unlisted[0]!r} of {count.dataset} is not listed; add it")
    return citizenships, counts


def _count(file: str, raw: Mapping[str, Any], catalog: Catalog) -> CitizenshipCount:
    key = f"{file}: counts.{raw['dataset']}"
    dataset = catalog.datasets.get(raw["dataset"])
    if dataset is None:
        raise unknown(f"{key}.dataset", raw["dataset"], "a dataset", catalog.datasets)
    measures = {measure.measure for measure in dataset.measures}
    if raw["measure"] not in measures:
        raise unknown(f"{key}.measure", raw["measure"], f"a measure of {dataset.id}", measures)
    cells = {field: tuple(words) for field, words in raw["cells"].items()}
    for field, words in cells.items():
        _check_words(f"{key}.cells.{field}", field, words, dataset)
    count = CitizenshipCount(**{**raw, "cells": cells, "limits_de": " ".join(raw["limits_de"].split())})
    if len([*count.words]) > 1 and count.absent_high is None:
        raise ConfigError(f"{key}: a sum of several cells needs absent_high: what may a cell hold that is left out?")
    return count


def _check_words(key: str, field: str, words: tuple[str, ...], dataset: Dataset) -> None:
    known = _words(dataset, field) or {TOTAL}
    for word in words:
        if word not in known:
            raise unknown(key, word, f"a word of {dataset.id}", known)
    if TOTAL in words and len(words) > 1:
        raise ConfigError(f"{key}: {TOTAL} already contains the others; name it alone or leave it out")
    if field == "sex" and TOTAL not in words and (left_out := sorted(known - {TOTAL, *words})):
        raise ConfigError(f"{key}: {left_out[0]!r} of {dataset.id} is left out; a sum over the sexes needs them all")


def _words(dataset: Dataset, field: str) -> set[str]:
    return {value.sets[field] for axis in dataset.axes for value in axis.values if field in value.sets}
