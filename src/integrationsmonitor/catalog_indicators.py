"""The catalogue's indicators, with all that they name or that names them: groups, breaks, corrections, territories.

Comes in: `catalog/indicators.yml`, and `indicators.yml` of a home's drop folder; the modules `catalog_…` read the rest.
Goes out: frozen objects.
Refuses with file, key and fix: what the JSON schema does not know, keys that stand twice, names that lead nowhere
(a dimension, a Handlungsfeld, a dataset, a measure, a basis, an age group, a group, a group of countries), a group of
countries for which no source has a line, an indicator for which no variant may speak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_breaks import load_breaks
from integrationsmonitor.catalog_cells import refuse_twice
from integrationsmonitor.catalog_citizenships import load_citizenships
from integrationsmonitor.catalog_corrections import load_corrections
from integrationsmonitor.catalog_fields import Field, load_fields
from integrationsmonitor.catalog_groups import load_groups
from integrationsmonitor.catalog_lists import load_lists
from integrationsmonitor.catalog_sum_violations import load_sum_violations
from integrationsmonitor.catalog_territory import load_territory
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.dataset import FIRST_DAY, LAST_DAY, Dataset
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.indicator import (
    ANY,
    Indicator,
    IndicatorCatalog,
    Selection,
    ValueOf,
    Variant,
    variants_by_name,
)

LOCAL = "L"
# Groups of people to which gap and relation may be formed; their measures stand in mart_indicator_change.
COMPARED = ("insgesamt", "deutsche")
# Unit → the formulas that give it, with their factors. A new one belongs into the gate, too (dim_indicator).
UNITS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "Prozent": (("ratio", 100), ("adopted", 1), ("relation", 100)),
    "Prozentpunkte": (("difference", 1),),
    "Personen": (("count", 1),),
    "Index": (("index", 100),),
    "je 1 000 Einwohner": (("ratio", 1000), ("adopted", 1), ("difference", 1)),
    "je 1 000 Ausländer": (("ratio", 1000), ("adopted", 1)),
}


def load_indicators(catalog: Catalog) -> IndicatorCatalog:
    """Read and check the files against their schemas and against the datasets; raises ConfigError."""
    groups, countries = load_groups(catalog)
    file = catalog.path / "indicators.yml"
    schema = catalog.path / "schemas" / "indicators.schema.json"
    indicators = tuple(_indicator(raw) for raw in read_checked(file, schema)["indicators"])
    refuse_twice(f"{file}: indicators", [indicator.id for indicator in indicators])
    fields = load_fields(catalog)
    known = _Known(
        catalog,
        fields,
        {group.key for group in groups},
        {country.group: country.citizenship_key for country in countries},
        variants_by_name(indicators),
    )
    for indicator in indicators:
        if indicator.id.startswith(LOCAL):
            raise ConfigError(f"{file}: {indicator.id}: ids with {LOCAL} are those of a home; choose another letter")
        _check_indicator(file, indicator, known)
    own, problems = _local_indicators(catalog.local, schema, known)
    corrections, breaks = load_corrections(catalog), load_breaks(catalog, indicators)
    lists = load_lists(catalog, {indicator.id: indicator.direction for indicator in (*indicators, *own)})
    return IndicatorCatalog(
        tuple(replace(found, signal=found.signal or found.id in lists.signals) for found in (*indicators, *own)),
        fields,
        groups,
        countries,
        corrections,
        breaks,
        load_territory(catalog),
        *load_citizenships(catalog, {country.citizenship_key for country in countries}),
        lists,
        load_sum_violations(catalog),
        problems,
    )


class _Known(NamedTuple):
    """What indicators may name."""

    catalog: Catalog
    fields: Sequence[Field]
    groups: set[str]
    countries: Mapping[str, str]  # with the word for it, empty where no source has a line
    variants: Mapping[ValueOf, Variant]


def _check_indicator(file: Path, indicator: Indicator, known: _Known) -> None:
    for kind, name in (("dimension", indicator.dimension), ("handlungsfeld", indicator.handlungsfeld)):
        names = [field.name for field in known.fields if field.kind == kind]
        if name not in names:
            raise _unknown(file, f"{indicator.id}.{kind}", name, "one of handlungsfelder.yml", names)
    refuse_twice(f"{file}: {indicator.id}.variants", [variant.key for variant in indicator.variants])
    if not any(variant.may_default for variant in indicator.variants):
        raise ConfigError(f"{file}: {indicator.id}.variants: none may be the default; let one speak for the indicator")
    if indicator.signal and indicator.direction == "neutral":
        raise ConfigError(f"{file}: {indicator.id}.signal: what is neutral does not turn for the worse; remove it")
    for variant in indicator.variants:
        where = f"{indicator.id}.{variant.key}"
        _check_variant(file, indicator, variant, known)
        _check_made_of(file, where, variant, known.variants)
        _check_compared_with(file, where, variant, indicator)
        _check_persons(file, where, variant, known.variants)


def _check_made_of(file: Path, where: str, variant: Variant, variants: Mapping[ValueOf, Variant]) -> None:
    """What a value is made of must be there and be made of observations itself: of what is not, nothing is made."""
    for side, name in (("of", variant.of), ("against", variant.against)):
        if name is None:
            continue
        made_of = variants.get(name)
        if made_of is None:
            ready = sorted(f"{known.indicator}.{known.variant}" for known in variants)
            raise _unknown(file, f"{where}.{side}", f"{name.indicator}.{name.variant}", "a variant", ready)
        if made_of.numerator is None:
            raise ConfigError(
                f"{file}: {where}.{side}: {name.indicator}.{name.variant} is not made of observations; "
                "name one that is, or say with missing_de what lacks"
            )


def _check_compared_with(file: Path, where: str, variant: Variant, indicator: Indicator) -> None:
    """Gaps lie to all people and to Germans: the groups for which mart_indicator_change has measures."""
    others = {other.key for other in indicator.variants if other.group in COMPARED and other.group != variant.group}
    for key in variant.compared_with:
        if key not in others:
            raise _unknown(
                file,
                f"{where}.compared_with",
                key,
                f"a variant of {indicator.id} for another group ({', '.join(COMPARED)})",
                sorted(others),
            )


def _check_persons(file: Path, where: str, variant: Variant, variants: Mapping[ValueOf, Variant]) -> None:
    name = variant.persons
    if name is None:
        return
    counted = variants.get(name)
    if counted is None or counted.formula not in ("ratio", "count") or counted.numerator is None:
        ready = sorted(
            f"{known.indicator}.{known.variant}"
            for known, made in variants.items()
            if made.numerator and made.formula in ("ratio", "count")
        )
        found = f"{name.indicator}.{name.variant}"
        raise _unknown(file, f"{where}.persons", found, "a variant whose numerator counts people", ready)


def _local_indicators(
    folder: Path | None, schema: Path, known: _Known
) -> tuple[tuple[Indicator, ...], tuple[str, ...]]:
    """The indicators of a home that are right, and what is wrong with the others."""
    file = folder / "indicators.yml" if folder is not None else None
    if file is None or not file.exists():
        return (), ()
    try:
        indicators = [_indicator(raw) for raw in read_checked(file, schema)["indicators"]]
        refuse_twice(f"{file}: indicators", [indicator.id for indicator in indicators])
    except ConfigError as problem:
        return (), (str(problem).replace(str(file), file.name),)
    right: list[Indicator] = []
    problems: list[str] = []
    for indicator in indicators:
        # it may be made of what stands above it: of what is wrong itself, nothing is made
        with_this = known._replace(variants={**known.variants, **variants_by_name([*right, indicator])})
        try:
            _check_own(file, indicator)
            _check_indicator(file, indicator, with_this)
            _check_adopted(file, indicator, known.catalog)
            right.append(indicator)
        except ConfigError as problem:
            problems.append(str(problem).replace(str(file), file.name))
    return tuple(right), tuple(problems)


def _check_own(file: Path, indicator: Indicator) -> None:
    if not indicator.id.startswith(LOCAL):
        raise ConfigError(f"{file}: {indicator.id}: the indicators of a home begin with {LOCAL}; rename it")
    if indicator.unit not in UNITS:
        raise _unknown(file, f"{indicator.id}.unit", indicator.unit, "a unit that is checked", [*UNITS])
    for variant in indicator.variants:
        found, fitting = (variant.formula, variant.factor), UNITS[indicator.unit]
        if found not in fitting:
            words = " or ".join(f"{formula} × {factor}" for formula, factor in fitting)
            raise ConfigError(
                f"{file}: {indicator.id}.{variant.key}: formula {found[0]} × {found[1]} does not give "
                f"{indicator.unit}, {words} does; correct formula, factor or unit"
            )


def _check_adopted(file: Path, indicator: Indicator, catalog: Catalog) -> None:
    """A rate that is taken over as it is must be one in the datasets, too."""
    for variant in (variant for variant in indicator.variants if variant.formula == "adopted"):
        selection = variant.parts["numerator"]
        for dataset_id in selection.datasets:
            for measure in catalog.datasets[dataset_id].measures:
                if measure.measure == selection.measure and measure.unit != indicator.unit:
                    key = f"{indicator.id}.{variant.key}.numerator"
                    raise ConfigError(
                        f"{file}: {key}: {measure.measure} of {dataset_id} is in {measure.unit}, the indicator in "
                        f"{indicator.unit}; a rate is adopted in its own unit"
                    )


def _indicator(raw: Mapping[str, Any]) -> Indicator:
    plain = {key: value for key, value in raw.items() if key not in {"pitfalls_de", "variants"}}
    return Indicator(
        **plain,
        pitfalls_de=tuple(raw["pitfalls_de"]),
        variants=tuple(_variant(variant, number) for number, variant in enumerate(raw["variants"], start=1)),
    )


def _variant(raw: Mapping[str, Any], priority: int) -> Variant:
    below = raw.get("denominator", {})
    fixed = below.get("fixed_date")
    return Variant(
        key=raw["key"],
        label_de=raw["label_de"],
        priority=priority,
        group=raw["group"],
        formula=raw["formula"],
        factor=raw.get("factor", 1),
        half_unit=raw.get("half_unit"),
        region_levels=tuple(raw.get("region_levels", ())),
        numerator=_selection(raw["numerator"]) if "numerator" in raw else None,
        denominator=_selection(below) if below else None,
        denominator_region=below.get("region", "own"),
        denominator_date=below.get("date", "same"),
        denominator_lag_years=below.get("lag_years", 0),
        denominator_fixed_date=date.fromisoformat(fixed) if fixed else None,
        # Two dates rarely share a census base; a denominator of the same date must share the numerator's basis.
        basis_rule=raw.get("basis_rule") or ("same" if below.get("date", "same") == "same" else "family"),
        of=ValueOf(**raw["of"]) if "of" in raw else None,
        against=ValueOf(**raw["against"]) if "against" in raw else None,
        compared_with=tuple(raw.get("compared_with", ())),
        persons=ValueOf(**raw["persons"]) if "persons" in raw else None,
        may_default=raw.get("may_default", True),
        why_de=raw.get("why_de"),
        missing=raw.get("missing"),
        missing_de=raw.get("missing_de"),
        valid_from=_day(raw.get("valid_from"), FIRST_DAY),
        valid_to=_day(raw.get("valid_to"), LAST_DAY),
    )


def _selection(raw: Mapping[str, Any]) -> Selection:
    elsewhere = {"region", "date", "lag_years", "fixed_date", "datasets", "basis", "age_sum"}
    plain = {key: value for key, value in raw.items() if key not in elsewhere}
    if "age_sum" in raw:
        plain |= {"age_group": raw["age_sum"]["label"], "age_members": tuple(raw["age_sum"]["of"])}
    return Selection(datasets=tuple(raw["datasets"]), basis=tuple(raw.get("basis", (ANY,))), **plain)


def _check_variant(file: Path, indicator: Indicator, variant: Variant, known: _Known) -> None:
    catalog, groups, countries = known.catalog, known.groups, known.countries
    where = f"{indicator.id}.{variant.key}"
    if variant.group not in groups:
        raise _unknown(file, f"{where}.group", variant.group, "a group of groups.yml", sorted(groups))
    if variant.valid_to < variant.valid_from:
        raise ConfigError(f"{file}: {where}: valid_to lies before valid_from; swap them")
    for role, selection in variant.parts.items():
        key = f"{where}.{role}"
        if selection.country_group and selection.country_group not in countries:
            raise _unknown(
                file, f"{key}.country_group", selection.country_group, "a key of country_groups.yml", sorted(countries)
            )
        if selection.country_group and not countries[selection.country_group]:
            raise ConfigError(
                f"{file}: {key}.country_group: no source has a line for {selection.country_group!r}; "
                "give its version a citizenship_key, or say with missing_de what lacks"
            )
        for dataset_id in selection.datasets:
            dataset = catalog.datasets.get(dataset_id)
            if dataset is None:
                raise _unknown(file, f"{key}.datasets", dataset_id, "a dataset", sorted(catalog.datasets))
            measures = sorted({measure.measure for measure in dataset.measures})
            if selection.measure not in measures:
                raise _unknown(file, f"{key}.measure", selection.measure, f"a measure of {dataset_id}", measures)
            _check_ages(file, key, selection, dataset)
        _check_basis(file, key, selection, catalog)


def _check_ages(file: Path, key: str, selection: Selection, dataset: Dataset) -> None:
    """The parts of a sum of age groups must stand in every dataset, and the sum in none: it would count twice."""
    known = {value.sets["age_group"] for axis in dataset.axes for value in axis.values if "age_group" in value.sets}
    for member in selection.age_members:
        if member not in known:
            raise _unknown(file, f"{key}.age_sum.of", member, f"an age group of {dataset.id}", sorted(known))
    if selection.age_members and selection.age_group in known:
        raise ConfigError(
            f"{file}: {key}.age_sum.label: {dataset.id} itself names {selection.age_group!r}; write age_group instead"
        )


def _check_basis(file: Path, key: str, selection: Selection, catalog: Catalog) -> None:
    known = {
        basis
        for dataset_id in selection.datasets
        for basis in (
            *(rule.basis for rule in catalog.datasets[dataset_id].basis),
            *(measure.basis for measure in catalog.datasets[dataset_id].measures),
        )
        if basis
    }
    for basis in selection.basis:
        if basis not in (ANY, *known):
            raise _unknown(file, f"{key}.basis", basis, "a basis of its datasets", sorted(known))


def _unknown(file: Path, key: str, found: str, expected: str, known: Sequence[str]) -> ConfigError:
    return ConfigError(f"{file}: {key}: {found!r} is not {expected}; known: {', '.join(known)}")


def _day(value: str | None, default: date) -> date:
    return date.fromisoformat(value) if value else default
