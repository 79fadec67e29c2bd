"""What is written as CSV is read back as it was, and no spreadsheet takes a text for a formula."""

from __future__ import annotations

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.contract import Rounding
from integrationsmonitor.release.exports.text import BOM, FORMULA_STARTS, write_csv, write_excel_csv
from integrationsmonitor.release.tables import Column, Table, connection

ROUNDING = Rounding(["value"], "decimals")
HEADERS = {"place": "Ort", "text": "Text", "value": "Wert", "decimals": "Stellen", "day": "Tag", "flags": "Kennzeichen"}
COLUMNS = (
    Column("place", "INTEGER", False, ""),
    Column("text", "VARCHAR", True, ""),
    Column("value", "DECIMAL(28,10)", True, ""),
    Column("decimals", "INTEGER", False, ""),
    Column("day", "DATE", True, ""),
)
TABLE = Table("t", "main", COLUMNS, "", ("place",))
# Any text that a warehouse can hold; NUL ends a cell in too many readers to promise anything about it.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
DANGEROUS = st.sampled_from(
    ["=1+1", "-", "+49", "@sum", "'", "''x", "\t=1", "a;b", 'a"b', "a\nb", "a\r\nb", "", " ", "NULL", "＝1"]
)
NUMBERS = st.decimals(Decimal("-1e17"), Decimal("1e17"), allow_nan=False, places=10)
ROWS = st.lists(
    st.tuples(st.none() | TEXTS | DANGEROUS, st.none() | NUMBERS, st.integers(0, 3), st.none() | st.dates()),
    min_size=1,
    max_size=8,
)


def table_of(rows: list[tuple[Any, ...]], con: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    con.execute(f"create table t ({columns})")
    marks = ", ".join("?" for _ in table.columns)
    for number, row in enumerate(rows):
        con.execute(f"insert into t values ({marks})", [number, *row])


def write(rows: list[tuple[Any, ...]], path: Path, table: Table = TABLE) -> None:
    with connection(path.parent / "scratch") as con:
        table_of(rows, con, table)
        write_excel_csv(con, "t", table, HEADERS, ROUNDING, path)


def write_for_machines(rows: list[tuple[Any, ...]], path: Path) -> None:
    with connection(path.parent / "scratch") as con:
        table_of(rows, con, TABLE)
        write_csv(con, "t", TABLE, path)


def unescaped(text: str | None) -> str | None:
    return text[1:] if text and text.startswith("'") else text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_any_row_comes_back_through_duckdb(rows: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write(rows, path)
        back = duckdb.sql(
            f"""select * exclude (rounded) from read_csv('{path}', delim=';', header=true, quote='"', escape='"',
            decimal_separator=',', allow_quoted_nulls=false, auto_detect=false, parallel=false,
            columns={{place: 'integer', text: 'varchar', value: 'decimal(28,10)', rounded: 'varchar',
                decimals: 'integer', day: 'date'}})
            order by place"""
        ).fetchall()
    assert [(number, unescaped(text), *rest) for number, text, *rest in back] == [
        (number, *row) for number, row in enumerate(rows)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_any_row_comes_back_as_a_program_reads_it(rows: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write_for_machines(rows, path)
        assert path.read_bytes().startswith(b"place,text,value,decimals,day\n")
        back = duckdb.sql(
            f"""from read_csv('{path}', header=true, allow_quoted_nulls=false, auto_detect=false, parallel=false,
            delim=',', quote='"', escape='"', columns={{place: 'integer', text: 'varchar', value: 'decimal(28,10)',
                decimals: 'integer', day: 'date'}}) order by place"""
        ).fetchall()
    assert back == [(number, *row) for number, row in enumerate(rows)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_no_cell_begins_like_a_formula_but_a_number(rows: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write(rows, path)
        assert path.read_bytes().startswith(BOM)
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in list(csv.reader(file, delimiter=";"))[1:] for cell in row]
    for cell in cells:
        is_number = re.fullmatch(r"-?\d+(,\d+)?", cell)
        assert is_number or not cell or cell[0] == "'" or cell[0] not in FORMULA_STARTS, cell


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, st.integers(0, 9))
def test_the_rounded_column_is_rounded_commercially_to_the_decimals_of_its_row(value: Decimal, decimals: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write([("x", value, decimals, None)], path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            row = next(csv.DictReader(file, delimiter=";"))
    expected = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert Decimal(row["Wert (gerundet)"].replace(",", ".")) == expected
    assert len(row["Wert (gerundet)"].partition(",")[2]) == decimals


def test_a_figure_reads_as_germans_write_it(tmp_path: Path) -> None:
    write([("Ilm-Kreis", Decimal("6.2061761335"), 2, None), ("Gera", Decimal("1200"), 0, None)], tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == [
        "Ort;Text;Wert;Wert (gerundet);Stellen;Tag",
        "0;Ilm-Kreis;6,2061761335;6,21;2;",
        "1;Gera;1200;1200;0;",
    ]


def test_a_list_is_refused_by_name(tmp_path: Path) -> None:
    table = Table("t", "main", (*COLUMNS, Column("flags", "VARCHAR[]", True, "")), "", ("place",))
    with pytest.raises(MonitorError, match=r"t\.flags has the type VARCHAR\[\]"):
        write([], tmp_path / "t.csv", table)
