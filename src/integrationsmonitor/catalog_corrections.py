"""The catalogue's corrections: known errors of a source, and what is published instead.

Comes in: `catalog/corrections.yml`. Goes out: frozen objects, in the order of the file (of two that contradict each
other the first counts). Refuses with file, id, key and fix: what the JSON schema does not know, ids that stand twice,
what catalog_cells.py refuses, an override of more than one measure, region or day, numbers with more than six decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_cells import ANY, Cells, read_cells
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError

_SMALLEST, _LARGEST = Decimal("0.000001"), Decimal(10) ** 12


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
        corrections[raw["id"]] = correction = _correction(key, raw, catalog)
        if correction.action == "override":
            _refuse_many(key, correction.cells)
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


def _correction(key: str, raw: Mapping[str, Any], catalog: Catalog) -> Correction:
    reported, expect = raw["reported"] or {}, raw.get("expect")
    is_sign = isinstance(expect, str)
    return Correction(
        id=raw["id"],
        dataset=raw["dataset"],
        cells=read_cells(key, raw["cells"], raw["dataset"], catalog),
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


def _refuse_many(key: str, cells: Cells) -> None:
    """An override replaces one number; whether the selection is narrow enough besides, the build sees."""
    for name, one in (
        ("measures", len(cells.measures) == 1 and ANY not in cells.measures),
        ("regions", len(cells.regions) == 1 and ANY not in cells.regions),
        ("period_to", cells.period_from == cells.period_to),
    ):
        if not one:
            raise ConfigError(f"{key}.cells.{name}: an override replaces exactly one number; name exactly one here")
