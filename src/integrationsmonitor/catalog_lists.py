"""The lists that an operator keeps: types of Kreise, reception centres, states of integration concepts, own signals.

Comes in: `reception_centres.yml` and `integrationskonzepte.yml` of `catalog/`, and these two, `region_types.yml` and
`signals.yml` of a home's drop folder. Goes out: frozen objects. A home's centres take the place of the catalogue's, its
concepts join them; types of the BBSR and chosen signals are only a home's.
Refuses with file, key and fix: what the JSON schemas do not know, regions that are no Kreis of Thüringen or did not
exist then, validity that ends before it begins or overlaps, a type that is not declared, a list of types that leaves
out a Kreis or has it twice, a signal of what is neutral or unknown. A home's list that is wrong is left out as a whole,
and is a problem of the home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import refuse_twice
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_catalog import CONCEPTS, RECEPTION_CENTRES, REGION_TYPES, SIGNALS
from integrationsmonitor.region import FIRST_DAY, LAST_DAY, Region


@dataclass(frozen=True)
class RegionType:
    """The type of a Kreis by the BBSR, from a day to a day, both inclusive."""

    region_key: str
    type_key: str
    type_de: str
    valid_from: date
    valid_to: date
    source_de: str


@dataclass(frozen=True)
class ReceptionCentre:
    """A Kreis with a reception centre of the Land; a bound that nobody proved is the first or the last of all days."""

    region_key: str
    name_de: str
    valid_from: date
    valid_to: date
    source_de: str


@dataclass(frozen=True)
class Concept:
    """What was said on a day of a Kreis's integration concept; `year` is the one from which it is in force."""

    as_of: date
    region_key: str
    status: str
    year: int | None
    source_de: str


@dataclass(frozen=True)
class Lists:
    """All of them, `signals` being ids of indicators; `problems` are what is wrong with those of a home."""

    region_types: tuple[RegionType, ...]
    centres: tuple[ReceptionCentre, ...]
    concepts: tuple[Concept, ...]
    signals: tuple[str, ...]
    problems: tuple[str, ...]


Found = TypeVar("Found")


def load_lists(catalog: Catalog, directions: Mapping[str, str]) -> Lists:
    """Read and check the catalogue's lists and those of a home; raises ConfigError for the catalogue's own.

    `directions` is the favourable direction of every indicator, by its id.
    """
    problems: list[str] = []

    def own(name: str, read: Callable[[Path, Catalog], tuple[Found, ...]]) -> tuple[Found, ...] | None:
        """The home's list, None where it has none or a wrong one."""
        file = catalog.local / name if catalog.local is not None else None
        if file is None or not file.exists():
            return None
        try:
            return read(file, catalog)
        except ConfigError as problem:
            problems.append(str(problem).replace(str(file), file.name))
            return None

    centres = own(RECEPTION_CENTRES, _centres)
    known = _concepts(catalog.path / CONCEPTS, catalog)
    return Lists(
        own(REGION_TYPES, _types) or (),
        _centres(catalog.path / RECEPTION_CENTRES, catalog) if centres is None else centres,
        known + (own(CONCEPTS, lambda file, catalog: _concepts(file, catalog, known)) or ()),
        own(SIGNALS, lambda file, catalog: _signals(file, catalog, directions)) or (),
        tuple(problems),
    )


def _types(file: Path, catalog: Catalog) -> tuple[RegionType, ...]:
    raw = read_checked(file, _schema(catalog, REGION_TYPES))
    labels = {entry["key"]: entry["label_de"] for entry in raw["types"]}
    versions = sorted(raw["versions"], key=lambda version: version["valid_from"])
    spans = [_span(f"{file}: versions", version) for version in versions]
    for earlier, later in pairwise(spans):
        if later[0] <= earlier[1]:
            raise ConfigError(
                f"{file}: versions: the one from {later[0]} begins before the one from {earlier[0]} ends; "
                f"let the first end on {later[0] - timedelta(days=1)}"
            )
    return tuple(
        found
        for version, span in zip(versions, spans, strict=True)
        for found in _version(f"{file}: version from {span[0]}", version, span, labels, catalog)
    )


def _version(
    key: str, raw: Mapping[str, Any], span: tuple[date, date], labels: Mapping[str, str], catalog: Catalog
) -> Iterator[RegionType]:
    """One version: every Kreis that existed while it held, as long as it existed, in exactly one type."""
    type_of: dict[str, str] = {}
    for type_key, kreise in raw["kreise"].items():
        if type_key not in labels:
            raise ConfigError(f"{key}: {type_key!r} is not a key of types; known: {', '.join(sorted(labels))}")
        for kreis in kreise:
            if kreis in type_of:
                raise ConfigError(f"{key}: {kreis} stands in {type_of[kreis]} and in {type_key}; leave it in one")
            _existing(key, kreis, span, catalog)
            type_of[kreis] = type_key
    kreise_then = [region for region in catalog.regions.values() if _is_kreis(region) and _meets(region, span)]
    for region in kreise_then:
        if region.key not in type_of:
            raise ConfigError(f"{key}: {region.key} ({region.name}) is missing; every Kreis of that time has a type")
        type_key = type_of[region.key]
        yield RegionType(
            region_key=region.key,
            type_key=type_key,
            type_de=labels[type_key],
            valid_from=max(span[0], region.valid_from),
            valid_to=min(span[1], region.valid_to),
            source_de=raw["source_de"],
        )


def _centres(file: Path, catalog: Catalog) -> tuple[ReceptionCentre, ...]:
    found = []
    for raw in read_checked(file, _schema(catalog, RECEPTION_CENTRES))["centres"]:
        span = _span(f"{file}: {raw['region']}", raw)
        _existing(f"{file}: centres", raw["region"], span, catalog)
        found.append(ReceptionCentre(raw["region"], raw["name_de"], *span, raw["source_de"]))
    return tuple(found)


def _concepts(file: Path, catalog: Catalog, known: tuple[Concept, ...] = ()) -> tuple[Concept, ...]:
    found: dict[tuple[date, str], Concept] = {}
    states = {concept.as_of for concept in known}
    for raw in read_checked(file, _schema(catalog, CONCEPTS))["states"]:
        day = date.fromisoformat(raw["as_of"])
        if day in states:
            raise ConfigError(f"{file}: states: {day} stands twice; each state, the catalogue's too, has its day")
        states.add(day)
        for entry in raw["concepts"]:
            _existing(f"{file}: state of {day}", entry["region"], (day, day), catalog)
            concept = Concept(day, entry["region"], entry["status"], entry.get("year"), raw["source_de"])
            if found.setdefault((day, concept.region_key), concept) is not concept:
                raise ConfigError(f"{file}: state of {day}: {concept.region_key} stands twice; remove one")
    return tuple(found.values())


def _signals(file: Path, catalog: Catalog, directions: Mapping[str, str]) -> tuple[str, ...]:
    chosen = [raw["indicator"] for raw in read_checked(file, _schema(catalog, SIGNALS))["signals"]]
    refuse_twice(f"{file}: signals", chosen)
    turning = sorted(key for key, direction in directions.items() if direction != "neutral")
    for key in chosen:
        if key not in turning:
            raise ConfigError(
                f"{file}: signals: {key!r} is no indicator with a favourable direction; known: {', '.join(turning)}"
            )
    return tuple(chosen)


def _schema(catalog: Catalog, name: str) -> Path:
    return catalog.path / "schemas" / f"{Path(name).stem}.schema.json"


def _span(key: str, raw: Mapping[str, Any]) -> tuple[date, date]:
    first = date.fromisoformat(raw.get("valid_from", FIRST_DAY.isoformat()))
    last = date.fromisoformat(raw.get("valid_to", LAST_DAY.isoformat()))
    if last < first:
        raise ConfigError(f"{key}: valid_to {last} lies before valid_from {first}; swap them")
    return first, last


def _existing(key: str, kreis: str, span: tuple[date, date], catalog: Catalog) -> None:
    region = catalog.regions.get(kreis)
    if region is None or not _is_kreis(region):
        raise ConfigError(f"{key}: {kreis!r} is no Kreis of Thüringen; see catalog/regions.yml for their keys")
    if not _meets(region, span):
        raise ConfigError(f"{key}: {kreis} ({region.name}) did not exist then; take it out")


def _is_kreis(region: Region) -> bool:
    return region.level == "kreis" and region.parent == "16"


def _meets(region: Region, span: tuple[date, date]) -> bool:
    return region.valid_from <= span[1] and span[0] <= region.valid_to
