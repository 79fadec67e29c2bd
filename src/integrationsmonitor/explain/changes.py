"""What is computed from a value beside others. Comes in: its row. Goes out: the measures, each with a line.

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
        change.compared_value_id,
        change.n_compared,
        before.period_end as compared_period_end,
        before.method as compared_method,
        break.text_de as break_de,
    from mart_indicator_change as change
    left join mart_indicator as before on change.compared_value_id = before.value_id
    left join dim_break as break on change.reason = concat('break:', break.break_id)
    where
        change.value_id = $value_id
        and not coalesce(list_contains($withdrawn, change.compared_value_id), false)
    order by change.measure
"""
_TOLD = (
    "measure",
    "value",
    "value_low",
    "value_high",
    "unit",
    "is_within_rounding",
    "reason",
    "compared_value_id",
    "n_compared",
)


def changes(con: duckdb.DuckDBPyConnection, row: Row) -> list[dict[str, Any]]:
    """The measures of a value; none beside one that is not there or is no longer said."""
    if row["no_longer_said"] or row["value"] is None or not has(con, "mart_indicator_change"):
        return []
    return [
        {**{name: change[name] for name in _TOLD}, "text_de": _told(row, change)} for change in rows(con, _CHANGES, row)
    ]


def _told(row: Row, change: Row) -> str:
    kind = change["measure"].split("_")[0]
    name = words.MEASURES.get(change["measure"])
    if change["reason"] is not None:
        why = change["break_de"] or words.NO_CHANGE.get(change["reason"], change["reason"])
        return (f"{name} " if name else "") + f"nicht gebildet. {why}"
    decimals = 1 if change["unit"] in ("Prozent", "Index") else row["decimals"]
    tell = {"position": _position, "mean": _mean, "index": _share, "ratio": _share}.get(kind, _difference)
    return tell(row, change, decimals)


def _position(_row: Row, change: Row, _decimals: int) -> str:
    low, high = (f"{change[bound]:.0f}" for bound in ("value_low", "value_high"))
    rounded = f", nach der Rundung der Quelle {low} bis {high}" if low != high else ""
    place = f"{change['value']:.0f} von {change['n_compared']} vergleichbaren Kreisen"
    return f"{words.MEASURES['position']} {place} (1 = am günstigsten){rounded}"


def _mean(row: Row, change: Row, decimals: int) -> str:
    number = words.number(change["value"], max(decimals, 1))
    return f"{words.MEASURES['mean_three_years']}: {words.with_unit(number, row['unit'])}"


def _share(_row: Row, change: Row, decimals: int) -> str:
    low, high = words.bounds(change["value_low"], change["value_high"], decimals)
    bounds = f" (zwischen {low} und {high})" if change["value_low"] != change["value_high"] else ""
    number = words.with_unit(words.number(change["value"], decimals), change["unit"])
    return f"{words.MEASURES[change['measure']]}: {number}{bounds}"


def _difference(row: Row, change: Row, decimals: int) -> str:
    """A change to an earlier value, or the gap to another group of people."""
    decimals = decimals_apart(change["value"], Decimal(0), decimals)
    gap = words.MEASURES.get(change["measure"])
    against = f"({gap})" if gap else f"gegenüber {words.day(change['compared_period_end'])}"
    remark = ", aus geschätzten Werten" if "estimated" in (row["method"], change["compared_method"]) else ""
    low, high = words.bounds(change["value_low"], change["value_high"], decimals)
    unit = words.unit_of_change(change["unit"])
    if change["is_within_rounding"]:
        return f"kein Unterschied jenseits der Rundung {against} (zwischen {low} und {high} {unit}){remark}"
    if change["value"] == 0:
        return f"{'kein Unterschied' if gap else 'unverändert'} {against}{remark}"
    sign = "+" if change["value"] > 0 else ""
    return f"{sign}{words.number(change['value'], decimals)} {unit} {against}{remark}"
