"""The export of a TLS table as rows of text. Comes in: bytes and the names of regions. Goes out: a `Grid`.

CSV in UTF-8 or cp1252, with `;`, tab or `,` between fields: nobody has seen one, so the mark is the first of them by
which a row names a region in its leading columns and goes on to the right of them. XLSX and XLS by their only sheet, or
the one that the dataset's file names. Refuses: a web page, other bytes, a quoted field that does not end, a package
that xlsx_package.py refuses (of an XLS nothing but its cells can be looked at), rows without any region.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.cells import printed
from integrationsmonitor.sources.xlsx_package import OLD_MARK, ZIP_MARK, check_package, what_it_is
from integrationsmonitor.spreadsheet import column_letters

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset

MAX_BYTES = 64 * 1024 * 1024
_DELIMITERS = (";", "\t", ",")


@dataclass(frozen=True)
class Grid:
    """Rows of text, each with the line (or the row of the sheet) in which it begins."""

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    sheet: str | None
    dataset: Dataset
    filename: str

    def at(self, row: int, column: int) -> str:
        """Where a cell stands, for people."""
        if self.sheet is None:
            return f"line {self.lines[row]}, field {column + 1}"
        return f"{self.sheet}!{column_letters(column + 1)}{self.lines[row]}"

    def cell(self, row: int, column: int) -> str:
        """A cell's text; "" beyond the row's end."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def refuse(self, where: str, expected: str, found: str) -> ContractError:
        """The error of a table that is not as its dataset's file says."""
        hint = f"If the source changed it, say so in catalog/datasets/{self.dataset.id}.yml"
        return ContractError(self.dataset.id, self.filename, where, expected, found, hint)


def open_grid(data: bytes, dataset: Dataset, filename: str, names: Container[str]) -> Grid:
    """The rows of an export, whatever it is; `names` are the words by which a row names a region."""
    empty = Grid((), (), None, dataset, filename)
    if len(data) > MAX_BYTES:
        raise empty.refuse("the file", f"at most {MAX_BYTES:,} bytes", f"{len(data):,}")
    if data.startswith((ZIP_MARK, OLD_MARK)):
        return _of_workbook(data, empty)
    what = what_it_is(data)
    if what.startswith(("a web page", "nothing")):
        raise empty.refuse("the file", "the CSV, XLSX or XLS of the export link", what)
    text = _decoded(data, empty)
    width, problem = len(dataset.source["stub"]), None
    for delimiter in _DELIMITERS:
        try:
            grid = _of_text(text, delimiter, empty)
        except ContractError as refused:
            problem = problem or refused
            continue
        if any(len(row) > width and any(cell in names for cell in row[:width]) for row in grid.rows):
            return grid
    raise problem or empty.refuse("the file", "rows that name the Kreise in their leading columns", "none")


def _decoded(data: bytes, grid: Grid) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise grid.refuse("the file", "text in UTF-8 or cp1252", f"{len(data):,} bytes that begin with {data[:20]!r}")


def _of_text(text: str, delimiter: str, grid: Grid) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        last = 0
        for row in reader:
            rows.append([" ".join(cell.split()) for cell in row])
            lines.append(last + 1)
            last = reader.line_num
    except csv.Error as problem:
        raise grid.refuse(f"line {last + 1}", "fields in CSV", str(problem)) from None
    return Grid(rows, lines, None, grid.dataset, grid.filename)


def _of_workbook(data: bytes, grid: Grid) -> Grid:
    import python_calamine

    wanted = str(grid.dataset.source.get("sheet", ""))
    if data.startswith(ZIP_MARK):
        if what := what_it_is(data):
            raise grid.refuse("the file", "the CSV, XLSX or XLS of the export link", what)
        check_package(data, grid.refuse, sheet=wanted, web_links=True)
    try:
        name, table = _sheet(data, wanted, grid)
    except python_calamine.CalamineError as problem:
        raise grid.refuse("the file", "a whole workbook", str(problem)[:120]) from None
    except BaseException as problem:  # damaged XLS files make calamine's Rust code panic, which is no Exception
        if type(problem).__name__ != "PanicException":
            raise
        raise grid.refuse("the file", "a whole workbook", "one that cannot be read") from None
    rows = [[_text(cell) for cell in row] for row in table]
    return Grid(rows, range(1, len(rows) + 1), name, grid.dataset, grid.filename)


def _sheet(data: bytes, wanted: str, grid: Grid) -> tuple[str, list[list[Any]]]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    shown = python_calamine.SheetVisibleEnum.Visible
    names = [told.name for told in book.sheets_metadata if told.visible == shown and wanted in ("", told.name)]
    if len(names) != 1:
        expected = f"a sheet {wanted!r} that is shown" if wanted else "one sheet, or its name under source.sheet"
        raise grid.refuse("the workbook", expected, ", ".join(book.sheet_names)[:300])
    return names[0], book.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)


def _text(cell: Any) -> str:
    """A cell as text: numbers with a decimal comma, days as ISO; what else there is gives no number."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return printed(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
