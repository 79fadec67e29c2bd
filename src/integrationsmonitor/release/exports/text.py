"""Tables as text: one CSV for programs, one for spreadsheets.

Comes in: a table of the release. Goes out: a file. Refuses a column that a cell cannot hold (lists, structs).

Both are UTF-8 with ISO dates; "no value" is an empty cell, its reason stands in `status`. The machine's: `,`, `.`,
technical names, texts as they are. The spreadsheet's: BOM, `;`, decimal comma, German headers, ja/nein, and an
apostrophe in front of what would be taken for a formula. Numbers are complete, trailing zeros cut.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.tables import Column, Table, literal, quoted

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.release.contract import Rounding

BOM = b"\xef\xbb\xbf"
# What makes Excel or LibreOffice read a cell as a formula, and the apostrophe itself, so that it can be undone.
FORMULA_STARTS = "=+-@\t\r\n'＝＋－＠"
_MAX_DECIMALS = 9
_AS_IT_IS = {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"}
_AS_IT_IS |= {"DATE", "DOUBLE", "FLOAT"}
_MOMENTS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}


def write_csv(con: duckdb.DuckDBPyConnection, relation: str, table: Table, path: Path) -> None:
    """Write one table for programs."""
    cells = [f"{_cell(table.name, column)} as {quoted(column.name)}" for column in table.columns]
    _copy(con, cells, relation, path, ",")


def write_excel_csv(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    table: Table,
    headers: Mapping[str, str],
    rounding: Rounding | None,
    path: Path,
) -> None:
    """Write one table for spreadsheets; `headers` are German, by column.

    `rounding` adds, behind each column that it names, the number as it is quoted: with as many decimals as its row
    says, all of them printed.
    """
    cells = []
    for column in table.columns:
        header = headers[column.name]
        cells.append(f"{_office_cell(table.name, column)} as {quoted(header)}")
        if rounding and column.name in rounding.columns:
            text = f"replace({rounded(column.name, rounding, '::varchar')}, '.', ',')"
            cells.append(f"{text} as {quoted(rounding.header(header))}")
    body = path.with_name(path.name + ".body")
    _copy(con, cells, relation, body, ";")
    with path.open("wb") as target, body.open("rb") as source:
        target.write(BOM)
        shutil.copyfileobj(source, target, 1 << 20)
    body.unlink()


def safe_text(column: str) -> str:
    """SQL: the text with an apostrophe in front where a spreadsheet would see a formula."""
    starts = literal(FORMULA_STARTS)
    return f"case when {column} <> '' and contains({starts}, left({column}, 1)) then '''' || {column} else {column} end"


def rounded(column: str, rounding: Rounding, cast: str) -> str:
    """SQL: commercial rounding (half away from zero) to the row's number of decimals, then `cast`."""
    value, decimals = quoted(column), quoted(rounding.decimals)
    cases = " ".join(
        f"when {digits} then ({value}::decimal(38, {digits})){cast}" for digits in range(_MAX_DECIMALS + 1)
    )
    return f"case {decimals} {cases} end"


def _copy(con: duckdb.DuckDBPyConnection, cells: list[str], relation: str, path: Path, delimiter: str) -> None:
    con.execute(
        f"copy (select {', '.join(cells)} from {relation}) to {literal(str(path))} "
        f"(format csv, header true, delimiter '{delimiter}', quote '\"', escape '\"', nullstr '')"
    )


def _cell(table: str, column: Column) -> str:
    name, kind = quoted(column.name), column.type
    if kind in _AS_IT_IS or kind in {"VARCHAR", "BOOLEAN"}:
        return name
    if kind.startswith("ENUM"):
        return f"{name}::varchar"
    if kind in _MOMENTS:
        return f"strftime({name}, '%Y-%m-%d %H:%M:%S')"
    if kind.startswith("DECIMAL"):
        text = f"{name}::varchar"
        return text if kind.endswith(",0)") else f"rtrim(rtrim({text}, '0'), '.')"
    raise MonitorError(f"{table}.{column.name} has the type {kind}, which no CSV cell can hold; make it a text")


def _office_cell(table: str, column: Column) -> str:
    cell = _cell(table, column)
    if column.type == "VARCHAR" or column.type.startswith("ENUM"):
        return safe_text(cell)
    if column.type == "BOOLEAN":
        return f"case when {cell} then 'ja' when not {cell} then 'nein' end"
    if column.type.startswith("DECIMAL") or column.type in {"DOUBLE", "FLOAT"}:
        return f"replace({cell}::varchar, '.', ',')"
    return cell
