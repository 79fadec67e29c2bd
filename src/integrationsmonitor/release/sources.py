"""Which datasets a published table is made from: who is to be named where it is used, and under which licence.

Comes in: the release's database. Goes out: `Source`s by table. A table that names its datasets (`dataset_id`,
`dataset_ids`) or whose rows are indicator values (`value_id`) has the sources of the rows it holds; any other table
(regions, definitions, periods) is our own compilation and has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrationsmonitor.release.tables import Table, quoted

if TYPE_CHECKING:
    import duckdb

# A definition names datasets that it may use, not ones that its own text comes from.
_DEFINITIONS = ("dim_",)
_FIELDS = (
    "dataset_id",
    "title_de",
    "publisher",
    "licence_id",
    "licence_url",
    "attribution",
    "last_known_from::date::varchar",
)


@dataclass(frozen=True)
class Source:
    """A dataset as it is to be quoted.

    `licence_url` is empty where the licence has no page of its own, `known_from` (the day of its newest figures) where
    it has given nothing yet.
    """

    dataset_id: str
    title_de: str
    publisher: str
    licence_id: str
    licence_url: str
    attribution: str
    known_from: str


def by_table(
    con: duckdb.DuckDBPyConnection, database: str, tables: Sequence[Table]
) -> Mapping[str, tuple[Source, ...]]:
    """The sources of every table, in the order of their ids."""
    names = {table.name for table in tables}
    if "dim_dataset" not in names:
        return {table.name: () for table in tables}
    rows = con.execute(f"select {', '.join(_FIELDS)} from {database}.main.dim_dataset order by dataset_id").fetchall()
    known = {row[0]: Source(*(entry or "" for entry in row)) for row in rows}
    return {
        table.name: tuple(source for dataset_id, source in known.items() if dataset_id in used)
        for table in tables
        for used in [_used(con, database, table, names)]
    }


def _used(con: duckdb.DuckDBPyConnection, database: str, table: Table, names: set[str]) -> set[str]:
    columns = {column.name for column in table.columns}
    here = f"{database}.main.{quoted(table.name)}"
    if table.name.startswith(_DEFINITIONS):
        return set()
    if "dataset_id" in columns:
        asked = f"select distinct dataset_id from {here}"
    elif "dataset_ids" in columns:
        asked = f"select distinct unnest(string_split(dataset_ids, '|')) from {here}"
    elif "value_id" in columns and "mart_indicator_dataset" in names:
        asked = f"select distinct dataset_id from {here} join {database}.main.mart_indicator_dataset using (value_id)"
    else:
        return set()
    return {row[0] for row in con.execute(asked).fetchall() if row[0]}
