"""What makes a release readable in German: the views of the schema `deutsch`, and what its macros are.

Comes in: the release's database, its tables, their German names. Goes out: views and comments in it.
A view names its table without the database: so it means the table of its own file, under whatever name the file is
attached, and also where the attaching database has a table of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from integrationsmonitor.release.names import Names
from integrationsmonitor.release.promises import Promise
from integrationsmonitor.release.tables import Table, literal, quoted

if TYPE_CHECKING:
    import duckdb

SCHEMA = "deutsch"


def create(con: duckdb.DuckDBPyConnection, database: str, tables: Sequence[Table], names: Names) -> None:
    """Make one view per table, with German column names and the descriptions of the table."""
    here = f"{database}.{SCHEMA}"
    statements = ["begin", f"create schema {here}"]
    for table in tables:
        view = f"{here}.{quoted(names.view(table.name))}"
        headers = names.headers(table.name, [column.name for column in table.columns])
        columns = ", ".join(f"{quoted(name)} as {quoted(header)}" for name, header in headers.items())
        statements.append(f"create view {view} as select {columns} from main.{quoted(table.name)}")
        statements.append(f"comment on view {view} is {literal(table.comment)}")
        statements += [
            f"comment on column {view}.{quoted(headers[column.name])} is {literal(column.comment)}"
            for column in table.columns
        ]
    con.execute("; ".join([*statements, "commit"]))


def describe_macros(
    con: duckdb.DuckDBPyConnection, database: str, macros: Sequence[str], promises: Mapping[str, Promise]
) -> None:
    """Write beside each macro what dbt says of it."""
    for name in macros:
        if name in promises:
            here = f"{database}.main.{quoted(name)}"
            con.execute(f"comment on macro table {here} is {literal(promises[name].description)}")
