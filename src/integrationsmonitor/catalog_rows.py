"""Indicators, breaks, citizenships, territories, an operator's lists as rows of the input tables: SQL opens no list.

Comes in: the catalogue's objects. Goes out: rows by the names of their tables (`catalog_tables.SCHEMAS`). Refuses
nothing: whatever was loaded was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from integrationsmonitor.catalog_cells import Cells
from integrationsmonitor.catalog_lists import Lists
from integrationsmonitor.indicator import IndicatorCatalog, Selection, variants_by_name
from integrationsmonitor.region import FIRST_DAY, LAST_DAY, Region
from integrationsmonitor.territory import Territory, touched_units, versions, weights

Row = dict[str, Any]
_FORMS = {"Landkreis": "landkreis", "kreisfreie Stadt": "kreisfreie_stadt"}


def indicator_rows(indicators: IndicatorCatalog) -> Mapping[str, Iterable[Row]]:
    """The tables of indicators and breaks."""
    return {
        "catalog_indicator": _indicators(indicators),
        "catalog_indicator_variant": _variants(indicators),
        "catalog_indicator_part": _parts(indicators),
        "catalog_age_sum": _age_sums(indicators),
        "catalog_break": _breaks(indicators),
    }


def _indicators(indicators: IndicatorCatalog) -> Iterator[Row]:
    for indicator in indicators.indicators:
        row = {name: value for name, value in vars(indicator).items() if name not in {"id", "references", "variants"}}
        yield row | {
            "indicator_id": indicator.id,
            "pitfalls_de": " ".join(indicator.pitfalls_de),
            **{f"ref_{name}": text or None for name, text in indicator.references.items()},
        }


def _variants(indicators: IndicatorCatalog) -> Iterator[Row]:
    known = variants_by_name(indicators.indicators)
    for indicator in indicators.indicators:
        for variant in indicator.variants:
            of, against, persons = variant.of, variant.against, variant.persons
            # The day of its denominator is that of the value it is made of.
            dated = known[of] if of else variant
            yield {
                "indicator_id": indicator.id,
                "variant": variant.key,
                "label_de": variant.label_de,
                "priority": variant.priority,
                "group_key": variant.group,
                "formula": variant.formula,
                "factor": variant.factor,
                "half_unit": Decimal(variant.half_unit) if variant.half_unit else None,
                "region_levels": "|".join(dated.region_levels),
                "needs_denominator": variant.denominator is not None,
                "denominator_region": dated.denominator_region,
                "denominator_date": dated.denominator_date,
                "denominator_lag_years": dated.denominator_lag_years,
                "denominator_fixed_date": dated.denominator_fixed_date,
                "basis_rule": variant.basis_rule,
                "of_indicator_id": of.indicator if of else None,
                "of_variant": of.variant if of else None,
                "against_indicator_id": against.indicator if against else None,
                "against_variant": against.variant if against else None,
                "compared_with": "|".join(variant.compared_with),
                "persons_indicator_id": persons.indicator if persons else None,
                "persons_variant": persons.variant if persons else None,
                "may_default": variant.may_default,
                "valid_from": bound(variant.valid_from),
                "valid_to": bound(variant.valid_to),
                "why_de": variant.why_de,
                "missing": variant.missing,
                "missing_de": variant.missing_de,
            }


def _parts(indicators: IndicatorCatalog) -> Iterator[Row]:
    """One row per dataset, basis and version of the group of countries."""
    for indicator_id, variant, role, selection in _selections(indicators):
        for dataset_rank, dataset_id in enumerate(selection.datasets, start=1):
            for basis_rank, basis in enumerate(selection.basis, start=1):
                for citizenship_key, first, last in _citizenships(selection, indicators):
                    yield {
                        "indicator_id": indicator_id,
                        "variant": variant,
                        "role": role,
                        "dataset_id": dataset_id,
                        "dataset_rank": dataset_rank,
                        "measure": selection.measure,
                        "sex": selection.sex,
                        "nationality": selection.nationality,
                        "citizenship_key": citizenship_key,
                        "age_group": selection.age_group,
                        "dimensions": selection.dimensions,
                        "place": selection.place,
                        "basis": basis,
                        "basis_rank": basis_rank,
                        "valid_from": first,
                        "valid_to": last,
                        "land_sum": selection.land_sum,
                    }


def _age_sums(indicators: IndicatorCatalog) -> Iterator[Row]:
    """One row per member of an age group that is a sum, in each dataset that it is made from; none twice."""
    members = {
        (dataset_id, selection.measure, selection.age_group, member): None
        for _, _, _, selection in _selections(indicators)
        for dataset_id in selection.datasets
        for member in selection.age_members
    }
    for dataset_id, measure, age_group, member in members:
        yield {"dataset_id": dataset_id, "measure": measure, "age_group": age_group, "member": member}


def _breaks(indicators: IndicatorCatalog) -> Iterator[Row]:
    """One row per break and combination of what it touches; `*` is any."""
    for found in indicators.breaks:
        plain = {name: value for name, value in vars(found).items() if name not in {"id", "at", "touches"}}
        for touch in found.touches:
            for dataset_id, measure, variant, region in product(
                touch.datasets, touch.measures, touch.variants, touch.regions
            ):
                yield {
                    "break_id": found.id,
                    "break_at": found.at,
                    "dataset_id": dataset_id,
                    "measure": measure,
                    "indicator_id": touch.indicator,
                    "variant": variant,
                    "region_key": region,
                } | plain


def citizenship_rows(indicators: IndicatorCatalog) -> dict[str, Iterable[Row]]:
    """The citizenships, and of each way to count by them one row per cell that is added up."""
    return {
        "catalog_citizenship": (
            {"citizenship_key": found.key, "name_de": found.name_de, "iso2": found.iso2, "continent": found.continent}
            for found in indicators.citizenships
        ),
        "catalog_citizenship_count": _citizenship_counts(indicators),
    }


def _citizenship_counts(indicators: IndicatorCatalog) -> Iterator[Row]:
    for count in indicators.citizenship_counts:
        cells = [*count.words]
        for words in cells:
            yield {
                "dataset_id": count.dataset,
                "measure": count.measure,
                "sex": words.pop("sex"),
                "dimensions": "|".join(f"{field}={word}" for field, word in sorted(words.items())),
                "n_cells": len(cells),
                "absent_high": None if count.absent_high is None else Decimal(count.absent_high),
                "limits_de": count.limits_de,
            }


def territory_rows(territory: Territory, regions: Mapping[str, Region]) -> dict[str, Iterable[Row]]:
    """The `catalog_…` tables of territories, by their names."""
    return {
        "catalog_region_version": _versions(territory, regions),
        "catalog_territory_target": (
            {"territory_key": territory_key(target), "target_date": target} for target in territory.targets
        ),
        "catalog_territory_unit": (
            {"territory_key": territory_key(target), "region_key": unit}
            for target in territory.targets
            for unit in sorted(touched_units(territory, target))
        ),
        "catalog_territory_weight": _weights(territory, regions),
    }


def list_rows(lists: Lists, regions: Mapping[str, Region]) -> dict[str, Iterable[Row]]:
    """The `catalog_…` tables of the lists that an operator keeps, by their names."""
    return {
        "catalog_region_type": [
            *_forms(regions),
            *({"scheme": "bbsr"} | _dated(found) for found in lists.region_types),
        ],
        "catalog_reception_centre": (_dated(found) for found in lists.centres),
        "catalog_concept": (vars(found) for found in lists.concepts),
    }


def _forms(regions: Mapping[str, Region]) -> Iterator[Row]:
    """What every Kreis is by its own law."""
    for region in regions.values():
        if region.level == "kreis" and region.kind in _FORMS:
            yield {
                "scheme": "verwaltungsform",
                "region_key": region.key,
                "type_key": _FORMS[region.kind],
                "type_de": region.kind,
                "valid_from": bound(region.valid_from),
                "valid_to": bound(region.valid_to),
                "source_de": "Amtliche Gemeindeschlüssel",
            }


def _dated(found: Any) -> Row:
    return {**vars(found), "valid_from": bound(found.valid_from), "valid_to": bound(found.valid_to)}


def territory_key(target: date) -> str:
    """The word for a territory in the tables between catalogue and marts."""
    return f"harmonised {target}"


def _versions(territory: Territory, regions: Mapping[str, Region]) -> Iterator[Row]:
    steps = {step.id: step for step in territory.steps}
    for version in versions(territory, regions):
        step = steps.get(version.step)
        yield {
            "region_key": version.region_key,
            "version_no": version.number,
            "valid_from": bound(version.valid_from),
            "valid_to": bound(version.valid_to),
            "step_id": version.step or None,
            "text_de": step.text_de if step else None,
            "source_de": step.source_de if step else None,
        }


def _weights(territory: Territory, regions: Mapping[str, Region]) -> Iterator[Row]:
    for weight in weights(territory, regions):
        yield {
            "territory_key": territory_key(weight.target),
            "applies_from": weight.first,
            "applies_to": weight.last,
            "weight_kind": weight.kind,
            "from_key": weight.from_key,
            "to_key": weight.to_key,
            "weight": weight.share,
            "weight_low": weight.low,
            "weight_high": weight.high,
            "quality": weight.quality,
            "steps": "|".join(weight.steps),
            "reason": weight.reason,
            "after_step": weight.after,
        }


def _selections(indicators: IndicatorCatalog) -> Iterator[tuple[str, str, str, Selection]]:
    for indicator in indicators.indicators:
        for variant in indicator.variants:
            for role, selection in variant.parts.items():
                yield indicator.id, variant.key, role, selection


def _citizenships(selection: Selection, indicators: IndicatorCatalog) -> Iterator[tuple[str, date | None, date | None]]:
    if not selection.country_group:
        yield selection.citizenship_key, None, None
        return
    for version in indicators.country_groups:
        if version.group == selection.country_group:
            yield version.citizenship_key, bound(version.valid_from), bound(version.valid_to)


def cells_rows(cells: Cells) -> Iterator[Row]:
    """One row per measure and region that a selection names, `*` where it names none."""
    plain = {name: value for name, value in vars(cells).items() if name not in ("measures", "regions")}
    for measure, region in product(cells.measures, cells.regions):
        yield {"measure": measure, "region_key": region} | plain


def bound(day: date) -> date | None:
    """A bound of time as the tables hold it: nothing where there is none."""
    return None if day in (FIRST_DAY, LAST_DAY) else day
