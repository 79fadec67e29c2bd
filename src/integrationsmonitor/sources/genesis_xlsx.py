"""Reader of the XLSX exports of GENESIS, as far as they were met (two tables of 2020).

Comes in: the workbook's bytes. Goes out: the table `cells` and the printed Stand. The sheet named after the table holds
a shortened header and blocks that each begin with a row of their own for the date; the sheet `metadata` names measure
and unit, the sheet `footnote` the Stand. Refuses: other sheets, another header, a cell that is neither text nor number,
a row before the first date, a row after the first empty one, and, before a sheet is opened, a package that
xlsx_package.py refuses.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from integrationsmonitor.sources.cells import Answer, printed
from integrationsmonitor.sources.genesis_header import TIME, HeaderRow, read_header
from integrationsmonitor.sources.genesis_wide import assemble, read_stub, refuse, stand_of
from integrationsmonitor.sources.xlsx_package import check_package

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset

_STUB_HEAD = ("id", "name")


def read_cells(data: bytes, dataset: Dataset, filename: str) -> Answer:
    """Cells of an XLSX export by the `csv: xlsx:` section of the dataset's file."""
    layout = dataset.csv.get("xlsx")
    if layout is None:
        raise refuse(dataset, filename, "the file", "a flat or wide CSV", "a workbook")
    sheets = _sheets(data, dataset, filename)
    titles = [str(row[0]).strip() for row in sheets["metadata"] if row]
    if layout["title"] not in titles:
        raise refuse(dataset, filename, "metadata", repr(layout["title"]), repr(" / ".join(titles)[:120]))
    stand = stand_of("\n".join(str(row[0]) for row in sheets["footnote"] if row), dataset, filename)
    table = sheets[dataset.table]
    stub = len(layout["stub"])
    rows = len(layout["columns"][0]["head"])
    width = stub + len(layout["columns"])
    header = [
        HeaderRow(number, [_text(cell, dataset, filename, number, at) for at, cell in enumerate(row)])
        for number, row in enumerate(table[:rows], start=1)
    ]
    if tuple(header[-1].cells[:stub]) != _STUB_HEAD:
        raise refuse(dataset, filename, f"{dataset.table}!A{rows}", repr(_STUB_HEAD), repr(header[-1].cells[:stub]))
    header[-1] = HeaderRow(rows, ["", "", *header[-1].cells[stub:]])
    columns = read_header(header, layout, dataset, filename)
    times, lines, body = _blocks(table[rows:], rows + 1, width, dataset, filename)
    fields = list(zip(*body, strict=True))
    known = read_stub(fields, lines, layout["stub"], dataset, filename)
    cells = assemble(fields, lines, {**known, "time": times}, columns, "", dataset)
    return Answer(cells, "xlsx", stand, filename, dataset.table)


def _sheets(data: bytes, dataset: Dataset, filename: str) -> dict[str, list[list[Any]]]:
    import python_calamine

    check_package(data, lambda where, expected, found: refuse(dataset, filename, where, expected, found))
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        wanted = [dataset.table, "metadata", "footnote"]
        if book.sheet_names != wanted:
            raise refuse(dataset, filename, "the workbook", f"the sheets {wanted}", repr(book.sheet_names))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in wanted}
    except python_calamine.CalamineError as problem:
        raise refuse(dataset, filename, "the file", "an XLSX workbook", str(problem)[:120]) from None


def _blocks(
    rows: Sequence[Sequence[Any]], first: int, width: int, dataset: Dataset, filename: str
) -> tuple[list[str], list[int], list[list[str]]]:
    """Data rows with the date of their block."""
    times, lines, body = [], [], []
    time, ended = "", 0
    for number, row in enumerate(rows, start=first):
        cells = [_text(cell, dataset, filename, number, at) for at, cell in enumerate(row)]
        if not any(cells):
            ended = ended or number
            continue
        if ended:
            raise refuse(dataset, filename, f"{dataset.table}!A{number}", f"nothing below row {ended}", repr(cells[0]))
        if len(cells) < width or any(cells[width:]):
            raise refuse(dataset, filename, f"{dataset.table}!A{number}", f"{width} cells", f"{len(cells)}")
        if not any(cells[1:]):
            if not TIME.fullmatch(cells[0]):
                raise refuse(dataset, filename, f"{dataset.table}!A{number}", "a date of a block", repr(cells[0]))
            time = cells[0]
        elif not time:
            raise refuse(dataset, filename, f"{dataset.table}!A{number}", "the date of a block", repr(cells[0]))
        else:
            times.append(time)
            lines.append(number)
            body.append(cells[:width])
    if not body:
        raise refuse(dataset, filename, dataset.table, "data rows", "none")
    return times, lines, body


def _text(cell: Any, dataset: Dataset, filename: str, number: int, at: int) -> str:
    """A cell as the source prints it: whole numbers without decimals, a decimal comma."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        where = f"{dataset.table}, row {number}, column {at + 1}"
        raise refuse(dataset, filename, where, "text or a number", type(cell).__name__)
    return printed(cell)
