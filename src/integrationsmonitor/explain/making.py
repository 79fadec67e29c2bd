"""How a value was made. Comes in: its row, its indicator and its parts. Goes out: formula, numbers, whose work it is.

What a source publishes and we pass on is never called our calculation; a sum, a quotient and an index are, and what is
made of parts of Kreise is called an estimate. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrationsmonitor.explain import words

Row = Mapping[str, Any]
_ROLES = {"numerator": "Zähler", "denominator": "Nenner"}
_SIGNS = {"difference": "−", "relation": "÷"}
ESTIMATED = "estimated"


def formula(row: Row, indicator: Row, parts: Sequence[Row]) -> str:
    """The formula that the variant follows; an adopted rate follows none."""
    if row["method"] != "adopted":
        return str(indicator["formula_de"])
    return f"Veröffentlichte Quote{_times(_adopted_factor(row, parts))}, übernommen"


def calculation(
    row: Row, parts: Sequence[Row], factor: int | None, variant: Row, pair: tuple[Row, Row] | None
) -> str | None:
    """The formula with its numbers, one decimal more than is quoted; `pair` are the two values that it is made of."""
    if row["value"] is None:
        return None
    if pair and row["denominator"] is None:
        one, other = (words.with_unit(words.number(side["value"], side["decimals"] + 1), side["unit"]) for side in pair)
        result = words.with_unit(words.number(row["value"], row["decimals"] + 1), row["unit"])
        times = _times(Decimal(variant["factor"])) if variant["formula"] == "relation" else ""
        return f"{one} {_SIGNS[variant['formula']]} {other}{times} = {result}"
    if row["method"] == "adopted":
        result = words.with_unit(words.number(row["value"], row["decimals"] + 1), row["unit"])
        printed = words.number(parts[0]["used_value"])
        return f"übernommen, wie veröffentlicht: {printed}{_times(_adopted_factor(row, parts))} = {result}"
    if row["denominator"] is None:
        return f"{_sum(parts, 'numerator') or _passed_on(row)}: {counted(row, 'numerator')}"
    sums = [f"; {_ROLES[role]}: {told}" for role in _ROLES if (told := _sum(parts, role))]
    return quotient(row, factor) + "".join(sums)


def quotient(entry: Row, factor: int | None) -> str:
    """`9.422 ÷ 106.776 × 100 = 8,82 %`, with one decimal more than is quoted."""
    times = _times(Decimal(factor or 1))
    result = words.with_unit(words.number(entry["value"], entry["decimals"] + 1), entry["unit"])
    return f"{counted(entry, 'numerator')} ÷ {counted(entry, 'denominator')}{times} = {result}"


def counted(entry: Row, role: str) -> str:
    """A number behind a value as it is told; an estimate with one decimal, since more of them would mean nothing."""
    return words.number(entry[role], 1 if entry.get("method") == ESTIMATED else None)


def whose(row: Row, variant: Row, parts: Sequence[Row]) -> str:
    """Whose work the value is, as a citation has to say it."""
    if row["method"] == "adopted":
        factor = _adopted_factor(row, parts)
        return _passed_on(row) + ("" if factor == 1 else f", mit {words.number(factor)} multipliziert")
    if row["method"] == ESTIMATED:
        return "eigene Schätzung"
    if row["denominator"] is not None or variant.get("of_indicator_id"):
        return "eigene Berechnung"
    told = _sum(parts, "numerator")
    return f"{told}, eigene Berechnung" if told else _passed_on(row)


def _passed_on(row: Row) -> str:
    return "von uns berichtigt" if "replaced_by_us" in row["flags"].split("|") else "übernommen"


def _adopted_factor(row: Row, parts: Sequence[Row]) -> Decimal:
    """By what a published rate is multiplied to have the indicator's unit."""
    used = parts[0]["used_value"] if parts else None
    return row["value"] / used if used and row["value"] is not None else Decimal(1)


def _times(factor: Decimal) -> str:
    return "" if factor == 1 else f" × {words.number(factor)}"


def _sum(parts: Sequence[Row], role: str) -> str:
    """What a number is the sum of: of (parts of) Kreise or of the age groups of a span; "" for no sum."""
    members = [part for part in parts if part["role"] == role and part["is_part_of_sum"]]
    regions = len({part["region_key"] for part in members})
    if any(part.get("step_ids") for part in members):
        return _of_territories(members, regions)
    if len(members) < 2:
        return ""
    return f"Summe von {regions} Kreisen" if regions > 1 else f"Summe von {len(members)} Altersgruppen"


def _of_territories(members: Sequence[Row], regions: int) -> str:
    """The numbers of the old Kreise with their shares: `2.344 + 2.950 × 0,97318431`."""
    if any(part["used_value"] is None for part in members):
        return f"Summe von {regions} Kreisen mit ihren Anteilen"
    found: dict[tuple[str, Decimal], Decimal] = {}
    for part in members:
        key = (part["region_key"], part["weight"])
        found[key] = found.get(key, Decimal(0)) + part["used_value"]
    return " + ".join(f"{words.number(value)}{_times(weight)}" for (_, weight), value in found.items())
