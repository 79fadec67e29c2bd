"""Indicators as frozen objects. Comes in: nothing; catalog_indicators.py makes them. Goes out: their words.

Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from integrationsmonitor.catalog_corrections import Correction
from integrationsmonitor.region import FIRST_DAY, LAST_DAY

ANY = "*"


@dataclass(frozen=True)
class Selection:
    """The observations that may serve as one part of a formula, in the order of preference; `*` means any."""

    datasets: tuple[str, ...]
    measure: str
    sex: str = "insgesamt"
    nationality: str = "insgesamt"
    citizenship_key: str = "insgesamt"
    country_group: str = ""
    age_group: str = "insgesamt"
    dimensions: str = ""
    place: str = ANY
    basis: tuple[str, ...] = (ANY,)
    land_sum: bool = False


@dataclass(frozen=True)
class Variant:
    """One way to compute an indicator."""

    key: str
    label_de: str
    priority: int
    group: str
    formula: str
    factor: int
    half_unit: str | None
    region_levels: tuple[str, ...]
    numerator: Selection
    denominator: Selection | None
    denominator_region: str
    denominator_date: str
    denominator_lag_years: int
    denominator_fixed_date: date | None
    basis_rule: str


@dataclass(frozen=True)
class Indicator:
    """One indicator and its variants, the preferred one first."""

    id: str
    name_de: str
    name_en: str
    dimension: str
    handlungsfeld: str
    numerator_de: str
    denominator_de: str
    formula_de: str
    unit: str
    decimals: int
    direction: str
    periodicity: str
    reference_point: str
    definition_version: int
    references: Mapping[str, str]
    pitfalls_de: tuple[str, ...]
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Group:
    """A group of people that a value may speak of."""

    key: str
    label_de: str
    nationality: str
    sex: str = "insgesamt"
    age_group: str = "insgesamt"
    country_group: str = ""


@dataclass(frozen=True)
class CountryGroupVersion:
    """A group of countries as it was delimited in a time; `valid_from` and `valid_to` are inclusive."""

    group: str
    version: str
    label_de: str
    citizenship_key: str
    members: tuple[str, ...]
    note_de: str
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY


@dataclass(frozen=True)
class IndicatorCatalog:
    """Everything the catalogue knows of indicators, and of errors in their sources.

    `problems` are what is wrong with the indicators of a home: they are left out, and cost nobody else anything.
    """

    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    country_groups: tuple[CountryGroupVersion, ...]
    corrections: tuple[Correction, ...]
    problems: tuple[str, ...] = ()
