"""What is known of one value. Comes in: its row of mart_indicator and the release. Goes out: a dictionary for JSON.

Every number is one of the marts; the only arithmetic here is rounding for people. A value that is no longer said is
told with its reason and without any number; one that a person took back after the release was made with the number of
then, which is not to be cited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.decisions import CONFIDENTIAL, Withdrawal, no_longer_said
from integrationsmonitor.explain import making, territories, words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.explain.changes import changes
from integrationsmonitor.explain.citing import citation
from integrationsmonitor.explain.instead import factor_of, instead_of, other_variants
from integrationsmonitor.explain.pairs import pair
from integrationsmonitor.explain.vintages import vintages
from integrationsmonitor.vocabulary import FLAGS

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
_ROLES = ("numerator", "denominator")


def of(con: duckdb.DuckDBPyConnection, row: Row, withdrawn: Mapping[str, Withdrawal]) -> dict[str, Any]:
    """All facts of a value, as JSON has them; `withdrawn` are the decisions of today, whatever the release knew."""
    row = {**row, "no_longer_said": no_longer_said(row, withdrawn), "withdrawn": [*withdrawn]}
    (indicator,) = rows(con, "from dim_indicator where indicator_id = $indicator_id", row)
    (variant,) = rows(
        con,
        "from dim_indicator_variant where indicator_id = $indicator_id and variant = $variant",
        row,
    )
    (meta,) = rows(con, "from meta_release")
    parts = rows(
        con,
        "from mart_provenance where value_id = $value_id order by starts_with(role, 'against'), role desc, part_no",
        row,
    )
    groups = rows(con, "select label_de from dim_group where group_key = $group_key", row)
    periods = rows(
        con,
        "select label_de from dim_period "
        "where period_type = $period_type and period_start = $period_start and period_end = $period_end",
        row,
    )
    period = periods[0]["label_de"] if periods else words.day(row["period_end"])
    found = {
        "value_id": row["value_id"],
        "value": row["value"],
        "status": row["status"],
        "formula": making.formula(row, indicator, parts),
        "inputs": [_input(part) for part in parts],
        "quoted_de": None if row["value"] is None else words.quoted(row),
        "value_low": row["value_low"],
        "value_high": row["value_high"],
        "bounds_de": territories.bounds_mean(row),
        "reason_de": _reason(con, row, variant, parts, withdrawn.get(row["value_id"])),
        "withdrawal": _withdrawal(withdrawn.get(row["value_id"])),
        "indicator": indicator_of(indicator),
        "variant": {
            "key": row["variant"],
            "label_de": variant["label_de"],
            "is_default": row["is_default"],
            "may_default": words.speaks(variant),
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
        "calculation_de": making.calculation(
            row, parts, factor_of(con, row["indicator_id"]), variant, pair(con, row, variant)
        ),
        "method": row["method"],
        "basis": row["basis"],
        "place": row["place"],
        "territory": territories.territory(con, row, parts),
        "elsewhere": territories.elsewhere(con, row),
        "flags": [{"flag": flag, "text_de": FLAGS.get(flag, flag)} for flag in row["flags"].split("|") if flag],
        "corrections": _corrections(con, row, parts),
        "vintages": [] if row["no_longer_said"] else vintages(con, row, parts),
        "changes": changes(con, row),
        "variants": other_variants(con, row),
        "instead": instead_of(con, row) if row["value"] is None else None,
        "release": {name: meta[name] for name in ("release_id", "source_mode", "notice_de")},
        "citation_de": None
        if row["value"] is None or row["no_longer_said"]
        else citation(row, indicator, variant, parts, meta, period=period),
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


def indicator_of(indicator: Row) -> dict[str, Any]:
    """What is told of an indicator, whether there is a value or none."""
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
        "weight": part.get("weight", Decimal(1)),
        "weight_quality": part.get("weight_quality", "exact"),
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


def _reason(
    con: duckdb.DuckDBPyConnection, row: Row, variant: Row, parts: Sequence[Row], decision: Withdrawal | None
) -> str | None:
    """Why there is no value, in plain words."""
    if row["value"] is not None:
        return None
    told = [entry["reason_de"] for entry in rows(con, "from mart_withdrawal where value_id = $value_id", row)]
    if decision:
        told.append(decision.reason)
    if told:
        return f"Nach der Veröffentlichung zurückgezogen, nicht weiter zu zitieren: {told[0]}"
    if row["no_longer_said"] == CONFIDENTIAL:
        return words.CONFIDENTIAL
    if row["status"] == "not_convertible":
        return territories.why_not(con, row, parts)
    reason = words.reason(row["status"])
    if row["status"] == "not_recorded" and variant.get("missing_de"):
        return f"{reason} {variant['missing_de']}"
    sides = {role: row[f"{role}_status"] for role in _ROLES if row[f"{role}_status"] not in (None, "value", "zero")}
    if len(sides) == 1 and row["denominator_status"] is not None:
        return f"{reason} Es fehlt der {'Zähler' if 'numerator' in sides else 'Nenner'}."
    return reason


def _withdrawal(decision: Withdrawal | None) -> dict[str, Any] | None:
    """That a person took the value back, when and why."""
    if decision is None:
        return None
    told = f"zurückgezogen am {words.day(datetime.fromisoformat(decision.at))}: {decision.reason.rstrip('.')}"
    return {"at": decision.at, "reason_de": decision.reason, "text_de": f"{told}; nicht weiter zu zitieren."}


def _corrections(con: duckdb.DuckDBPyConnection, row: Row, parts: Sequence[Row]) -> list[dict[str, Any]]:
    """Known errors of the sources that were put right on the way to the value; without numbers once that is unsaid."""
    sql = """
        select correction_id, observation_id, action, printed_value, published_value, reason_de
        from mart_correction
        where is_applied and list_contains($ids, observation_id)
        order by all
    """
    found = rows(con, sql, {"ids": [part["observation_id"] for part in parts]})
    hidden = {"printed_value": None, "published_value": None} if row["no_longer_said"] else {}
    return [{**entry, **hidden} for entry in found]
