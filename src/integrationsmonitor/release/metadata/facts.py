"""What is true of the files of a release: keys, links, words, periods.

Comes in: the tables that left, their Parquet files, the suites of the gate. Goes out: `Facts` by table. A key or a set
of words is named only where the gate demands it or exports.yml orders by it, and every key and link is counted in the
files: what does not hold is not claimed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.release.tables import Table, connection, literal, quoted

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.release.exports import Exported

# A value that is named here may be gone from mart_indicator: these tables tell of the past.
_TELL_OF_THE_PAST = {"mart_publication", "mart_withdrawal"}


@dataclass(frozen=True)
class Facts:
    """Of one table: its key (() where none), columns without an empty cell, the words a column may hold.

    `links` names the table whose key a column is; `period` the first and last day that its rows speak of.
    """

    key: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    period: tuple[date | None, date | None] = (None, None)


def of_tables(exported: Sequence[Exported], target: Path, suites: Path, scratch: Path) -> dict[str, Facts]:
    """The facts of every table."""
    with connection(scratch) as con:
        for entry in exported:
            path = literal(str(target / (entry.path("parquet") or "")))
            con.execute(f"create view {quoted(entry.table.name)} as select * from read_parquet({path})")
        demanded = {entry.table.name: _demanded(suites / f"{entry.table.name}.json") for entry in exported}
        required = {entry.table.name: frozenset(_required(con, entry.table)) for entry in exported}
        keys = {
            entry.table.name: _key(con, entry.table, demanded[entry.table.name], required[entry.table.name])
            for entry in exported
        }
        homes = {
            key[0]: table
            for table, key in keys.items()
            if len(key) == 1 and (table.startswith("dim_") or (table, key) == ("mart_indicator", ("value_id",)))
        }
        return {
            entry.table.name: Facts(
                keys[entry.table.name],
                required[entry.table.name],
                dict(_words(demanded[entry.table.name])),
                dict(_links(con, entry.table, homes)),
                _period(con, entry.table),
            )
            for entry in exported
        }


def _demanded(suite: Path) -> list[Mapping[str, Any]]:
    """What the gate demands of the table without exception; a table without a suite has nothing."""
    if not suite.is_file():
        return []
    expectations = json.loads(suite.read_text(encoding="utf-8"))["expectations"]
    return [e for e in expectations if e["severity"] == "critical" and "row_condition" not in e["kwargs"]]


def _required(con: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Columns that hold something in every row; an empty text is an empty cell in a CSV."""
    filled = [column for column in table.columns if not column.nullable]
    texts = [column.name for column in filled if column.type == "VARCHAR"]
    empty = [f"count(*) filter ({quoted(name)} = '')" for name in texts]
    found = con.execute(f"select {', '.join(['count(*)', *empty])} from {quoted(table.name)}").fetchone() or ()
    has_empty = {name for name, count in zip(texts, found[1:], strict=True) if count}
    yield from (column.name for column in filled if column.name not in has_empty)


def _key(
    con: duckdb.DuckDBPyConnection, table: Table, demanded: Sequence[Mapping[str, Any]], required: frozenset[str]
) -> tuple[str, ...]:
    """The shortest of the keys that are demanded, else the order of the rows, if no two rows share it."""
    wanted = [
        tuple(kwargs.get("column_list", [kwargs.get("column")]))
        for kwargs in (e["kwargs"] for e in demanded if e["type"].endswith("_to_be_unique"))
    ]
    for key in [*sorted(wanted, key=len), table.order]:
        if key and required.issuperset(key):
            columns = ", ".join(quoted(name) for name in key)
            distinct = con.execute(f"select count(*) from (select distinct {columns} from {quoted(table.name)})")
            if distinct.fetchone() == (table.rows,):
                return key
    return ()


def _words(demanded: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Sequence[str]]]:
    for expectation in demanded:
        words = expectation["kwargs"].get("value_set", [])
        is_set = expectation["type"] == "expect_column_values_to_be_in_set"
        if is_set and all(isinstance(word, str) for word in words):
            yield expectation["kwargs"]["column"], words


def _links(con: duckdb.DuckDBPyConnection, table: Table, homes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Columns that are the key of another table in every row that holds one."""
    asked = {
        column.name: home
        for column in table.columns
        for home in [homes.get(column.name, table.name)]
        if home != table.name and not (home == "mart_indicator" and table.name in _TELL_OF_THE_PAST)
    }
    if asked:
        lost = [
            f"count(*) filter ({name} is not null and {name} not in (select {name} from {quoted(home)}))"
            for name, home in ((quoted(column), home) for column, home in asked.items())
        ]
        found = con.execute(f"select {', '.join(lost)} from {quoted(table.name)}").fetchone() or ()
        yield from (link for link, count in zip(asked.items(), found, strict=True) if count == 0)


def _period(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[date | None, date | None]:
    columns = {column.name for column in table.columns}
    if "period_end" not in columns:
        return (None, None)
    first = "min(period_start)" if "period_start" in columns else "null::date"
    found = con.execute(f"select {first}, max(period_end) from {quoted(table.name)}").fetchone()
    return (found[0], found[1]) if found else (None, None)
