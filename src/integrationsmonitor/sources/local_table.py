"""Reader of the tables that a Kreis delivers by hand. Comes in: bytes, the described dataset. Goes out: cells.

The description (docs/lokale-daten.md) says which heading holds what. Sums are checked on what the file prints; then
figures below the threshold, and those from which they could be computed, become `*`: nothing behind this reader has
them. Refuses what local_layout.py refuses, a region, word, time, number or sign that the description does not explain,
a fractional or negative count, a percentage that looks like a fraction, a total that is not the sum of its parts, a
declared region that is missing where all must be there, and a list of persons. No error repeats what a cell holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.local_description import BASE, BLANK_SIGN, HIDDEN_SIGN, PERIOD, REGION, VALUE, TableColumn
from integrationsmonitor.region import Region
from integrationsmonitor.sources import local_privacy, local_secrets, local_sums
from integrationsmonitor.sources.cells import Answer, cell_columns
from integrationsmonitor.sources.local_layout import Layout, find_table
from integrationsmonitor.sources.local_sums import LocalCell
from integrationsmonitor.sources.local_words import number_of, region_of, time_of
from integrationsmonitor.sources.periods import period_of


def read_cells(data: bytes, dataset: Dataset, filename: str, regions: Mapping[str, Region]) -> Answer:
    """Cells of a local file, with what is to be kept secret hidden; raises ContractError."""
    layout = find_table(data, dataset, filename)
    cells = _Reading(layout, dataset, filename, regions).cells()
    hidden = local_secrets.hidden(cells, dataset, regions)
    return Answer(_arrow(cells, hidden, layout, dataset, regions), _word(layout), None, filename, layout.grid.sheet)


def screen(data: bytes, dataset: Dataset, filename: str, regions: Mapping[str, Region]) -> set[tuple[str, str]]:
    """Read a file without keeping anything; returns its measures and times, as far as it can be read.

    Raises ContractError only for what makes the bytes unfit to be kept at all: no table found, or personal data.
    """
    layout = find_table(data, dataset, filename)
    reading = _Reading(layout, dataset, filename, regions)
    reading.refuse_list_of_persons()
    try:
        return {(cell.measure, cell.time) for cell in reading.cells()}
    except ContractError:
        return set()  # the load refuses it with its place, and may keep the bytes


class _Reading:
    """One file on its way to cells."""

    def __init__(self, layout: Layout, dataset: Dataset, filename: str, regions: Mapping[str, Region]) -> None:
        self.layout, self.dataset, self.filename, self.regions = layout, dataset, filename, regions
        self.table = dataset.local_table
        self.values = [column for column in self.table.columns if column.field in (VALUE, BASE)]
        self.signs = {rule.sign for rule in dataset.signs}
        self.times: dict[str, str] = {}
        self.keys: dict[tuple[str, str], str | None] = {}

    def refuse(self, row: int, column: TableColumn, expected: str, found: str, hint: str = "") -> ContractError:
        where = self.layout.where(row, column.heading)
        hint = hint or f"If the file is right, say so in {self.table.description}"
        return ContractError(self.dataset.id, self.filename, where, expected, found, hint)

    def cells(self) -> list[LocalCell]:
        self.refuse_list_of_persons()
        constant = self._constant_time()
        scales = {column.heading: self._scale(column) for column in self.values}
        found: list[LocalCell] = []
        for row in self.layout.rows:
            time = constant or self._time(row)
            region, words = self._region(row), self._words(row)
            for column in self.values:
                own = tuple(column.sets.get(axis.code, words.get(axis.code, "")) for axis in self.dataset.axes)
                value, printed = self._value(row, column, scales[column.heading])
                place = self.layout.columns[column.heading]
                found.append(LocalCell(time, region, column.code, own, value, printed, row, place))
        self._refuse_twice(found)
        self._check_regions(found)
        counted = local_secrets.counted(found, self.dataset)
        sums = local_sums.sums_of(found, counted, self.dataset, self.regions)
        local_sums.check(sums, found, self.dataset, self.filename, self._where)
        parts = local_sums.parts_of(found, counted, self.dataset, self.regions)
        local_sums.check_parts(parts, found, self.dataset, self.filename, self._where)
        return found

    def _where(self, cell: LocalCell) -> str:
        return self.layout.grid.where(cell.group, cell.place)

    def refuse_list_of_persons(self) -> None:
        """Counts of persons that are all 1 are no counts."""
        columns = [c for c in self.values if c.field == VALUE and _counts_persons(self.dataset, c.code)]
        if columns:
            texts = [[self.layout.text(row, c.heading) for c in columns] for row in self.layout.rows]
            counts = [[int(t) for t in row if t in ("0", "1")] if set(row) <= {"0", "1", ""} else [2] for row in texts]
            local_privacy.screen_counts(counts, self.dataset.id, self.filename)

    def _constant_time(self) -> str:
        """The period of the whole file, where no column holds it."""
        table, text = self.table, self.table.period_value
        if table.period_filename:
            before, _, after = table.period_filename.partition("{period}")
            pattern = re.escape(before).replace(r"\*", ".*") + "(.+)" + re.escape(after).replace(r"\*", ".*")
            found = re.fullmatch(pattern, self.filename)
            text = found[1] if found else ""
        elif not text:
            return ""
        time = time_of(text, self.dataset.period_type)
        if time is None or period_of(time, self.dataset.period_type) is None:
            expected = f"a period of the kind {self.dataset.period_type} under `period`, or in the file's name"
            hint = f"Correct `period` in {table.description}, or the file's name"
            raise ContractError(self.dataset.id, self.filename, "the file's name", expected, repr(text), hint)
        return time

    def _time(self, row: int) -> str:
        column = self.table.of_field(PERIOD)[0]
        text = self.layout.text(row, column.heading)
        if text not in self.times:
            time = time_of(text, self.dataset.period_type)
            if time is None or period_of(time, self.dataset.period_type) is None:
                raise self.refuse(row, column, f"a time of the kind {self.dataset.period_type}", "another text")
            self.times[text] = time
        return self.times[text]

    def _region(self, row: int) -> str:
        found: dict[str, TableColumn] = {}
        for column in self.table.of_field(REGION):
            key = self._key(self.layout.text(row, column.heading), column)
            if key is None:
                hint = f"Add it under `regions`, or its word under the column's `values`, in {self.table.description}"
                raise self.refuse(row, column, f"a known region by {column.by}", "another text", hint)
            found[key] = column
        if len(found) > 1:
            raise self.refuse(row, list(found.values())[-1], "one region to a line", "two that differ")
        return next(iter(found))

    def _key(self, text: str, column: TableColumn) -> str | None:
        if (column.heading, text) not in self.keys:
            self.keys[column.heading, text] = region_of(text, column, self.table.regions, self.regions)
        return self.keys[column.heading, text]

    def _words(self, row: int) -> dict[str, str]:
        words: dict[str, str] = {}
        for column in self.table.columns:
            if column.field in (REGION, PERIOD, VALUE, BASE):
                continue
            text = self.layout.text(row, column.heading)
            if text not in column.words:
                expected = f"a word among {', '.join(map(repr, column.words))}"
                raise self.refuse(row, column, expected, "another text")
            words[column.field] = column.words[text]
        return words

    def _scale(self, column: TableColumn) -> int:
        """By what a percentage is multiplied; a column that looks like fractions must say so."""
        if self.dataset.measure_by_code[column.code].unit != "Prozent" or column.scale:
            return column.scale or 1
        numbers = [number for row in self.layout.rows if (number := self._number(row, column)) is not None]
        if numbers and max(numbers) <= 1 and any(number % 1 for number in numbers):
            hint = f"Say `scale: 100` (0.035 means 3.5 %) or `scale: 1` in {self.table.description}"
            raise self.refuse(self.layout.rows[0], column, "percentages", "nothing above 1, as fractions are", hint)
        return 1

    def _number(self, row: int, column: TableColumn) -> Decimal | None:
        text = self.layout.text(row, column.heading)
        typed = (row, self.layout.columns[column.heading]) in self.layout.grid.numbers
        number = number_of(text, self.table.decimal, self.table.thousands, typed=typed)
        return None if number is None else Decimal(number.replace(",", "."))

    def _value(self, row: int, column: TableColumn, scale: int) -> tuple[Decimal | None, str]:
        """The number, and how it is printed; no number where a sign stands."""
        number, measure = self._number(row, column), self.dataset.measure_by_code[column.code]
        if number is None:
            sign = self.layout.text(row, column.heading) or BLANK_SIGN
            if sign not in self.signs:
                marks = f"decimal {self.table.decimal!r}, thousands {self.table.thousands or 'none'!r}"
                raise self.refuse(row, column, f"a number ({marks}) or a sign of `signs`", "another text")
            zero = next(rule.status for rule in self.dataset.signs if rule.sign == sign) == "zero"
            return (Decimal(0) if zero else None), sign
        if measure.unit == "Anzahl" and (number < 0 or (not measure.fractions and _is_no_count(number))):
            hint = f"See `decimal` and `thousands` in {self.table.description}; averages need `fractions: true`"
            raise self.refuse(row, column, "a whole number, not below 0, since it counts", "another one", hint)
        scaled = (number * scale).normalize()
        if measure.unit == "Prozent" and not 0 <= scaled <= 100:
            raise self.refuse(
                row, column, "a percentage from 0 to 100", "another number", "Growth is no percentage here"
            )
        return scaled, f"{scaled:f}".replace(".", ",")

    def _refuse_twice(self, cells: list[LocalCell]) -> None:
        first: dict[tuple[object, ...], LocalCell] = {}
        for cell in cells:
            before = first.setdefault((cell.time, cell.region, cell.measure, cell.words), cell)
            if before is not cell:
                places = f"{self._where(before)} and {self._where(cell)}"
                hint = "A table of counts has one line for each combination; a list of persons is none"
                raise ContractError(self.dataset.id, self.filename, places, "every figure once", "one twice", hint)

    def _check_regions(self, cells: list[LocalCell]) -> None:
        if not self.table.every_region:
            return
        for time in sorted({cell.time for cell in cells}):
            missing = sorted(set(self.table.regions) - {cell.region for cell in cells if cell.time == time})
            if missing:
                hint = f"`contract.every_region` in {self.table.description} asks for all of them"
                expected = f"a line for every declared region at {time}"
                raise ContractError(self.dataset.id, self.filename, "the table", expected, f"no {missing[0]}", hint)


def _is_no_count(number: Decimal) -> bool:
    """Whether a number has decimals; three zeros are some, too, since 1.000 may mean a thousand."""
    return bool(number % 1) or number.as_tuple().exponent == -3


def _counts_persons(dataset: Dataset, code: str) -> bool:
    measure = dataset.measure_by_code[code]
    return measure.unit == "Anzahl" and measure.persons


def _arrow(
    cells: list[LocalCell], hidden: set[int], layout: Layout, dataset: Dataset, regions: Mapping[str, Region]
) -> Any:
    """The cells as the mapping reads them."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in (*cell_columns(dataset), "printed")}
    for number, cell in enumerate(cells):
        axes = {f"a_{axis.code}": word for axis, word in zip(dataset.axes, cell.words, strict=True)}
        row = {
            "line": layout.grid.lines[cell.group],
            "col": cell.place + 1,
            "time": cell.time,
            "region_code": cell.region,
            "region_label": regions[cell.region].name,
            "measure": cell.measure,
            **axes,
            "value": HIDDEN_SIGN if number in hidden else cell.printed,
            "quality": "",
            "printed": HIDDEN_SIGN if number in hidden else layout.at(cell.group, cell.place),
        }
        for name, values in columns.items():
            values.append(row[name])
    types = {"line": pa.int32(), "col": pa.int32()}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})


def _word(layout: Layout) -> str:
    return "table" if layout.grid.sheet is None else "xlsx"
