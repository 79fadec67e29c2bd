"""On which territory a value stands, and how it came there. Comes in: its row and parts. Goes out: German and facts.

A converted value tells the old Kreise with the share of each, after what they were divided, the changes of territory in
between with the source of their shares, and what all that is worth. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import rows

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
AS_PUBLISHED = "as_published"
# SQL: what stands on the same territory as the value in question; that of a published value goes with its own day.
SAME = "territory = $territory and (territory = 'as_published' or territory_date = $territory_date)"

_ELSEWHERE = """
    select value_id, territory, territory_date, value, numerator, denominator, status, unit, decimals, method, flags
    from mart_indicator
    where
        indicator_id = $indicator_id
        and variant = $variant
        and region_key = $region_key
        and period_type = $period_type
        and period_start = $period_start
        and period_end = $period_end
        and group_key = $group_key
        and value_id <> $value_id
        and not list_contains($withdrawn, value_id)
    order by territory, territory_date
"""
_STEPS = """
    select distinct step_id, text_de, source_de
    from dim_region_version
    where list_contains($ids, step_id)
    order by step_id
"""


def territory(con: duckdb.DuckDBPyConnection, row: Row, parts: Sequence[Row]) -> dict[str, Any]:
    """The territory of a value; `shares`, `steps` and `quality_de` are empty where nothing was converted."""
    touched = [part for part in parts if part.get("step_ids")]
    shares = [*_shares(con, parts)] if touched else []
    return {
        "kind": row["territory"],
        "date": row["territory_date"],
        "text_de": _standing(row, is_converted=bool(touched)),
        "shares": shares,
        "steps": _steps(con, touched),
        "quality_de": _quality(row, touched),
    }


def elsewhere(con: duckdb.DuckDBPyConnection, row: Row) -> list[dict[str, Any]]:
    """The same value on other territories, one line each; nothing beside a value that is no longer said."""
    if row["no_longer_said"]:
        return []
    told = ("value_id", "territory", "territory_date", "value", "status")
    found = rows(con, _ELSEWHERE, row)
    return [{**{name: entry[name] for name in told}, "text_de": _told(row, entry)} for entry in found]


def why_not(con: duckdb.DuckDBPyConnection, row: Row, parts: Sequence[Row]) -> str:
    """Why a value cannot be converted."""
    unknown = sorted({part["region_key"] for part in parts if part.get("step_ids") and part["weight"] is None})
    names = _names(con, unknown)
    of_whom = f" Ohne Anteil: {', '.join(f'{key} {names[key]}' for key in unknown)}." if unknown else ""
    return _not_convertible(row) + of_whom


def bounds_mean(row: Row) -> str:
    """What the bounds of an estimate do not measure; "" where they say all."""
    if row["method"] != "estimated" or row["value"] is None:
        return ""
    return (
        "Die Grenzen messen nur die Rundung der gedruckten Zahlen und Anteile, nicht den Fehler der Schätzung; "
        "der ist größer und nicht bekannt."
    )


def _standing(row: Row, *, is_converted: bool) -> str:
    day = words.day(row["territory_date"]) if row["territory_date"] else ""
    if row["territory"] == AS_PUBLISHED:
        return f"wie veröffentlicht, Gebietsstand {day}" if day else "wie veröffentlicht"
    if row["status"] == "not_convertible":
        return f"Gebietsstand {day}, nicht umrechenbar"
    if is_converted:
        return f"auf den Gebietsstand {day} umgerechnet"
    if "territory_step" in row["flags"].split("|"):
        return f"für den Gebietsstand {day}, aber wie veröffentlicht: Das Gebiet hat sich danach geändert"
    return f"Gebietsstand {day}; das Gebiet war dasselbe, wie veröffentlicht"


def _shares(con: duckdb.DuckDBPyConnection, parts: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Each old Kreis once per share; a side is named where numerator and denominator do not have the same."""
    found: dict[tuple[str, Decimal | None, str | None], set[str]] = {}
    for part in parts:
        if part["is_part_of_sum"]:
            found.setdefault((part["region_key"], part["weight"], part["weight_kind"]), set()).add(part["role"])
    all_sides = {side for sides in found.values() for side in sides}
    names = _names(con, [key for key, _, _ in found])
    for (key, weight, kind), sides in sorted(found.items(), key=lambda entry: (entry[0][0], sorted(entry[1]))):
        share = "Anteil unbekannt" if weight is None else f"× {words.number(weight)}"
        only = (
            "" if sides == all_sides else f" ({', '.join(words.ROLES[side] for side in sorted(sides, reverse=True))})"
        )
        yield {
            "region_key": key,
            "region_name": names[key],
            "weight": weight,
            "weight_kind": kind,
            "text_de": f"{key} {names[key]} {share}{only}",
        }


def _steps(con: duckdb.DuckDBPyConnection, touched: Sequence[Row]) -> list[dict[str, Any]]:
    ids = sorted({step for part in touched for step in part["step_ids"].split("|")})
    found = rows(con, _STEPS, {"ids": ids}) if ids else []
    return [{**step, "text_de": f"{step['text_de']} Quelle: {step['source_de']}."} for step in found]


def _quality(row: Row, touched: Sequence[Row]) -> str:
    """What the conversion is worth."""
    if not touched or row["value"] is None:
        return ""
    if row["method"] != "estimated":
        return "Genau: ganze Kreise sind zusammengelegt, keiner ist geteilt."
    kinds = sorted({part["weight_kind"] for part in touched if part["weight_kind"]})
    after = " und ".join(words.WEIGHTS[kind] for kind in kinds)
    told = f"Geschätzt: geteilt {after}, als verteilte sich das Gezählte innerhalb des Kreises ebenso."
    if "estimate_weak" not in row["flags"].split("|"):
        return told
    return f"{told} Die Schätzung ist schwach und taugt weder für Ränge noch für Warnungen."


def _told(row: Row, entry: Row) -> str:
    day = words.day(entry["territory_date"])
    where = f"wie veröffentlicht, Gebietsstand {day}" if entry["territory"] == AS_PUBLISHED else f"Gebietsstand {day}"
    if entry["value"] is None:
        reason = _not_convertible(entry) if entry["status"] == "not_convertible" else words.reason(entry["status"])
        return f"{where}: keine Zahl. {reason} ({entry['value_id']})"
    is_same = all(entry[name] == row[name] for name in ("value", "numerator", "denominator"))
    remark = ", dieselbe Zahl" if is_same else ", geschätzt" if entry["method"] == "estimated" else ""
    return f"{where}: {words.quoted(entry)}{remark} ({entry['value_id']})"


def _not_convertible(row: Row) -> str:
    reasons = [words.NOT_CONVERTIBLE[flag] for flag in row["flags"].split("|") if flag in words.NOT_CONVERTIBLE]
    return " ".join(reasons) or words.reason("not_convertible")


def _names(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, str]:
    sql = "select region_key, region_name from dim_region where list_contains($keys, region_key)"
    known = {entry["region_key"]: entry["region_name"] for entry in rows(con, sql, {"keys": [*keys]})} if keys else {}
    return {key: known.get(key, "") for key in keys}
