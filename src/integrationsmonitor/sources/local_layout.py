"""Where in a local file its table stands. Comes in: bytes and the description. Goes out: the sheet, header and rows.

Refuses personal data first (local_privacy.py), then: no header row with all headings of the description, or two; a
heading that the description neither reads nor ignores; another text beside or below the table than notes. Until this
has passed, the bytes of a file are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.local_description import PERIOD, LocalTable
from integrationsmonitor.sources import local_privacy
from integrationsmonitor.sources.local_grid import Grid, open_grids

_HEADER_WITHIN = 40


class Layout(NamedTuple):
    """The sheet, the places of the columns by heading, and the data rows, as indices into the sheet's rows."""

    grid: Grid
    columns: dict[str, int]
    rows: list[int]

    def text(self, row: int, heading: str) -> str:
        """The text of a cell; short rows end in empty ones."""
        return self.at(row, self.columns[heading])

    def at(self, row: int, place: int) -> str:
        """The text of the cell that stands at a place of a row."""
        cells = self.grid.rows[row]
        return cells[place] if place < len(cells) else ""

    def where(self, row: int, heading: str) -> str:
        """The place of a cell as a person finds it."""
        return self.grid.where(row, self.columns[heading])


def find_table(data: bytes, dataset: Dataset, filename: str) -> Layout:
    """The table of a file, screened for personal data; raises ContractError."""
    table = dataset.local
    if table is None or dataset.problem:
        raise ContractError(dataset.id, filename, "its description", "a right one", dataset.problem or "none")
    grids = open_grids(data, dataset.id, filename, table)
    local_privacy.screen_cells(grids, dataset.id, filename)
    grid, header = _header(_chosen(grids, dataset, filename), dataset, filename)
    columns = _columns(grid, header, table)
    rows = _rows(grid, header, dataset, filename)
    periods = {columns[column.heading] for column in table.of_field(PERIOD)}
    local_privacy.screen_table(grid, header, rows, periods, dataset.id, filename)
    local_privacy.screen_other_sheets(grids, grid, dataset.id, filename)
    _check_headings(grid, header, rows, dataset, filename)
    return Layout(grid, columns, rows)


def _chosen(grids: Sequence[Grid], dataset: Dataset, filename: str) -> list[Grid]:
    """The sheet of the description; of a CSV all readings."""
    sheet = dataset.local_table.sheet
    if grids[0].sheet is None:
        return list(grids)
    found = [grid for grid in grids if sheet in ("", grid.sheet)]
    if len(found) != 1:
        names = ", ".join(repr(grid.sheet) for grid in grids)
        hint = f"Name one under `sheet` in {dataset.local_table.description}"
        raise ContractError(dataset.id, filename, "the workbook", f"one sheet {sheet!r}", names, hint)
    return found


def _header(grids: Sequence[Grid], dataset: Dataset, filename: str) -> tuple[Grid, int]:
    wanted = set(dataset.local_table.headings)
    found = [
        (grid, number) for grid in grids for number, row in enumerate(grid.rows[:_HEADER_WITHIN]) if wanted <= set(row)
    ]
    if len(found) != 1:
        expected = f"one row with the headings {', '.join(map(repr, dataset.local_table.headings))}"
        missing = _nearest(grids, wanted)
        hint = f"Missing in the row that comes nearest: {', '.join(map(repr, missing))}. " if not found else ""
        hint += f"If the file is right, correct the headings in {dataset.local_table.description}"
        raise ContractError(dataset.id, filename, "the first lines", expected, f"{len(found)} such rows", hint)
    return found[0]


def _nearest(grids: Sequence[Grid], wanted: set[str]) -> list[str]:
    rows = [set(row) for grid in grids for row in grid.rows[:_HEADER_WITHIN]]
    return sorted(wanted - max(rows, key=lambda row: len(wanted & row), default=set()))


def _columns(grid: Grid, header: int, table: LocalTable) -> dict[str, int]:
    return {heading: grid.rows[header].index(heading) for heading in table.headings}


def _check_headings(grid: Grid, header: int, rows: Sequence[int], dataset: Dataset, filename: str) -> None:
    """Every column is read or ignored by name; below an empty heading stands nothing."""
    row, known = grid.rows[header], set(dataset.local_table.headings)
    for column in range(max([len(row), *(len(grid.rows[number]) for number in rows)])):
        heading = row[column] if column < len(row) else ""
        place = grid.where(header, column)
        if heading and heading not in known:
            hint = f"Add it under `columns`, or under `ignore`, in {dataset.local_table.description}"
            raise ContractError(dataset.id, filename, place, "headings of the description", repr(heading), hint)
        if heading and row.count(heading) > 1:
            raise ContractError(dataset.id, filename, place, "every heading once", f"{heading!r} twice")
        for number in rows if not heading else ():
            if column < len(grid.rows[number]) and grid.rows[number][column]:
                where = grid.where(number, column)
                raise ContractError(dataset.id, filename, where, "nothing below an empty heading", "something")


def _rows(grid: Grid, header: int, dataset: Dataset, filename: str) -> list[int]:
    """The rows down to the first empty one; below it only notes, one text to a row."""
    rows: list[int] = []
    ended = False
    for number in range(header + 1, len(grid.rows)):
        filled = [text for text in grid.rows[number] if text]
        if not filled:
            ended = bool(rows)
        elif not ended:
            rows.append(number)
        elif len(filled) > 1 or filled[0].replace(",", "").replace(".", "").isdecimal():
            expected = "nothing but notes, one text to a row, below the empty row that ends the table"
            raise ContractError(dataset.id, filename, grid.where(number), expected, f"{len(filled)} filled cells")
    if not rows:
        raise ContractError(dataset.id, filename, grid.where(header), "rows below the header", "none")
    return rows
