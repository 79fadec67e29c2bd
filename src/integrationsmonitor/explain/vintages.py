"""What a value was before, on the source's axis. Comes in: its row and parts. Goes out: its vintages, oldest first.

Two vintages that differ read differently, with as many decimals as that takes. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.release.news import STATUS_DE, decimals_apart

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]
_VINTAGES = """
    select vintage_no, value, status, revision_kind, known_from, known_to
    from mart_indicator_vintage
    where value_id = $value_id and axis = 'source'
    order by vintage_no
"""


def vintages(con: duckdb.DuckDBPyConnection, row: Row, parts: Sequence[Row]) -> list[dict[str, Any]]:
    """Every vintage, and the same as a line of text."""
    found = rows(con, _VINTAGES, row)
    decimals = row["decimals"]
    for before, after in pairwise(vintage["value"] for vintage in found if vintage["value"] is not None):
        decimals = max(decimals, decimals_apart(before, after, row["decimals"]))
    # One part that is only known to have been there by a day makes the day of the whole a bound, too.
    is_bound = any(part["known_from_quality"] == "upper_bound" for part in parts)
    since = "spätestens seit" if is_bound else "seit"
    return [{**vintage, "text_de": f"{_shown(vintage, row, decimals)} {since} {_told(vintage)}"} for vintage in found]


def _shown(vintage: Row, row: Row, decimals: int) -> str:
    if vintage["value"] is None:
        return f"keine Zahl ({STATUS_DE.get(vintage['status'], vintage['status'])})"
    return words.with_unit(words.number(vintage["value"], decimals), row["unit"])


def _told(vintage: Row) -> str:
    change = words.CHANGES.get(vintage["revision_kind"], vintage["revision_kind"])
    return f"{words.day(vintage['known_from'])}: {change}"
