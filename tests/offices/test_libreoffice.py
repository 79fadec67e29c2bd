"""LibreOffice opens what a release gives to offices, and reads the figures as they are."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from offices_support import held

pytestmark = pytest.mark.offices
# Every table that an office opens; the largest is 41,000 rows of 34 columns.
TABLES = (
    "dim_indicator", "dim_region", "mart_coverage", "mart_indicator", "mart_indicator_matrix", "mart_signal",
    "meta_release", "rpt_diagramm_1", "rpt_diagramm_2", "rpt_tabelle_1",
)  # fmt: skip
_TEXT, _STANDARD, _ISO = 2, 1, 5


def convert(soffice: str, paths: Sequence[Path], folder: Path, *arguments: str) -> None:
    """Let LibreOffice open files and save them as its own XLSX."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    told = subprocess.run(
        [soffice, profile, "--headless", *arguments, "--convert-to", "xlsx", "--outdir", str(folder), *map(str, paths)],
        check=False,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert told.returncode == 0, told.stderr
    assert all((folder / f"{path.stem}.xlsx").is_file() for path in paths), told.stdout + told.stderr


def sheet(path: Path, name: str) -> list[list[Any]]:
    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def same(read: Any, expected: Any) -> bool:
    """Whether a cell says what the warehouse says: numbers to 15 digits, as spreadsheets keep them."""
    if expected is None:
        return bool(read == "")
    if isinstance(expected, bool):
        return read in (expected, "ja" if expected else "nein")
    if isinstance(expected, Decimal | int | float):
        return isinstance(read, int | float) and read == pytest.approx(float(expected), rel=1e-14, abs=1e-12)
    if isinstance(expected, datetime):
        moment = read if isinstance(read, datetime) else datetime.combine(read, time())  # midnight is read as a day
        return abs((moment - expected).total_seconds()) < 1
    if isinstance(expected, date):
        day = read.date() if isinstance(read, datetime) else read
        return bool(day == expected)
    return bool(read == expected)


def compare(rows: list[list[Any]], expected: list[tuple[Any, ...]], places: Sequence[int], table: str) -> None:
    assert len(rows) == len(expected)
    for number, (row, told) in enumerate(zip(rows, expected, strict=True), start=2):
        for place, value in zip(places, told, strict=True):
            cell = row[place] if place < len(row) else ""
            cell = datetime.combine(date(1899, 12, 31), cell) if isinstance(cell, time) else cell
            assert same(cell, value), f"{table}, row {number}, column {place + 1}: {cell!r}, expected {value!r}"


def test_xlsx_is_read_as_it_is(
    exports: Path, tables: dict[str, Any], program: Callable[[str], str], tmp_path: Path
) -> None:
    convert(program("soffice"), [exports / "xlsx" / f"{table}.xlsx" for table in TABLES], tmp_path)
    for table in TABLES:
        header, *rows = sheet(tmp_path / f"{table}.xlsx", "Daten")
        columns = [column["header_de"] for column in tables[table]["columns"]]
        assert [name for name in header if not name.endswith("(gerundet)")] == columns
        compare(rows, held(exports, table), [header.index(column) for column in columns], table)
        cover = dict(row[:2] for row in sheet(tmp_path / f"{table}.xlsx", "Deckblatt") if row[0])
        assert cover["Hinweis"] == "Aufgezeichnete Daten, kein Live-Abruf"


@pytest.mark.parametrize("table", TABLES)
def test_excel_csv_is_read_as_it_is(
    exports: Path, tables: dict[str, Any], program: Callable[[str], str], tmp_path: Path, table: str
) -> None:
    """As README.txt says: German locale, semicolon, keys and other texts imported as text."""
    path = exports / "excel-csv" / f"{table}.csv"
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(";")
    kinds = {column["header_de"]: column["type"] for column in tables[table]["columns"]}
    formats = "/".join(
        f"{number}/{_TEXT if kinds.get(name) == 'VARCHAR' else _ISO if kinds.get(name) == 'DATE' else _STANDARD}"
        for number, name in enumerate(header, start=1)
    )
    convert(program("soffice"), [path], tmp_path, f"--infilter=CSV:59,34,76,1,{formats},1031,false,true")
    read, *rows = sheet(tmp_path / f"{table}.xlsx", table)
    assert read == header
    plain = [[cell[1:] if isinstance(cell, str) and cell.startswith("'") else cell for cell in row] for row in rows]
    compare(plain, held(exports, table), [header.index(column) for column in kinds], table)
