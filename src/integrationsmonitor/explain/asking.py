"""Queries to a release. Comes in: SQL with `$name` in it, and the values. Goes out: rows as dictionaries.

The values are written into the SQL as literals: a bound parameter makes DuckDB import pandas, which takes longer than
all of an explanation. Refuses (TypeError) a value of a kind that has no literal here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

_NAME = re.compile(r"\$(\w+)")


def rows(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
    """The rows of a query; of the values only those are used that the SQL names."""
    found = con.execute(_NAME.sub(lambda name: _literal((values or {})[name[1]]), sql))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a release has a table; those of older versions lack some."""
    return bool(rows(con, "from duckdb_tables() where table_name = $table", {"table": table}))


def has_column(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether a table of a release has a column."""
    sql = "from duckdb_columns() where table_name = $table and column_name = $column"
    return bool(rows(con, sql, {"table": table, "column": column}))


def _literal(value: object) -> str:
    """A value as SQL has it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"date '{value.isoformat()}'"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]::varchar[]"
    raise TypeError(f"no SQL literal for {type(value).__name__}")
