"""What the tests with programs of offices share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


def held(exports: Path, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of a table as its Parquet file has them."""
    return duckdb.sql(f"select {columns} from read_parquet('{exports}/parquet/{table}.parquet')").fetchall()
