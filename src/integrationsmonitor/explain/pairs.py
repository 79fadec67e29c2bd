"""The two values that a value is made of. Comes in: its row and variant. Goes out: both rows, or nothing.

Only differences and relations are made of two values; everything else is made of observations. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain.asking import rows

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]

_SQL = """
    from mart_indicator
    where
        indicator_id = $made_of
        and variant = $its_variant
        and territory = $territory
        and (territory = 'as_published' or territory_date = $territory_date)
        and region_key = $region_key
        and period_type = $period_type
        and period_start = $period_start
        and period_end = $period_end
"""


def pair(con: duckdb.DuckDBPyConnection, row: Row, variant: Row) -> tuple[Row, Row] | None:
    """The value it is made of, and the one that is subtracted or divided by; None where it is made of observations."""
    if variant.get("of_indicator_id") is None:
        return None
    (one,), (other,) = (
        rows(con, _SQL, {**row, "made_of": variant[f"{side}_indicator_id"], "its_variant": variant[f"{side}_variant"]})
        for side in ("of", "against")
    )
    return one, other
