"""What a dataset's file says, as frozen objects: source, axes, signs, and the contract that its answers must keep.

Comes in: nothing; dataset_file.py makes them. Goes out: the words by which readers, mapping and contract speak of a
dataset. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from integrationsmonitor import region
from integrationsmonitor.cadence import Cadence
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_description import LocalTable

FIRST_DAY, LAST_DAY = region.FIRST_DAY, region.LAST_DAY

OVER_MEASURES = "measure"  # in a sum rule, in place of an axis
ADDITIVE_UNITS = frozenset({"Anzahl", "qkm"})


@dataclass(frozen=True)
class Measure:
    """One measured quantity of a table: the source's code and label, and our word for it.

    `parent` is the code of the measure below which its label stands, where the label alone does not tell. Figures of
    periods that end on `perturbed_from` or later are changed at random by the source (cell key): nothing adds up.
    """

    code: str
    labels: tuple[str, ...]
    measure: str
    unit: str
    constants: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    rounding: Mapping[str, Any] = field(default_factory=dict)
    proven: bool = True
    fractions: bool = False
    parent: str = ""
    persons: bool = True
    territory_weight: str = "none"
    additive: bool = True
    perturbed_from: date = LAST_DAY

    @property
    def label(self) -> str:
        """The current wording."""
        return self.labels[0]

    @property
    def is_additive(self) -> bool:
        """Whether the Kreise make up the Land: counts and areas do, rates do not."""
        return self.additive and self.unit in ADDITIVE_UNITS


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
    """Parts of an axis (or, over `measure`, measures by their codes) that add up to their total.

    They may miss it by the source's rounding, and by `tolerance` more.
    """

    over: str
    total: str
    parts: tuple[str, ...]
    tolerance: float = 0
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
    """Kreise that add up to their Land as parts to a total, for some measures, axis codes and years (empty: all)."""

    tolerance: float = 0
    measures: tuple[str, ...] = ()
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: date = FIRST_DAY
    last: date = LAST_DAY


@dataclass(frozen=True)
class JumpRule:
    """How far a figure may lie from itself before (`revision`) or earlier (`period`, `within`); see jumps.py."""

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
    """One dataset file.

    `off_de` says why it is not asked ("" where it is); `territory_date` is the date of the territory to which a
    source restates its history; figures are provisional until `provisional_months` after their period. `local` is a
    table of the drop folder, `problem` what is wrong with its description.
    """

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
    off_de: str = ""
    territory_date: date | None = None
    provisional_months: int = 0
    local: LocalTable | None = None
    problem: str = ""

    def rounding_of(self, measure: Measure) -> Mapping[str, Any]:
        """How far a printed figure may lie from the true one: `step`, `low`, `high`, `from`; empty where it is exact.

        Half a unit of the last digit lies on both sides.
        """
        declared = measure.rounding or self.rounding
        half = declared.get("half_unit")
        return declared if half is None else {"step": 2 * half, "low": half, "high": half, **declared}

    def bounds_of(self, measure: Measure, day: date) -> tuple[float, float]:
        """By how much the true figure of a period that ends on that day may lie below and above the printed one."""
        rounding = self.rounding_of(measure)
        if day < date.fromisoformat(rounding.get("from", FIRST_DAY.isoformat())):
            return 0.0, 0.0
        return float(rounding.get("low", 0)), float(rounding.get("high", 0))

    @property
    def is_restated(self) -> bool:
        """Whether the source prints its whole history on the current territory."""
        return self.territory_rule == "current_territory"

    @property
    def has_moving_window(self) -> bool:
        """Whether an answer holds the latest periods only, so that an older one is missing without being lost."""
        return self.source.get("form") == "Tabelle"

    @property
    def is_asked_by_region(self) -> bool:
        """Whether each region is a request of its own, so that a host may mix them up."""
        return "requests" in self.source

    @property
    def connector(self) -> str:
        """The module under `sources/` that reads it."""
        return str(self.source["connector"])

    @property
    def table(self) -> str:
        """The source's own id of the table; for local files the file."""
        return str(self.source.get("table") or self.source.get("file", ""))

    @property
    def local_table(self) -> LocalTable:
        """The description of a local table; raises ConfigError for any other dataset, and for a wrong description."""
        if self.local is None or self.problem:
            raise ConfigError(f"{self.id}: {self.problem or 'is no table of the drop folder'}")
        return self.local

    @property
    def hides_small_figures(self) -> bool:
        """Whether figures below a threshold of its description are kept secret by us."""
        return self.local is not None and bool(self.local.threshold)

    @cached_property
    def measure_by_code(self) -> Mapping[str, Measure]:
        """Measures by the source's code."""
        return {measure.code: measure for measure in self.measures}

    @cached_property
    def axis_by_code(self) -> Mapping[str, Axis]:
        """Axes by the source's variable code."""
        return {axis.code: axis for axis in self.axes}
