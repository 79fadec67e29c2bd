"""Indicators and breaks as frozen objects.

Comes in: nothing; catalog_indicators.py and catalog_breaks.py make them. Goes out: their words. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from integrationsmonitor.catalog_citizenships import Citizenship, CitizenshipCount
from integrationsmonitor.catalog_corrections import Correction
from integrationsmonitor.catalog_fields import Field
from integrationsmonitor.catalog_lists import Lists
from integrationsmonitor.catalog_sum_violations import SumViolation
from integrationsmonitor.region import FIRST_DAY, LAST_DAY
from integrationsmonitor.territory import Territory

ANY = "*"


@dataclass(frozen=True)
class Selection:
    """The observations that may serve as one part of a formula, in the order of preference; `*` means any.

    `age_members` are the age groups whose sum the age group is; empty where the source names it itself.
    """

    datasets: tuple[str, ...]
    measure: str
    sex: str = "insgesamt"
    nationality: str = "insgesamt"
    citizenship_key: str = "insgesamt"
    country_group: str = ""
    age_group: str = "insgesamt"
    age_members: tuple[str, ...] = ()
    dimensions: str = ""
    place: str = ANY
    basis: tuple[str, ...] = (ANY,)
    land_sum: bool = False


@dataclass(frozen=True)
class ValueOf:
    """A variant of an indicator whose values another one is made of."""

    indicator: str
    variant: str


@dataclass(frozen=True)
class Variant:
    """One way to compute an indicator. `valid_from` and `valid_to` are inclusive period ends, as far as its basis goes.

    It is made of observations (`numerator`, `denominator`), or of the values of two other variants: `of` less
    `against`, or `of` in relation to it. Without either no dataset holds what it needs: `missing` is the kind of
    reason, `missing_de` the sentence; one that may not be the default says why in `why_de`.
    `compared_with` are variants of the same indicator that speak of another group of people: gap and relation to them
    may be formed. `persons` is the variant whose numerator counts the people behind a rate that names none itself.
    """

    key: str
    label_de: str
    priority: int
    group: str
    formula: str
    factor: int
    half_unit: str | None
    region_levels: tuple[str, ...]
    numerator: Selection | None
    denominator: Selection | None
    denominator_region: str
    denominator_date: str
    denominator_lag_years: int
    denominator_fixed_date: date | None
    basis_rule: str
    of: ValueOf | None = None
    against: ValueOf | None = None
    compared_with: tuple[str, ...] = ()
    persons: ValueOf | None = None
    may_default: bool = True
    why_de: str | None = None
    missing: str | None = None
    missing_de: str | None = None
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY

    @property
    def parts(self) -> Mapping[str, Selection]:
        """Its selections, by the role that each has in the formula."""
        roles = {"numerator": self.numerator, "denominator": self.denominator}
        return {role: selection for role, selection in roles.items() if selection is not None}


@dataclass(frozen=True)
class Indicator:
    """One indicator and its variants, the preferred one first; `signal`: turns for the worse are told."""

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
    signal: bool = False


def variants_by_name(indicators: Iterable[Indicator]) -> dict[ValueOf, Variant]:
    """All variants, each by what names it."""
    return {ValueOf(found.id, variant.key): variant for found in indicators for variant in found.variants}


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
    """A group of countries as it was delimited in a time; `valid_from` and `valid_to` are inclusive.

    `citizenship_key` is the word of observations for it, empty where no source has a line for it.
    """

    group: str
    version: str
    label_de: str
    citizenship_key: str
    members: tuple[str, ...]
    note_de: str
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY


@dataclass(frozen=True)
class Touch:
    """What a break touches: figures for which all of this is true; `*` means any."""

    datasets: tuple[str, ...] = (ANY,)
    measures: tuple[str, ...] = (ANY,)
    indicator: str = ANY
    variants: tuple[str, ...] = (ANY,)
    regions: tuple[str, ...] = (ANY,)


@dataclass(frozen=True)
class Break:
    """A day since which figures measure something else (or, by `known_from`, answers whose history was revised)."""

    id: str
    kind: str
    at: date | None
    basis: str
    known_from: date | None
    touches: tuple[Touch, ...]
    text_de: str
    source_de: str


@dataclass(frozen=True)
class IndicatorCatalog:
    """Everything the catalogue knows of indicators, breaks, territories, operators' lists, and errors in its sources.

    `problems` are what is wrong with the indicators of a home: they are left out, and cost nobody else anything.
    """

    indicators: tuple[Indicator, ...]
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    country_groups: tuple[CountryGroupVersion, ...]
    corrections: tuple[Correction, ...]
    breaks: tuple[Break, ...]
    territory: Territory
    citizenships: tuple[Citizenship, ...]
    citizenship_counts: tuple[CitizenshipCount, ...]
    lists: Lists
    sum_violations: tuple[SumViolation, ...] = ()
    problems: tuple[str, ...] = ()
