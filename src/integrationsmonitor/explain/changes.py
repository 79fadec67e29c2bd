"""How a value differs from the one of the year before. Comes in: its row. Goes out: the changes, each with a line.

What the rounding of both values could have made is no difference, and said to be none. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import has, rows
from integrationsmonitor.release.news import decimals_apart

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
_CHANGES = """
    select
        change.measure,
        change.value,
        change.value_low,
        change.value_high,
        change.unit,
        change.is_within_rounding,
        change.reason,
        change.previous_value_id,
        before.period_end as previous_period_end,
        before.method as previous_method,
        break.text_de as break_de,
    from mart_indicator_change as change
    left join mart_indicator as before on change.previous_value_id = before.value_id
    left join dim_break as break on change.reason = concat('break:', break.break_id)
    where
        change.value_id = $value_id
        and not coalesce(list_contains($withdrawn, change.previous_value_id), false)
    order by change.measure
"""
_TOLD = ("measure", "value", "value_low", "value_high", "unit", "is_within_rounding", "reason", "previous_value_id")


def changes(con: duckdb.DuckDBPyConnection, row: Row) -> list[dict[str, Any]]:
    """The changes against the year before; none beside a value that is not there or is no longer said."""
    if row["no_longer_said"] or row["value"] is None or not has(con, "mart_indicator_change"):
        return []
    return [
        {**{name: change[name] for name in _TOLD}, "text_de": _told(row, change)} for change in rows(con, _CHANGES, row)
    ]


def _told(row: Row, change: Row) -> str:
    if change["reason"] is not None:
        why = change["break_de"] or words.NO_CHANGE.get(change["reason"], change["reason"])
        return f"nicht gebildet. {why}"
    decimals = decimals_apart(change["value"], Decimal(0), 1 if change["unit"] == "Prozent" else row["decimals"])
    against = f"gegenüber {words.day(change['previous_period_end'])}"
    remark = ", aus geschätzten Werten" if "estimated" in (row["method"], change["previous_method"]) else ""
    low, high = words.bounds(change["value_low"], change["value_high"], decimals)
    unit = words.unit_of_change(change["unit"])
    if change["is_within_rounding"]:
        return f"kein Unterschied jenseits der Rundung {against} (zwischen {low} und {high} {unit}){remark}"
    if change["value"] == 0:
        return f"unverändert {against}{remark}"
    sign = "+" if change["value"] > 0 else ""
    return f"{sign}{words.number(change['value'], decimals)} {unit} {against}{remark}"
