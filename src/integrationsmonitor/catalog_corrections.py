"""The catalogue's corrections: known errors of a source, and what is published instead.

Comes in: `catalog/corrections.yml`. Goes out: frozen objects, in the order of the file (of two that contradict each
other the first counts). Refuses with file, id, key and fix: what the JSON schema does not know, ids that stand twice,
names that lead nowhere (a dataset, its measures, words and bases, a region), periods that end before they begin, an
override of more than one measure, region or day, numbers with more than six decimals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.observation import AXIS_FIELDS

ANY = "*"
# Fields of a selection whose words the dataset's file declares.
_WORDS = ("sex", "nationality", "citizenship_key", "age_group")
_SMALLEST, _LARGEST = Decimal("0.000001"), Decimal(10) ** 12


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


@dataclass(frozen=True)
class Correction:
    """One known error. `expect_sign` or `expect_value` is what an override replaces; the other is empty."""

    id: str
    dataset: str
    cells: Cells
    action: str
    value: Decimal | None
    expect_value: Decimal | None
    expect_sign: str | None
    flag: str | None
    reason_de: str
    reported_to: str | None
    reported_at: date | None
    not_reported_de: str | None
    status: str


def load_corrections(catalog: Catalog) -> tuple[Correction, ...]:
    """Read the file, check it against its schema and the catalogue; raises ConfigError."""
    file = catalog.path / "corrections.yml"
    corrections: dict[str, Correction] = {}
    for raw in read_checked(file, catalog.path / "schemas" / "corrections.schema.json")["corrections"]:
        key = f"{file}: {raw['id']}"
        if raw["id"] in corrections:
            raise ConfigError(f"{key}: this id stands twice; give the second correction one of its own")
        _refuse_idle_keys(key, raw)
        corrections[raw["id"]] = correction = _correction(key, raw)
        _check_cells(key, correction, catalog)
    return tuple(corrections.values())


def _refuse_idle_keys(key: str, raw: Mapping[str, Any]) -> None:
    """A key that would be without effect: whoever wrote it meant something else."""
    for name, action, what in (
        ("value", "override", "an override has a value"),
        ("expect", "override", "an override expects one"),
        ("flag", "flag", "the action flag sets one"),
    ):
        if name in raw and raw["action"] != action:
            raise ConfigError(f"{key}.{name}: only {what}; remove it, or choose another action")
    if raw["reported"] and "not_reported_de" in raw:
        raise ConfigError(f"{key}.not_reported_de: it was reported to {raw['reported']['to']}; remove one of the two")
    if {"regions", "region_prefix"} <= raw["cells"].keys():
        raise ConfigError(f"{key}.cells: regions and region_prefix both name regions; remove one of the two")


def _correction(key: str, raw: Mapping[str, Any]) -> Correction:
    reported, expect = raw["reported"] or {}, raw.get("expect")
    is_sign = isinstance(expect, str)
    return Correction(
        id=raw["id"],
        dataset=raw["dataset"],
        cells=_cells(raw["cells"]),
        action=raw["action"],
        value=_number(f"{key}.value", raw.get("value")),
        expect_value=None if is_sign else _number(f"{key}.expect", expect),
        expect_sign=expect if is_sign else None,
        flag=raw.get("flag"),
        reason_de=" ".join(raw["reason_de"].split()),
        reported_to=reported.get("to"),
        reported_at=date.fromisoformat(reported["date"]) if reported else None,
        not_reported_de=" ".join(raw.get("not_reported_de", "").split()) or None,
        status=raw["status"],
    )


def _cells(raw: Mapping[str, Any]) -> Cells:
    days = {name: date.fromisoformat(raw[name]) for name in ("period_from", "period_to")}
    lists = {name: tuple(raw[name]) for name in ("measures", "regions") if name in raw}
    return Cells(**{**raw, **days, **lists})


def _number(key: str, raw: Any) -> Decimal | None:
    """A number in the precision of an observation's value: what does not fit is refused, not rounded."""
    if raw is None:
        return None
    try:
        number = Decimal(str(raw))
        exact = number.is_finite() and abs(number) < _LARGEST and number == number.quantize(_SMALLEST)
    except InvalidOperation:
        exact = False
    if not exact:
        raise ConfigError(f"{key}: {raw!r} is no number of at most 12 digits before and 6 behind the point; correct it")
    return number


def _check_cells(key: str, correction: Correction, catalog: Catalog) -> None:
    dataset, cells = catalog.datasets.get(correction.dataset), correction.cells
    if dataset is None:
        raise _unknown(f"{key}.dataset", correction.dataset, "a dataset", catalog.datasets)
    if cells.period_to < cells.period_from:
        raise ConfigError(f"{key}.cells: period_to lies before period_from; swap them")
    for region in cells.regions:
        if region not in (ANY, *catalog.regions):
            raise _unknown(f"{key}.cells.regions", region, "a key of regions.yml", catalog.regions)
    if not any(region.startswith(cells.region_prefix) for region in catalog.regions):
        raise _unknown(f"{key}.cells.region_prefix", cells.region_prefix, "the beginning of a region", catalog.regions)
    if correction.action == "override":
        _refuse_many(key, cells)
    if dataset.measures:  # a file of quoted figures names its measures itself, line by line
        _check_words(f"{key}.cells", cells, dataset)


def _check_words(key: str, cells: Cells, dataset: Dataset) -> None:
    """Whether the dataset's file declares the words of a selection."""
    known = {measure.measure for measure in dataset.measures}
    for measure in cells.measures:
        if measure not in (ANY, *known):
            raise _unknown(f"{key}.measures", measure, f"a measure of {dataset.id}", known)
    bases = {rule.basis for rule in dataset.basis} | {m.basis for m in dataset.measures if m.basis}
    if cells.basis not in (ANY, *bases):
        raise _unknown(f"{key}.basis", cells.basis, f"a basis of {dataset.id}", bases)
    settings = [dataset.constants, *(measure.constants for measure in dataset.measures)]
    settings += [value.sets for axis in dataset.axes for value in axis.values]
    for field in _WORDS:
        words = {AXIS_FIELDS[field]} | {setting[field] for setting in settings if field in setting}
        word = getattr(cells, field)
        if word not in (ANY, *words):
            raise _unknown(f"{key}.{field}", word, f"a word of {dataset.id}", words)


def _refuse_many(key: str, cells: Cells) -> None:
    """An override replaces one number; whether the selection is narrow enough besides, the build sees."""
    for name, one in (
        ("measures", len(cells.measures) == 1 and ANY not in cells.measures),
        ("regions", len(cells.regions) == 1 and ANY not in cells.regions),
        ("period_to", cells.period_from == cells.period_to),
    ):
        if not one:
            raise ConfigError(f"{key}.cells.{name}: an override replaces exactly one number; name exactly one here")


def _unknown(key: str, found: str, expected: str, known: Collection[str]) -> ConfigError:
    return ConfigError(f"{key}: {found!r} is not {expected}; known: {', '.join(sorted(known))}")
