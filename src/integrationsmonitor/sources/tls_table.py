"""Reader of the web tables of the Thüringer Landesamt für Statistik, as their export links give them.

Comes in: the bytes of a CSV, XLSX or XLS. Goes out: the table `cells`. The table is found by its rows: it begins with
the first that names a Kreis, the Land or a row that the dataset's file ignores; what stands above is titles and header,
what stands below the last Kreis is notes. Every data column is known by the filled cells above it.

Refuses: what tls_grid.py refuses, a header that the dataset's file does not know, a column that is missing or stands
twice, figures without a header, a row between Kreise that names nothing known, a region twice, a key and a name that do
not belong together, an empty cell, a number whose thousands do not stand in threes or that has two marks, a time that
is none, a header in thousands where the file does not say so (or the other way round), figures below the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrationsmonitor.sources.cells import Answer, cell_columns
from integrationsmonitor.sources.german_time import time_of
from integrationsmonitor.sources.region_names import by_spelling
from integrationsmonitor.sources.tls_figures import Figure, figure_of, scale_in, scaled
from integrationsmonitor.sources.tls_grid import Grid, open_grid
from integrationsmonitor.sources.tls_layout import Column, Layout, layout_of

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Region
    from integrationsmonitor.dataset import Dataset

_YEAR_IN_NAME = re.compile(r"_(\d{4})(?:\.[a-z]+)?", re.ASCII)
_ANY_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_BARE_YEAR = re.compile(r"\d{4}", re.ASCII)


def read_cells(data: bytes, dataset: Dataset, filename: str, regions: Mapping[str, Region]) -> Answer:
    """Cells of one export; the first thing that is wrong rejects it with a ContractError."""
    layout = layout_of(dataset)
    names = by_spelling(regions, with_land=True)
    keys = {region.key: region for region in names.values()}
    words = (names if "name" in layout.stub else {}) | (keys if "key" in layout.stub else {})
    grid = open_grid(data, dataset, filename, words)
    cells = _Table(grid, layout, names, keys).cells()
    return Answer(cells, "tls_csv" if grid.sheet is None else "xlsx", None, filename, grid.sheet)


class _Table:
    """One table with what is needed to judge it."""

    def __init__(self, grid: Grid, layout: Layout, names: Mapping[str, Region], keys: Mapping[str, Region]) -> None:
        self.grid, self.layout, self.names, self.keys = grid, layout, names, keys
        self.dataset = grid.dataset
        self.stub = len(layout.stub)
        found = [row for row in range(len(grid.rows)) if self._region(row) is not None]
        if not found:
            raise grid.refuse("the file", "rows that name the Kreise in their leading columns", "none")
        self.last = found[-1]
        self.first = next(row for row in range(len(grid.rows)) if row in found or self._is_ignored(row))
        self.width = max(map(len, grid.rows[self.first : self.last + 1]))

    def cells(self) -> Any:
        import pyarrow as pa

        columns = self._columns()
        self._check_scale(columns)
        title = self._time_above()
        found: dict[str, list[Any]] = {name: [] for name in (*cell_columns(self.dataset), "printed")}
        seen: dict[tuple[str, str], int] = {}
        for row in range(self.first, len(self.grid.rows)):
            region = self._region(row)
            if region is None:
                self._check_other(row, columns)
                continue
            time = title or self._time_in_row(row)
            if (time, region.key) in seen:
                line = self.grid.lines[seen[time, region.key]]
                raise self.grid.refuse(self.grid.at(row, 0), f"{region.name} once", f"it again, after line {line}")
            seen[time, region.key] = row
            for position, column in columns.items():
                figure = self._figure(row, position, self._scale(column))
                said = [self.grid.lines[row], position + 1, time, region.key, region.name, column.measure]
                said += [*column.codes, *figure, self.grid.cell(row, position)]
                for values, word in zip(found.values(), said, strict=True):
                    values.append(word)
        types = {"line": pa.int32(), "col": pa.int32()}
        return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in found.items()})

    # --- rows ---

    def _region(self, row: int) -> Region | None:
        """The region that a row with figures names, by name, key or both; an error where these differ."""
        if not any(self.grid.rows[row][self.stub :]):  # a title may name the Land
            return None
        told = []
        for column, role in enumerate(self.layout.stub):
            known = {"name": self.names, "key": self.keys}.get(role, {})
            told += [(column, known.get(self.grid.cell(row, column)))] if role in ("name", "key") else []
        regions = {region.key: region for _, region in told if region is not None}
        if len(regions) > 1 or (regions and None in (region for _, region in told)):
            words = " ".join(repr(self.grid.cell(row, column)) for column, _ in told)
            raise self.grid.refuse(self.grid.at(row, told[0][0]), "a key and a name that belong together", words)
        return next(iter(regions.values()), None)

    def _words(self, row: int) -> list[str]:
        return [cell for cell in self.grid.rows[row][: self.stub] if cell]

    def _is_ignored(self, row: int) -> bool:
        return any(word in self.layout.ignored_rows for word in self._words(row))

    def _check_other(self, row: int, columns: Mapping[int, Column]) -> None:
        """A row that names no region: known, empty, or a note below the table."""
        if self._is_ignored(row) or not any(self.grid.rows[row]):
            return
        if row < self.last:
            found = " ".join(self._words(row))[:80]
            raise self.grid.refuse(
                self.grid.at(row, 0), "a Kreis with its figures, or a row of source.ignored_rows", repr(found)
            )
        for position in columns:
            figure = figure_of(self.grid.cell(row, position))
            if figure is not None and figure.is_number:
                raise self.grid.refuse(self.grid.at(row, position), "no figures below the table", repr(figure.text))

    # --- header ---

    def _columns(self) -> dict[int, Column]:
        """The columns that are loaded, by their position; each header must be known."""
        found: dict[int, Column] = {}
        headers: dict[tuple[str, ...], int] = {}
        for position in range(self.stub, self.width):
            above = [(row, self.grid.cell(row, position)) for row in range(self.first)]
            header = tuple(text for _, text in above if text)
            if not header:
                self._check_empty(position)
                continue
            place = self.grid.at(next(row for row, text in above if text), position)
            if header not in self.layout.columns:
                raise self.grid.refuse(place, "a header of the dataset's file", repr(" / ".join(header)[:160]))
            if header in headers:
                raise self.grid.refuse(place, "each column once", repr(" / ".join(header)[:160]))
            headers[header] = position
            if (column := self.layout.columns[header]) is not None:
                found[position] = column
        for header, column in self.layout.columns.items():
            if column is not None and header not in headers:
                raise self.grid.refuse("the header", f"a column {' / '.join(header)!r}", "none")
        return found

    def _check_empty(self, position: int) -> None:
        for row in range(self.first, self.last + 1):
            if text := self.grid.cell(row, position):
                raise self.grid.refuse(self.grid.at(row, position), "a header above a figure", repr(text[:80]))

    def _check_scale(self, columns: Mapping[int, Column]) -> None:
        """Header or title must say what the file says: thousands taken for ones are wrong by a factor of 1000.

        A column that says in its own entry what it stands for may leave the title aside: rates beside thousands do.
        """
        titles = [text for row in range(self.first) for text in self._words(row)]
        by_title = max((scale_in(text, is_title=True) for text in titles), default=1)
        for position, column in columns.items():
            above = [self.grid.cell(row, position) for row in range(self.first)]
            told = max((scale_in(text, is_title=False) for text in above), default=1)
            if told == 1 and column.scale is None:
                told = by_title
            if told != (scale := self._scale(column)):
                expected = f"figures in {scale:,}, as the dataset's file says"
                raise self.grid.refuse(self.grid.at(self.first, position), expected, f"a header or title in {told:,}")

    def _scale(self, column: Column) -> int:
        return self.layout.scale if column.scale is None else column.scale

    # --- time ---

    def _time_above(self) -> str:
        """The one time that titles or the link tell; "" where it stands in the rows."""
        if self.layout.time_in == "column":
            return ""
        if self.layout.time_in == "link":
            named = _YEAR_IN_NAME.search(self.grid.filename)
            if named is None:
                raise self.grid.refuse("the file's name", "the year that was asked for", repr(self.grid.filename))
            self._check_years(named[1])
            return self._with_day(named[1])
        after = self.layout.time_after
        told = [part for row in self.grid.rows[: self.first] for text in row for part in text.split(after)[1:]]
        times = {time for text in told if (time := _leading_time(text))}
        if len(times) != 1:
            expected = f"one time after {after!r}"
            raise self.grid.refuse("the titles", expected, ", ".join(sorted(times)) or repr(" / ".join(told)[:120]))
        return self._with_day(times.pop())

    def _check_years(self, asked: str) -> None:
        """Titles need not name the year that was asked for, but where they name years it must be among them."""
        named = {year for row in range(self.first) for word in self._words(row) for year in _ANY_YEAR.findall(word)}
        if named and asked not in named:
            raise self.grid.refuse("the titles", f"the year {asked} that was asked for", ", ".join(sorted(named)))

    def _time_in_row(self, row: int) -> str:
        column = self.layout.stub.index("time")
        time = time_of(text := self.grid.cell(row, column))
        if time is None:
            raise self.grid.refuse(self.grid.at(row, column), "a time", repr(text[:80]))
        return self._with_day(time)

    def _with_day(self, time: str) -> str:
        return f"{time}-{self.layout.day}" if self.layout.day and _BARE_YEAR.fullmatch(time) else time

    # --- figures ---

    def _figure(self, row: int, position: int, scale: int) -> Figure:
        text = self.grid.cell(row, position)
        figure = figure_of(text) if text else None
        if figure is None:
            expected = "a number with its thousands in threes and at most one mark, or a sign"
            raise self.grid.refuse(self.grid.at(row, position), expected, repr(text[:80]) if text else "an empty cell")
        if self.layout.scale > 1 and figure.is_nought and figure.text not in {rule.sign for rule in self.dataset.signs}:
            expected = (
                f"a rule under `signs` for {figure.text!r}, which in {self.layout.scale:,} is less than half of one"
            )
            raise self.grid.refuse(self.grid.at(row, position), expected, "none")
        return scaled(figure, scale)


def _leading_time(text: str) -> str | None:
    """The time with which a text begins; the longest that is one."""
    words = text.split()
    return next((time for end in (3, 2, 1) if (time := time_of(" ".join(words[:end]).rstrip(",;:)")))), None)
