"""The cells of a file that a Kreis delivers. Comes in: bytes of a CSV or XLSX. Goes out: sheets of stripped texts.

Numbers of a workbook come out as a German spreadsheet prints them, days as ISO. Refuses, before a sheet is opened: more
bytes than the limits, a workbook with formulas, macros, links, comments, embedded files or a pivot cache (which holds
the rows that a table was made of); then bytes of another encoding, control characters, quotes that do not end. What a
cell holds is never repeated in an error, since it may speak of a person.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from integrationsmonitor.errors import ContractError
from integrationsmonitor.local_description import LocalTable
from integrationsmonitor.sources.xlsx_package import check_package

MAX_BYTES = 20 * 1024 * 1024
MAX_CELLS = 2_000_000
DELIMITERS = (";", ",", "\t", "|")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_AS_VALUES = "In the spreadsheet: copy, then paste as values"


@dataclass(frozen=True)
class Grid:
    """One sheet: rows of texts; `lines` says where each stands in the file.

    `days` are the cells that a workbook dates, `numbers` those that it holds as numbers, which know no marks.
    """

    sheet: str | None
    rows: list[list[str]]
    lines: list[int]
    days: frozenset[tuple[int, int]] = frozenset()
    delimiter: str = ""
    encoding: str = ""
    numbers: frozenset[tuple[int, int]] = frozenset()

    def where(self, row: int, column: int | None = None) -> str:
        """The place of a cell, or of a row, as a person finds it; both counted from 0."""
        from integrationsmonitor.spreadsheet import column_letters

        line = self.lines[row]
        if self.sheet is None:
            return f"line {line}" + (f", field {column + 1}" if column is not None else "")
        return f"{self.sheet}!{column_letters(column + 1) if column is not None else ''}{line}"


@dataclass
class _Sheet:
    rows: list[list[str]] = field(default_factory=list)
    days: set[tuple[int, int]] = field(default_factory=set)
    numbers: set[tuple[int, int]] = field(default_factory=set)


def open_grids(data: bytes, dataset_id: str, filename: str, table: LocalTable | None = None) -> list[Grid]:
    """All sheets of a file (a CSV is one), each read with every delimiter that it may have; raises ContractError."""
    if len(data) > MAX_BYTES:
        raise _refuse(dataset_id, filename, "the file", f"at most {MAX_BYTES:,} bytes", f"{len(data):,}")
    if data[:4] == b"PK\x03\x04":
        return _workbook(data, dataset_id, filename)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise _refuse(dataset_id, filename, "the file", "CSV or XLSX", "an old XLS workbook", "Save it as XLSX")
    text, encoding = _decoded(data, dataset_id, filename, table.encoding if table else "")
    stated = (table.delimiter,) if table and table.delimiter else DELIMITERS
    grids = [grid for mark in stated if (grid := _csv(text, mark, encoding)) is not None]
    if not grids:
        raise _refuse(dataset_id, filename, "the file", "fields in CSV", "quotes that do not end where they should")
    return grids


def _decoded(data: bytes, dataset_id: str, filename: str, stated: str) -> tuple[str, str]:
    marked = ("utf-8",) if data.startswith(codecs.BOM_UTF8) else ("utf-8", "cp1252")
    for encoding in (stated,) if stated else marked:
        try:
            text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as problem:
            line, byte = data[: problem.start].count(b"\n") + 1, data[problem.start]
            continue
        if found := _CONTROL.search(text):
            where = f"line {text[: found.start()].count(chr(10)) + 1}"
            raise _refuse(dataset_id, filename, where, "text", "a control character", "Save the file as CSV UTF-8")
        return text, encoding
    wanted = stated or "UTF-8 or cp1252"
    raise _refuse(dataset_id, filename, f"line {line}", wanted, f"the byte 0x{byte:02x}", "Save the file as CSV UTF-8")


def _csv(text: str, delimiter: str, encoding: str) -> Grid | None:
    """The rows of a CSV by one delimiter; None where its quotes do not fit it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines, last = list[list[str]](), list[int](), 0
    try:
        for row in reader:
            rows.append([clean(cell) for cell in row])
            lines.append(last + 1)
            last = reader.line_num
    except csv.Error:
        return None
    return Grid(None, rows, lines, delimiter=delimiter, encoding=encoding)


def _workbook(data: bytes, dataset_id: str, filename: str) -> list[Grid]:
    import python_calamine

    def refused(where: str, expected: str, found: str) -> ContractError:
        return _refuse(dataset_id, filename, where, expected, found, _AS_VALUES if "formula" in found else "")

    check_package(data, refused)
    if b"xl/pivotcache/" in data.lower():
        expected = "a workbook without a pivot table, whose cache holds the rows that it was made of"
        raise _refuse(dataset_id, filename, "the workbook", expected, "one", _AS_VALUES + " into a new workbook")
    if found := re.search(rb"xl/(?:comments|threadedcomments|persons|embeddings)", data.lower()):
        expected = "a workbook without comments and embedded files, which may speak of persons"
        raise _refuse(
            dataset_id, filename, "the workbook", expected, found[0].decode(), _AS_VALUES + " into a new workbook"
        )
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except python_calamine.CalamineError:
        raise _refuse(dataset_id, filename, "the file", "an XLSX workbook", "none") from None
    cells = sum(len(row) for rows in sheets.values() for row in rows)
    if cells > MAX_CELLS:
        raise _refuse(dataset_id, filename, "the workbook", f"at most {MAX_CELLS:,} cells", f"{cells:,}")
    return [_sheet(name, rows, dataset_id, filename) for name, rows in sheets.items()]


def _sheet(name: str, rows: list[list[Any]], dataset_id: str, filename: str) -> Grid:
    sheet = _Sheet()
    for number, row in enumerate(rows):
        texts = []
        for at, cell in enumerate(row):
            text = _text(cell)
            if text is None:
                where = Grid(name, [], [number + 1]).where(0, at)
                raise _refuse(dataset_id, filename, where, "text, a number or a day", type(cell).__name__)
            if isinstance(cell, date):
                sheet.days.add((number, at))
            elif isinstance(cell, int | float):
                sheet.numbers.add((number, at))
            texts.append(text)
        sheet.rows.append(texts)
    lines = list(range(1, len(rows) + 1))
    return Grid(name, sheet.rows, lines, frozenset(sheet.days), numbers=frozenset(sheet.numbers))


def _text(cell: Any) -> str | None:
    """A cell as it is printed: whole numbers without decimals, others with a comma and at most six; a day in ISO."""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else None
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    number = f"{round(float(cell), 6):f}"
    return number.rstrip("0").rstrip(".").replace(".", ",") if "." in number else number


def clean(text: str) -> str:
    """A text without line breaks, doubled blanks and blanks around it; narrow blanks are blanks."""
    return " ".join(text.split())


def _refuse(dataset_id: str, filename: str, where: str, expected: str, found: str, hint: str = "") -> ContractError:
    return ContractError(dataset_id, filename, where, expected, found, hint)
