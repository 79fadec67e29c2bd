"""The release's database. Comes in: the candidate file, closed. Goes out: a fresh file with the published tables only.

Tables are created anew, column by column, and filled in a fixed order of rows: no free space, no staging view (those
store absolute paths), no index, no leftover of what dbt wrote. NOT NULL, comments and macros are kept; primary keys are
not (the gate has proved them, and their indexes would double the file).
Refuses: a candidate without a published table, a table name in two schemas, an ordering column that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import MonitorError

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.release.contract import ExportContract


@dataclass(frozen=True)
class Column:
    """One column: DuckDB type, whether it may be NULL, its description ("" where there is none)."""

    name: str
    type: str
    nullable: bool
    comment: str


@dataclass(frozen=True)
class Table:
    """One published table."""

    name: str
    schema: str
    columns: tuple[Column, ...]
    comment: str
    order: tuple[str, ...]
    rows: int = 0

    @property
    def order_by(self) -> str:
        """SQL of the fixed order: the key first, then every other column, so that equal keys cannot swap."""
        names = [*self.order, *(column.name for column in self.columns if column.name not in self.order)]
        return ", ".join(quoted(name) + " nulls last" for name in names)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def connection(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB without a file and without a way to the network; what does not fit into memory goes below `scratch`."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    con = duckdb.connect(":memory:", config=config)
    try:
        con.execute(f"set temp_directory = {literal(str(scratch))}")
        con.execute("set preserve_insertion_order = true")
        yield con
    finally:
        con.close()


def published_tables(con: duckdb.DuckDBPyConnection, database: str, contract: ExportContract) -> list[Table]:
    """The tables and views of the attached candidate that the contract lets out, by name."""
    comments = dict(
        con.execute(
            """select (schema_name, table_name), comment from duckdb_tables() where database_name = $1
            union all select (schema_name, view_name), comment from duckdb_views() where database_name = $1""",
            [database],
        ).fetchall()
    )
    rows = con.execute(
        """select schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns()
        where database_name = ? and not internal order by table_name, schema_name, column_index""",
        [database],
    ).fetchall()
    found: dict[str, dict[str, list[Column]]] = {}
    for schema, table, name, kind, nullable, comment in rows:
        if contract.in_warehouse(table):
            column = Column(name, kind, bool(nullable), comment or "")
            found.setdefault(table, {}).setdefault(schema, []).append(column)
    tables = []
    for name, by_schema in found.items():
        if len(by_schema) > 1:
            raise MonitorError(f"{name} exists in the schemas {', '.join(sorted(by_schema))}; one name, one table")
        schema, columns = next(iter(by_schema.items()))
        order = tuple(contract.order.get(name, ()))
        missing = [key for key in order if key not in {column.name for column in columns}]
        if missing:
            raise MonitorError(f"exports.yml orders {name} by {', '.join(missing)}, which it does not have")
        tables.append(Table(name, schema, tuple(columns), comments.get((schema, name)) or "", order))
    if not tables:
        raise MonitorError("the candidate warehouse holds no table that exports.yml publishes; run the build first")
    return tables


def copy_table(con: duckdb.DuckDBPyConnection, source: str, target: str, table: Table) -> Table:
    """Create the table in `target`.main, fill it in order, describe it; returns it with its number of rows."""
    return fill_table(con, f"{source}.{quoted(table.schema)}.{quoted(table.name)}", target, table)


def fill_table(con: duckdb.DuckDBPyConnection, relation: str, target: str, table: Table) -> Table:
    """The same with the rows of any relation that has the table's columns."""
    here = _create(con, target, table)
    names = ", ".join(quoted(column.name) for column in table.columns)
    con.execute(f"insert into {here} select {names} from {relation} order by {table.order_by}")
    return Table(table.name, "main", table.columns, table.comment, table.order, count(con, here))


def write_row(con: duckdb.DuckDBPyConnection, target: str, table: Table, values: Mapping[str, Any]) -> Table:
    """Create a table of exactly one row in `target`.main."""
    here = _create(con, target, table)
    marks = ", ".join("?" for _ in table.columns)
    con.execute(f"insert into {here} values ({marks})", [values[column.name] for column in table.columns])
    return Table(table.name, "main", table.columns, table.comment, table.order, 1)


def copy_macros(con: duckdb.DuckDBPyConnection, source: str, target: str) -> list[str]:
    """Copy the macros of the attached candidate into the empty target, defaults of their arguments included.

    DuckDB tells a macro's text, but not its defaults; only a copy of the whole schema keeps them. So the schema goes
    into a database in memory, loses its tables there, and what is left goes into the target. Returns the names.
    """
    con.execute("attach ':memory:' as shapes")
    con.execute(f"copy from database {source} to shapes (schema)")
    relations = con.execute(
        """select 'table', schema_name, table_name from duckdb_tables() where database_name = 'shapes'
        union all select 'view', schema_name, view_name from duckdb_views()
        where database_name = 'shapes' and not internal"""
    ).fetchall()
    for kind, schema, name in relations:
        con.execute(f"drop {kind} shapes.{quoted(schema)}.{quoted(name)} cascade")
    schemas = con.execute(
        """select schema_name from duckdb_schemas()
        where database_name = 'shapes' and schema_name <> 'main' and not internal"""
    ).fetchall()
    for (schema,) in schemas:
        con.execute(f"drop schema shapes.{quoted(schema)} cascade")
    con.execute(f"copy from database shapes to {target} (schema)")
    con.execute("detach shapes")
    found = con.execute(
        "select distinct function_name from duckdb_functions() where database_name = ? and not internal order by 1",
        [target],
    ).fetchall()
    return [name for (name,) in found]


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Rows of a relation."""
    row = con.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


def _create(con: duckdb.DuckDBPyConnection, target: str, table: Table) -> str:
    """Create the empty table with its descriptions, all at once: each commit waits for the disk; returns its name."""
    here = f"{target}.main.{quoted(table.name)}"
    columns = ", ".join(f"{quoted(c.name)} {c.type}{'' if c.nullable else ' not null'}" for c in table.columns)
    comments = {f"table {here}": table.comment} | {f"column {here}.{quoted(c.name)}": c.comment for c in table.columns}
    described = [f"comment on {what} is {literal(text)}" for what, text in comments.items() if text]
    con.execute("; ".join(["begin", f"create table {here} ({columns})", *described, "commit"]))
    return here
