"""What is known of one value. Comes in: its row of mart_indicator and the release. Goes out: a dictionary for JSON.

Every number is one of the marts; the only arithmetic here is the factor that a formula multiplies by, and rounding for
people. A value that a person took back is told with its reason and without any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.explain.instead import factor_of, instead_of, other_variants, quotient

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
_ROLES = ("numerator", "denominator")


def of(con: duckdb.DuckDBPyConnection, row: Row) -> dict[str, Any]:
    """All facts of a value, as JSON has them."""
    (indicator,) = rows(con, "from dim_indicator where indicator_id = $indicator_id", row)
    (variant,) = rows(
        con,
        "from dim_indicator_variant where indicator_id = $indicator_id and variant = $variant",
        row,
    )
    (meta,) = rows(con, "from meta_release")
    parts = rows(con, "from mart_provenance where value_id = $value_id order by role desc, part_no", row)
    groups = rows(con, "select label_de from dim_group where group_key = $group_key", row)
    periods = rows(
        con,
        "select label_de from dim_period "
        "where period_type = $period_type and period_start = $period_start and period_end = $period_end",
        row,
    )
    quoted = _quoted(row)
    period = periods[0]["label_de"] if periods else words.day(row["period_end"])
    found = {
        "value_id": row["value_id"],
        "value": row["value"],
        "status": row["status"],
        "formula": indicator["formula_de"],
        "inputs": [_input(part) for part in parts],
        "quoted_de": quoted,
        "value_low": row["value_low"],
        "value_high": row["value_high"],
        "reason_de": _reason(con, row, variant),
        "indicator": _indicator(indicator),
        "variant": {
            "key": row["variant"],
            "label_de": variant["label_de"],
            "is_default": row["is_default"],
            "why_de": variant.get("why_de"),
        },
        "region": {"key": row["region_key"], "name": row["region_name"], "level": row["region_level"]},
        "group": {"key": row["group_key"], "label_de": groups[0]["label_de"] if groups else row["group_key"]},
        "period": {
            "type": row["period_type"],
            "start": row["period_start"],
            "end": row["period_end"],
            "label_de": period,
        },
        **{f"{role}{what}": row[f"{role}{what}"] for role in _ROLES for what in ("", "_date", "_status")},
        "calculation_de": _calculation(con, row, parts),
        "method": row["method"],
        "basis": row["basis"],
        "place": row["place"],
        "territory": {"kind": row["territory"], "date": row["territory_date"]},
        "flags": [{"flag": flag, "text_de": words.FLAGS.get(flag, flag)} for flag in row["flags"].split("|") if flag],
        "corrections": _corrections(con, parts),
        "vintages": _vintages(con, row),
        "variants": other_variants(con, row),
        "instead": instead_of(con, row) if row["value"] is None else None,
        "release": {name: meta[name] for name in ("release_id", "source_mode", "notice_de")},
        "citation_de": _citation(row, indicator, parts, meta, quoted, period),
    }
    return {name: plain(value) for name, value in found.items()}


def plain(value: Any) -> Any:
    """A value as JSON has it: whole numbers without decimals, days and moments as ISO text."""
    if isinstance(value, Mapping):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"  # the marts' moments are UTC
    return value.isoformat() if isinstance(value, date) else value


def _indicator(indicator: Row) -> dict[str, Any]:
    told = ("name_de", "numerator_de", "denominator_de", "unit", "decimals", "definition_version", "pitfalls_de")
    return {"id": indicator["indicator_id"], **{name: indicator[name] for name in told}}


def _input(part: Row) -> dict[str, Any]:
    """One observation behind the value."""
    has_origin = part["origin_file"] is not None
    told = ("role", "is_part_of_sum", "dataset_id", "measure", "region_key", "period_end", "basis", "status", "printed")
    origin = {name: part[f"origin_{name}"] for name in ("file", "sha256", "locator", "stand")} if has_origin else None
    return {
        **{name: part[name] for name in told},
        "value": part["used_value"],
        "observation_id": part["observation_id"],
        "raw_sha256": part["raw_sha256"],
        "raw_locator": part["raw_locator"],
        "column": part["raw_column"],
        "filename": part["filename"],
        "url": part["url"],
        "retrieved_at": part["retrieved_at"],
        "known_from": part["source_known_from"],
        "known_from_quality": part["known_from_quality"],
        "recorded_at": part["recorded_at"],
        "licence": part["licence_id"],
        "licence_url": part["licence_url"],
        "attribution": part["attribution"],
        "citation": part["citation"],
        "origin": origin,
    }


def _quoted(row: Row) -> str | None:
    """The value in the form in which it is quoted."""
    if row["value"] is None:
        return None
    return words.with_unit(words.number(row["value"], row["decimals"]), row["unit"])


def _calculation(con: duckdb.DuckDBPyConnection, row: Row, parts: Sequence[Row]) -> str | None:
    """The formula with its numbers, one decimal more than is quoted."""
    if row["value"] is None:
        return None
    result = words.with_unit(words.number(row["value"], row["decimals"] + 1), row["unit"])
    if row["method"] == "adopted":
        printed = parts[0]["used_value"]
        factor = row["value"] / printed if printed else Decimal(1)
        times = "" if factor == 1 else f" × {words.number(factor)}"
        return f"übernommen, wie veröffentlicht: {words.number(printed)}{times} = {result}"
    if row["denominator"] is None:
        return f"gezählt: {words.number(row['numerator'])}"
    return quotient(row, factor_of(con, row["indicator_id"]))


def _reason(con: duckdb.DuckDBPyConnection, row: Row, variant: Row) -> str | None:
    """Why there is no value, in plain words."""
    if row["value"] is not None:
        return None
    withdrawn = rows(con, "select reason_de from mart_withdrawal where value_id = $value_id", row)
    if withdrawn:
        return f"Nach der Veröffentlichung zurückgezogen, nicht weiter zu zitieren: {withdrawn[0]['reason_de']}"
    reason = words.REASONS.get(row["status"], row["status"])
    if row["status"] == "not_recorded" and variant.get("missing_de"):
        return f"{reason} {variant['missing_de']}"
    sides = {role: row[f"{role}_status"] for role in _ROLES if row[f"{role}_status"] not in (None, "value", "zero")}
    if len(sides) == 1 and row["denominator_status"] is not None:
        return f"{reason} Es fehlt der {'Zähler' if 'numerator' in sides else 'Nenner'}."
    return reason


def _corrections(con: duckdb.DuckDBPyConnection, parts: Sequence[Row]) -> list[dict[str, Any]]:
    """Known errors of the sources that were put right on the way to the value."""
    sql = """
        select correction_id, observation_id, action, printed_value, published_value, reason_de
        from mart_correction
        where is_applied and list_contains($ids, observation_id)
        order by all
    """
    return rows(con, sql, {"ids": [part["observation_id"] for part in parts]})


def _vintages(con: duckdb.DuckDBPyConnection, row: Row) -> list[dict[str, Any]]:
    """What the value was before, on the source's axis, oldest first."""
    sql = """
        select vintage_no, value, status, revision_kind, known_from, known_to, unit, decimals
        from mart_indicator_vintage
        where value_id = $value_id and axis = 'source'
        order by vintage_no
    """
    found = []
    for vintage in rows(con, sql, row):
        shown = _quoted(vintage) or f"keine Zahl ({vintage['status']})"
        change = words.CHANGES.get(vintage["revision_kind"], vintage["revision_kind"])
        text = f"{shown} seit {words.day(vintage['known_from'])}: {change}"
        told = ("vintage_no", "value", "status", "revision_kind", "known_from", "known_to")
        found.append({**{name: vintage[name] for name in told}, "text_de": text})
    return found


def _citation(row: Row, indicator: Row, parts: Sequence[Row], meta: Row, quoted: str | None, period: str) -> str | None:
    """A line to cite the value by: value, numbers, sources with Stand and licence, release."""
    if quoted is None:
        return None
    numbers = ""
    if row["denominator"] is not None and row["numerator"] is not None:
        numbers = f" ({words.number(row['numerator'])} von {words.number(row['denominator'])})"
    sources: dict[str, datetime] = {}
    for part in parts:
        source = f"{part['attribution']}|{part['known_from_quality']}|{part['licence_id']}"
        sources[source] = max(part["source_known_from"], sources.get(source, part["source_known_from"]))
    told = []
    for source, moment in sources.items():
        attribution, quality, licence = source.split("|")
        told.append(f"{attribution}, {words.known(moment, quality)} (Lizenz {licence})")
    quotes = sorted({part["citation"] for part in parts if part["citation"]})
    quoted_from = f"; zitiert nach: {'; '.join(quotes)}" if quotes else ""
    own = "übernommen" if row["method"] == "adopted" else "eigene Berechnung"
    mode = "aufgezeichnete Daten, " if meta["source_mode"] == "recorded" else ""
    return (
        f"{indicator['name_de']}, {row['region_name']}, {period}: {quoted}{numbers}. "
        f"{'; '.join(told)}{quoted_from}; {own}. "
        f"Integrationsmonitor Thüringen, {mode}Wert {row['value_id']}@{meta['release_id']}."
    )
