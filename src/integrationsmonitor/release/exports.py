"""Files for people and machines.

Comes in: the release's tables and the contract. Goes out: CSV, Parquet, README.txt, latest.json.
Refuses a column that a CSV cell cannot hold (lists, structs).

The same rows give the same bytes: no build time and no release id stands in a data file but meta_release, and those of
earlier changes in mart_publication.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.tables import Column, Table, literal, quoted

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.release.contract import ExportContract

BOM = b"\xef\xbb\xbf"
# What makes Excel or LibreOffice read a cell as a formula, and the apostrophe itself, so that it can be undone.
FORMULA_STARTS = "=+-@\t\r\n'＝＋－＠"
_PLAIN = {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"}
_MAX_DECIMALS = 9


def write_csv(
    con: duckdb.DuckDBPyConnection, relation: str, table: Table, contract: ExportContract, path: Path
) -> None:
    """Write one table as a spreadsheet CSV: BOM, `;`, decimal comma, ISO dates, safe against formulas."""
    body = path.with_name(path.name + ".body")
    select = ", ".join(_csv_columns(table, contract))
    con.execute(
        f"copy (select {select} from {relation} order by {table.order_by}) to {literal(str(body))} "
        "(format csv, header true, delimiter ';', quote '\"', escape '\"', nullstr '')"
    )
    with path.open("wb") as target, body.open("rb") as source:
        target.write(BOM)
        shutil.copyfileobj(source, target, 1 << 20)
    body.unlink()


def write_parquet(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    table: Table,
    contract: ExportContract,
    path: Path,
    facts: dict[str, str],
) -> None:
    """Write one table as Parquet with its description, its columns' descriptions and `facts` as file metadata."""
    described = {column.name: column.comment for column in table.columns if column.comment}
    metadata = {
        "table": table.name,
        "description_de": table.comment,
        "columns_de": json.dumps(described, ensure_ascii=False),
        **facts,
    }
    pairs = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in metadata.items())
    con.execute(
        f"copy (select * from {relation} order by {table.order_by}) to {literal(str(path))} "
        f"(format parquet, compression {contract.compression}, kv_metadata {{{pairs}}})"
    )


def safe_text(column: str) -> str:
    """SQL: the text with an apostrophe in front where a spreadsheet would see a formula."""
    starts = literal(FORMULA_STARTS)
    return f"case when {column} <> '' and contains({starts}, left({column}, 1)) then '''' || {column} else {column} end"


def _csv_columns(table: Table, contract: ExportContract) -> list[str]:
    rounded = contract.rounded.get(table.name, {"columns": [], "decimals": ""})
    names = {column.name for column in table.columns}
    missing = [name for name in [*rounded["columns"], rounded["decimals"]] if name and name not in names]
    if missing:
        raise MonitorError(f"exports.yml rounds {table.name} by {', '.join(missing)}, which it does not have")
    selected = []
    for column in table.columns:
        selected.append(f"{_csv_value(table.name, column)} as {quoted(column.name)}")
        if column.name in rounded["columns"]:
            text = _rounded(quoted(column.name), quoted(rounded["decimals"]))
            selected.append(f"{text} as {quoted(column.name + '_rounded')}")
    return selected


def _csv_value(table: str, column: Column) -> str:
    name, kind = quoted(column.name), column.type
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        return safe_text(f"{name}::varchar")
    if kind in _PLAIN or kind in {"BOOLEAN", "DATE"}:
        return name
    if kind in {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}:
        return f"strftime({name}, '%Y-%m-%d %H:%M:%S')"
    if kind.startswith("DECIMAL"):
        text = f"{name}::varchar"
        whole = kind.endswith(",0)")
        return text if whole else f"replace(rtrim(rtrim({text}, '0'), '.'), '.', ',')"
    if kind in {"DOUBLE", "FLOAT"}:
        return f"replace({name}::varchar, '.', ',')"
    raise MonitorError(f"{table}.{column.name} has the type {kind}, which no CSV cell can hold; make it a text")


def _rounded(value: str, decimals: str) -> str:
    """SQL: commercial rounding (half away from zero) to the row's number of decimals, all of them printed."""
    cases = " ".join(
        f"when {digits} then replace(({value}::decimal(38, {digits}))::varchar, '.', ',')"
        for digits in range(_MAX_DECIMALS + 1)
    )
    return f"case {decimals} {cases} end"


def readme(tables: list[Table], facts: dict[str, str]) -> str:
    """README.txt of the exports, German, for somebody who opens the folder in a file manager."""
    listed = "\n".join(
        f"  {table.name:<26}{table.rows:>9} {_rows(table)}   {_first_sentence(table)}" for table in tables
    )
    return f"""Integrationsmonitor Thüringen: Tabellen dieser Veröffentlichung
================================================================

{facts["notice_de"]}
Veröffentlichung, Zeitpunkt und Prüfsummen stehen in latest.json, die Herkunft jeder Zahl in der Spalte dataset_ids
und in dim_dataset (dort auch Lizenz und Quellenangabe, die beim Weiterverwenden zu nennen ist).

Jede Tabelle liegt zweimal vor:

  *.csv      für Excel und LibreOffice: UTF-8, Trennzeichen Semikolon, Dezimalkomma, Datum als JJJJ-MM-TT.
             Öffnen per Doppelklick; Schlüssel mit führender Null (01 bis 09) beim Import als Text einlesen.
             "value" ist der volle Wert, "value_rounded" der Wert mit so vielen Nachkommastellen, wie er zitiert wird.
             Ein leeres Feld heißt: kein Wert. Warum, sagt die Spalte "status" (z. B. secret = geheim gehalten).
             Ein Apostroph am Anfang eines Textes verhindert, dass er als Formel gelesen wird.
  *.parquet  für Programme (pandas, polars, R, DuckDB, Power BI): mit Datentypen, ungerundet.

Anteile stehen in Prozent (6,21 heißt 6,21 %). Zeiträume schließen ersten und letzten Tag ein.

In mart_indicator steht jeder Wert mehrmals: wie veröffentlicht (territory = as_published) und umgerechnet auf feste
Gebietsstände (territory = harmonised, der Tag steht in territory_date). Immer nur eines davon nehmen und zählen.

Tabellen
--------
{listed}
"""


def _rows(table: Table) -> str:
    return "Zeile " if table.rows == 1 else "Zeilen"


def _first_sentence(table: Table) -> str:
    return " ".join(table.comment.split()).split(". ")[0]


def latest(facts: dict[str, Any], tables: list[Table], files: list[dict[str, Any]]) -> dict[str, Any]:
    """latest.json: release, mode and files with checksums, for tools that cannot follow a link."""
    by_table = [
        {
            "table": table.name,
            "rows": table.rows,
            "columns": [{"name": column.name, "type": column.type} for column in table.columns],
            "files": [file for file in files if Path(file["path"]).stem == table.name],
        }
        for table in tables
    ]
    return {**facts, "tables": by_table}
