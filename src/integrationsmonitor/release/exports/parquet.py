"""Tables as Parquet, for programs.

Comes in: a table of the release. Goes out: a file with types as in the warehouse, numbers unrounded, rows in the
table's order; what the table and its columns mean stands in the file's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor.release.tables import Table, literal

if TYPE_CHECKING:
    import duckdb


def write(
    con: duckdb.DuckDBPyConnection, relation: str, table: Table, compression: str, facts: Mapping[str, str], path: Path
) -> None:
    """Write one table; `facts` go into the file's metadata, beside its description and those of its columns."""
    described = {column.name: column.comment for column in table.columns if column.comment}
    metadata = {
        "table": table.name,
        "description_de": table.comment,
        "columns_de": json.dumps(described, ensure_ascii=False),
        **facts,
    }
    pairs = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in metadata.items())
    con.execute(
        f"copy (select * from {relation}) to {literal(str(path))} "
        f"(format parquet, compression {compression}, kv_metadata {{{pairs}}})"
    )
