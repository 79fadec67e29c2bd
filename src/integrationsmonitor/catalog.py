"""The catalogue: facts about datasets and regions, read from `catalog/` and checked before anything else happens.

Comes in: the folder. Goes out: frozen objects. Refuses with file, key and fix: YAML that cannot be read, anything the
JSON schemas of `catalog/schemas/` do not know, ids that differ from the file's name, names used twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from integrationsmonitor.cadence import Cadence, read_cadence
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Region:
    """One region; `valid_from` and `valid_to` are inclusive."""

    key: str
    name: str
    level: str
    kind: str
    nuts: str = ""
    parent: str = ""
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY
    successor: str = ""

    def exists_at(self, day: date) -> bool:
        """Whether the region existed on that day."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Measure:
    """One measured quantity of a table: the source's code and label, and our word for it."""

    code: str
    labels: tuple[str, ...]
    measure: str
    unit: str
    constants: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    rounding: Mapping[str, Any] = field(default_factory=dict)
    proven: bool = True
    fractions: bool = False

    @property
    def label(self) -> str:
        """The current wording."""
        return self.labels[0]


@dataclass(frozen=True)
class AxisValue:
    """One value of an axis: the source's code ("" is the total), its wordings, and what it sets in an observation."""

    code: str
    labels: tuple[str, ...]
    sets: Mapping[str, str]

    @property
    def label(self) -> str:
        """The current wording."""
        return self.labels[0]


@dataclass(frozen=True)
class Axis:
    """One axis of a table besides region and time."""

    code: str
    labels: tuple[str, ...]
    values: tuple[AxisValue, ...]
    proven: bool = True

    @property
    def label(self) -> str:
        """The current wording."""
        return self.labels[0]

    @cached_property
    def by_code(self) -> Mapping[str, AxisValue]:
        """Values by the source's code."""
        return {value.code: value for value in self.values}

    @cached_property
    def by_label(self) -> Mapping[str, AxisValue]:
        """Values by every wording met so far."""
        return {label: value for value in self.values for label in value.labels}


@dataclass(frozen=True)
class BasisRule:
    """The basis of a number by the period it speaks of and by when it was known; the first rule that fits wins."""

    basis: str
    first: date = FIRST_DAY
    last: date = LAST_DAY
    known_before: date = LAST_DAY


@dataclass(frozen=True)
class SignRule:
    """What a printed sign means in this dataset; the first rule that fits wins."""

    sign: str
    status: str
    layout: str = ""
    measures: tuple[str, ...] = ()
    first: date = FIRST_DAY
    last: date = LAST_DAY


@dataclass(frozen=True)
class SumRule:
    """Parts of an axis that add up to its total, within `tolerance`."""

    over: str
    total: str
    parts: tuple[str, ...]
    tolerance: float
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plausible:
    """Bounds, both included, of a measure in a region (a key, or `kreise`) on its totals or on any cell."""

    measure: str
    regions: str
    only_totals: bool
    low: float
    high: float


@dataclass(frozen=True)
class RegionSum:
    """Kreise that add up to their Land within `tolerance`, for some measures, axis codes and years (empty: all)."""

    tolerance: float
    measures: tuple[str, ...] = ()
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: date = FIRST_DAY
    last: date = LAST_DAY


@dataclass(frozen=True)
class JumpRule:
    """How far a figure may lie from itself before (`revision`) or a period earlier (`period`); see jumps.py."""

    against: str
    max_ratio: float
    floor: float
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutageRule:
    """Where a Träger delivered nothing: each of the `parts` prints `sign`, and what stands in `rest` is no figure."""

    axis: str
    sign: str
    parts: tuple[str, ...]
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """What an answer must keep."""

    complete: str
    regions: tuple[str, ...]
    listed: tuple[Mapping[str, Any], ...]
    sums: tuple[SumRule, ...]
    minimum_rows: int
    plausible: tuple[Plausible, ...]
    region_sums: tuple[RegionSum, ...] = ()
    jumps: tuple[JumpRule, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One dataset file."""

    id: str
    title_de: str
    publisher: str
    licence: Mapping[str, str]
    load: str
    source: Mapping[str, Any]
    cadence: Cadence
    period_type: str
    territory_rule: str
    place: str
    basis: tuple[BasisRule, ...]
    constants: Mapping[str, str]
    statistic: Mapping[str, str]
    time: Mapping[str, str]
    measures: tuple[Measure, ...]
    axes: tuple[Axis, ...]
    csv: Mapping[str, Any]
    signs: tuple[SignRule, ...]
    not_yet: str
    outages: tuple[OutageRule, ...]
    rounding: Mapping[str, Any]
    contract: Contract
    notes_de: str
    file_sha256: str

    @property
    def is_restated(self) -> bool:
        """Whether the source prints its whole history on the current territory."""
        return self.territory_rule == "current_territory"

    @property
    def connector(self) -> str:
        """The module under `sources/` that reads it."""
        return str(self.source["connector"])

    @property
    def table(self) -> str:
        """The source's own id of the table; for local files the file."""
        return str(self.source.get("table") or self.source.get("file", ""))

    @cached_property
    def measure_by_code(self) -> Mapping[str, Measure]:
        """Measures by the source's code."""
        return {measure.code: measure for measure in self.measures}

    @cached_property
    def axis_by_code(self) -> Mapping[str, Axis]:
        """Axes by the source's variable code."""
        return {axis.code: axis for axis in self.axes}


@dataclass(frozen=True)
class Catalog:
    """Everything the catalogue knows of sources and regions."""

    path: Path
    datasets: Mapping[str, Dataset]
    regions: Mapping[str, Region]

    def kreise_at(self, day: date) -> list[str]:
        """Keys of the Thüringen Kreise that existed on that day."""
        return [r.key for r in self.regions.values() if r.level == "kreis" and r.exists_at(day)]

    def kreise_of(self, dataset: Dataset, day: date) -> list[str]:
        """Keys of the Kreise that a dataset speaks of: those of that day, or today's where the source restates."""
        return self.kreise_at(LAST_DAY if dataset.is_restated else day)

    def of_level(self, level: str) -> list[str]:
        """Keys of all regions of a level, whenever they existed."""
        return [r.key for r in self.regions.values() if r.level == level]

    def group(self, load: str) -> list[str]:
        """Ids of the datasets that one load DAG fetches."""
        return sorted(d.id for d in self.datasets.values() if d.load == load)


def load_catalog(path: Path, only: str = "") -> Catalog:
    """Read and check `catalog/`, or of its datasets `only` one; raises ConfigError naming file, key and fix.

    A file that did not change is read once per process.
    """
    schemas = path / "schemas"
    regions = _regions(path / "regions.yml", schemas / "regions.schema.json", _stamp(path / "regions.yml"))
    files = sorted((path / "datasets").glob("*.yml"))
    if not files:
        raise ConfigError(f"{path / 'datasets'} holds no dataset file (*.yml)")
    schema = schemas / "dataset.schema.json"
    datasets = [_dataset(file, schema, (*_stamp(file), *_stamp(schema))) for file in files if only in ("", file.stem)]
    return Catalog(path, {dataset.id: dataset for dataset in datasets}, regions)


def _stamp(file: Path) -> tuple[int, int]:
    """What tells a changed file from an unchanged one."""
    facts = file.stat() if file.exists() else None
    return (facts.st_mtime_ns, facts.st_size) if facts else (0, 0)


@lru_cache(maxsize=8)
def _regions(file: Path, schema: Path, stamp: tuple[int, ...]) -> Mapping[str, Region]:
    del stamp  # part of the cache's key
    regions: dict[str, Region] = {}
    for entry in read_checked(file, schema)["regions"]:
        if entry["key"] in regions:
            raise ConfigError(f"{file}: key {entry['key']!r} stands twice; remove one")
        regions[entry["key"]] = Region(
            **{k: v for k, v in entry.items() if not k.startswith("valid_")},
            valid_from=_day(entry.get("valid_from"), FIRST_DAY),
            valid_to=_day(entry.get("valid_to"), LAST_DAY),
        )
    return regions


@lru_cache(maxsize=512)
def _dataset(file: Path, schema: Path, stamp: tuple[int, ...]) -> Dataset:
    del stamp  # part of the cache's key
    return load_dataset(file, schema)


def load_dataset(file: Path, schema: Path) -> Dataset:
    """Read and check one dataset file."""
    raw = read_checked(file, schema)
    if raw["id"] != file.stem:
        raise ConfigError(f"{file}: id is {raw['id']!r}; it must be the file's name, {file.stem!r}")
    dataset = Dataset(
        id=raw["id"],
        title_de=raw["title_de"],
        publisher=raw["publisher"],
        licence=raw["licence"],
        load=raw["load"],
        source=raw["source"],
        cadence=read_cadence(raw["cadence"], str(file)),
        period_type=raw["period"]["type"],
        territory_rule=raw["territory_rule"],
        place=raw["place"],
        basis=tuple(
            BasisRule(
                b["basis"],
                _day(b.get("from"), FIRST_DAY),
                _day(b.get("until"), LAST_DAY),
                _day(b.get("known_before"), LAST_DAY),
            )
            for b in raw["basis"]
        ),
        constants=raw.get("constants", {}),
        statistic=raw.get("statistic", {}),
        time=raw.get("time", {}),
        measures=tuple(_measure(m) for m in raw["measures"]),
        axes=tuple(_axis(a) for a in raw.get("axes", [])),
        csv=raw.get("csv", {}),
        signs=tuple(
            SignRule(
                s["sign"],
                s["status"],
                s.get("layout", ""),
                tuple(s.get("measures", ())),
                _day(s.get("from"), FIRST_DAY),
                _day(s.get("until"), LAST_DAY),
            )
            for s in raw.get("signs", [])
        ),
        not_yet=raw.get("not_yet", ""),
        outages=tuple(
            OutageRule(o["axis"], o["sign"], tuple(o["parts"]), tuple(o.get("rest", ())))
            for o in raw.get("outages", [])
        ),
        rounding=raw.get("rounding", {}),
        contract=_contract(raw["contract"]),
        notes_de=" ".join(str(raw.get("notes_de", "")).split()),
        file_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )
    _check_unique(file, "measures", [m.code for m in dataset.measures])
    _check_unique(file, "axes", [a.code for a in dataset.axes])
    for axis in dataset.axes:
        _check_unique(file, f"axes.{axis.code}.values", [v.code for v in axis.values])
        _check_unique(file, f"axes.{axis.code}.values.labels", [x for v in axis.values for x in v.labels])
    _check_names(file, dataset)
    return dataset


def _check_names(file: Path, dataset: Dataset) -> None:
    """What the contract names must be declared above it; bounds must leave room."""
    known = {measure.measure for measure in dataset.measures}
    codes = {axis.code: set(axis.by_code) for axis in dataset.axes}
    contract = dataset.contract

    def need(what: str, word: str, known: Collection[str]) -> None:
        if word not in known:
            raise ConfigError(f"{file}: {what} names {word!r}, which is not declared in this file")

    for bounds in contract.plausible:
        if known:
            need("contract.plausible", bounds.measure, known)
        if bounds.low > bounds.high:
            raise ConfigError(f"{file}: contract.plausible of {bounds.measure!r} has a min above its max")
    for jump in contract.jumps:
        for measure in jump.measures:
            need("contract.jumps", measure, known)
    named = [
        *((f"contract.sums over {rule.over!r}", rule.over, (rule.total, *rule.parts)) for rule in contract.sums),
        *((f"outages of {rule.axis!r}", rule.axis, (*rule.parts, *rule.rest)) for rule in dataset.outages),
        *(("contract.region_sums", axis, words) for rule in contract.region_sums for axis, words in rule.axes.items()),
    ]
    for what, axis, words in named:
        need(what, axis, codes)
        for word in words:
            need(what, word, codes[axis])
    for measure in (measure for rule in contract.region_sums for measure in rule.measures):
        need("contract.region_sums", measure, dataset.measure_by_code)


def _day(value: str | None, default: date) -> date:
    return date.fromisoformat(value) if value else default


def _measure(raw: Mapping[str, Any]) -> Measure:
    return Measure(
        code=raw["code"],
        labels=_labels(raw),
        measure=raw["measure"],
        unit=raw["unit"],
        constants=raw.get("constants", {}),
        basis=raw.get("basis", ""),
        rounding=raw.get("rounding", {}),
        proven=raw.get("codes") != "unproven",
        fractions=bool(raw.get("fractions", False)),
    )


def _axis(raw: Mapping[str, Any]) -> Axis:
    return Axis(
        code=raw["code"],
        labels=_labels(raw),
        values=tuple(AxisValue(v["code"], _labels(v), dict(_sets(raw, v))) for v in raw["values"]),
        proven=raw.get("codes") != "unproven",
    )


def _labels(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """`label` (one) and `labels` (all wordings) may both be given; the current wording stands first."""
    first = [raw["label"]] if "label" in raw else []
    return tuple(dict.fromkeys([*first, *raw.get("labels", [])]))


def _sets(axis: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    meaning = value["is"]
    if isinstance(meaning, Mapping):
        yield from meaning.items()
    else:
        yield axis["to"], str(meaning)


def _contract(raw: Mapping[str, Any]) -> Contract:
    return Contract(
        complete=raw["complete"],
        regions=tuple(raw.get("regions", ())),
        listed=tuple(raw.get("listed", ())),
        sums=tuple(
            SumRule(
                s["over"],
                s.get("total", ""),
                tuple(s["parts"]),
                float(s.get("tolerance", 0)),
                tuple(s.get("measures", ())),
            )
            for s in raw.get("sums", [])
        ),
        minimum_rows=int(raw.get("minimum", {}).get("rows", 1)),
        plausible=tuple(
            Plausible(p["measure"], p["regions"], p["cells"] == "total", float(p["min"]), float(p["max"]))
            for p in raw.get("plausible", [])
        ),
        region_sums=tuple(
            RegionSum(
                float(s["tolerance"]),
                tuple(s.get("measures", ())),
                {axis: tuple(codes) for axis, codes in s.get("axes", {}).items()},
                _day(s.get("from"), FIRST_DAY),
                _day(s.get("until"), LAST_DAY),
            )
            for s in raw.get("region_sums", [])
        ),
        jumps=tuple(
            JumpRule(j["against"], float(j["max_ratio"]), float(j["floor"]), tuple(j.get("measures", ())))
            for j in raw.get("jumps", [])
        ),
    )


def _check_unique(file: Path, where: str, words: list[str]) -> None:
    twice = {word for word in words if words.count(word) > 1}
    if twice:
        raise ConfigError(f"{file}: {where}: {sorted(twice)[0]!r} stands twice; remove one")
