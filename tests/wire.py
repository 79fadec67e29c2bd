"""Writes tables in the wire formats of the sources: one writer per layout, for everything the tests let a host say.

Comes in: cells, in the codes of a dataset's file. Goes out: lines or sheets that can be spoiled before they are packed,
in exactly the layout that the dataset's file declares. `recorded` gives the cells of a recording.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.sources import genesis_read
from integrationsmonitor.sources.cells import NUMBER, in_memory
from integrationsmonitor.sources.genesis_header import expand
from recordings_support import lines_of

HEAD = "statistics_code;statistics_label;time_code;time_label;time"
BLOCK = "variable_code;variable_label;variable_attribute_code;variable_attribute_label"
TAIL = "value;value_unit;value_variable_code;value_variable_label"
TITLES = ("Ein Titel, der", "umbricht - Stichtag -")
STAND = "Stand: 10.10.2017 / 16:36:03"
FOOTER = ("__________", '"zu ""gesamter Tabelle"":', "eine Fußnote; mit 5;5;5", '"', "© Statistische Ämter", STAND)
Row = list[str]


class Cell(NamedTuple):
    """One printed cell; `codes` in the order of the dataset's axes, `time` as flat answers print it."""

    time: str
    region: str
    name: str
    measure: str
    codes: tuple[str, ...]
    value: str
    quality: str = ""


@cache
def catalog() -> Catalog:
    """The project's catalogue."""
    return load_catalog(Path(__file__).resolve().parents[1] / "catalog")


def recorded(dataset: Dataset, year: int) -> list[Cell]:
    """The cells of the newest recording of a year."""
    text = "\n".join(lines_of(dataset.table, year, str(dataset.source["host"]))) + "\n"
    return cells_of(genesis_read.read_answer(in_memory(text.encode()), dataset, "recording.csv").cells, dataset)


def cells_of(table: Any, dataset: Dataset) -> list[Cell]:
    """What a reader read, as cells; times in one form, whatever layout they were printed in."""
    axes = [f"a_{axis.code}" for axis in dataset.axes]
    return [
        Cell(
            _iso(row["time"]),
            row["region_code"],
            row["region_label"].strip(),
            row["measure"],
            tuple(row[axis] for axis in axes),
            row["value"],
            row["quality"],
        )
        for row in table.to_pylist()
    ]


# --- flat answers ----------------------------------------------------------------------------------------------------


def flat_header(blocks: int, quality: bool = False) -> str:
    """The header of a flat answer with so many variables."""
    numbered = [";".join(f"{n}_{name}" for name in BLOCK.split(";")) for n in range(1, blocks + 1)]
    return ";".join([HEAD, *numbered, TAIL]) + (";value_q" if quality else "")


def flat_line(dataset: Dataset, cell: Cell, quality: bool = False) -> str:
    """One line of a flat answer; codes that the dataset's file does not know are printed as they are."""
    level = {2: ("DLAND", "Bundesländer")}.get(len(cell.region), ("KREISE", "Kreise und kreisfreie Städte"))
    fields = [dataset.statistic.get("code", ""), dataset.statistic.get("label", "")]
    fields += [dataset.time.get("code", ""), dataset.time.get("label", ""), cell.time]
    fields += [*(("DINSG", "Deutschland") if cell.region == "DG" else level), cell.region, cell.name]
    for axis, code in zip(dataset.axes, cell.codes, strict=True):
        fields += [axis.code, axis.label, code, axis.by_code[code].label if code in axis.by_code else ""]
    measure = dataset.measure_by_code[cell.measure]
    fields += [cell.value, measure.unit, measure.code, measure.label, *([cell.quality] if quality else [])]
    return ";".join(fields)


def flat(dataset: Dataset, cells: Iterable[Cell], quality: bool = False) -> list[str]:
    """All lines of a flat answer, header first."""
    return [flat_header(len(dataset.axes) + 1, quality), *(flat_line(dataset, cell, quality) for cell in cells)]


# --- wide tables and workbooks ---------------------------------------------------------------------------------------


@dataclass
class Wide:
    """A wide table as rows of text: title lines, header, data and footer, each to be spoiled at will."""

    table: str
    titles: list[str]
    head: list[Row]
    rows: list[Row]
    footer: list[str] = field(default_factory=lambda: list(FOOTER))

    def text(self) -> str:
        """The file's text."""
        width = len(self.head[0])
        lines = [f"GENESIS-Tabelle: {self.table}", *(line + ";" * (width - 1) for line in self.titles)]
        return "\n".join([*lines, *(";".join(row) for row in (*self.head, *self.rows)), *self.footer]) + "\n"

    def data(self, encoding: str = "utf-8") -> bytes:
        """The file's bytes."""
        return self.text().encode(encoding)


@dataclass
class Workbook:
    """An XLSX export: sheet by sheet its rows of text, numbers and None."""

    sheets: dict[str, list[list[Any]]]

    def data(self) -> bytes:
        """The workbook's bytes."""
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        packed = io.BytesIO()
        book.save(packed)
        return packed.getvalue()


def heads(dataset: Dataset, layout: Mapping[str, Any], times: Sequence[str]) -> list[tuple[str, str, dict[str, str]]]:
    """The data columns of a layout: time ("" where it stands elsewhere), measure and codes."""
    if "columns" in layout:
        return [("", column["measure"], dict(column.get("axes", {}))) for column in layout["columns"]]
    combos: list[dict[str, str]] = [{}]
    for axis in (role for role in layout["header"] if role in dataset.axis_by_code):
        combos = [{**combo, axis: code} for combo in combos for code in expand(layout, axis, dataset)]
    in_header = times if "time" in layout["header"] else [""]
    return [(time, m.code, combo) for time in in_header for m in dataset.measures for combo in combos]


def leads(dataset: Dataset, layout: Mapping[str, Any]) -> list[dict[str, str]]:
    """The values of the axes that stand in a layout's leading columns, in all combinations."""
    found: list[dict[str, str]] = [{}]
    for role in (role for role in layout["stub"] if role in dataset.axis_by_code):
        found = [{**lead, role: value.code} for lead in found for value in dataset.axis_by_code[role].values]
    return found


def wide(dataset: Dataset, cells: Sequence[Cell], number: int = 0) -> Wide:
    """Write cells in one of the wide layouts of the dataset's file; rows without any cell are left out."""
    layout = dataset.csv["layouts"][number]
    stub, step = list(layout["stub"]), 2 if layout.get("quality") else 1
    known = {(c.time, c.region, c.measure, c.codes): c for c in cells}
    times, names = list(dict.fromkeys(c.time for c in cells)), {c.region: c.name for c in cells}
    columns = heads(dataset, layout, times)
    titles = [*TITLES, f"{dataset.measures[0].label} ({dataset.measures[0].unit})"]
    if "time" in layout:
        assert len(times) == 1, "this layout holds one time"
        titles.append(layout["time"]["title"] + _german(times[0]))
    rows = []
    for time in times if "time" in stub else [""]:
        for region, name in names.items():
            for lead in leads(dataset, layout):
                places = [
                    (head_time or time or times[0], region, measure, _codes(dataset, {**lead, **codes}))
                    for head_time, measure, codes in columns
                ]
                found = [known[place] for place in places if place in known]
                if found:
                    assert len(found) == len(places), f"a row of {layout} is not complete: {places[0]}"
                    words = {"time": _german(time), "code": region, "name": f"   {name}"}
                    row = [words.get(role) or dataset.axis_by_code[role].by_code[lead[role]].label for role in stub]
                    rows.append(row + [text for c in found for text in ((c.value, c.quality)[:step])])
    return Wide(dataset.table, titles, _head_rows(dataset, layout, columns, step), rows)


def workbook(dataset: Dataset, cells: Sequence[Cell]) -> Workbook:
    """Write cells as the XLSX export that the dataset's file describes: numbers as numbers, signs as text."""
    layout = dataset.csv["xlsx"]
    known = {(c.time, c.region, c.measure, c.codes): c for c in cells}
    times, names = list(dict.fromkeys(c.time for c in cells)), {c.region: c.name for c in cells}
    head: list[list[Any]] = [list(row) for row in zip(*(column["head"] for column in layout["columns"]), strict=True)]
    rows = [[None, None, *(word or None for word in line)] for line in head[:-1]]
    rows.append(["id", "name", *head[-1]])
    for time in times:
        rows.append([_german(time)])
        for region, name in names.items():
            found = [
                known[time, region, measure, _codes(dataset, codes)] for _, measure, codes in heads(dataset, layout, [])
            ]
            rows.append([region, f"  {name}", *(_typed(cell.value) for cell in found)])
    footnote = [["Version 2.0."], [STAND]]
    return Workbook({dataset.table: rows, "metadata": [["Titel"], [layout["title"]]], "footnote": footnote})


def _head_rows(dataset: Dataset, layout: Mapping[str, Any], columns: Sequence[Any], step: int) -> list[Row]:
    """Header rows, the cells over the leading columns empty."""
    listed = [column["head"] for column in layout.get("columns", [])] or [layout["header"]] * len(columns)
    return [
        ["" for _ in layout["stub"]]
        + [
            _head_cell(dataset, list(roles), at, column)
            for roles, column in zip(listed, columns, strict=True)
            for _ in range(step)
        ]
        for at in range(len(listed[0]))
    ]


def _head_cell(dataset: Dataset, roles: Row, at: int, column: tuple[str, str, Mapping[str, str]]) -> str:
    (time, measure, codes), role = column, roles[at]
    known = dataset.measure_by_code[measure]
    if role in dataset.axis_by_code:
        return dataset.axis_by_code[role].by_code[codes.get(role, "")].label
    if role.startswith("variable"):
        code = role.partition(":")[2] or next(later for later in roles[at + 1 :] if later in codes)
        return dataset.axis_by_code[code].label
    return {"time": _german(time), "measure": known.label, "unit": known.unit}.get(role, role.removeprefix("="))


def _codes(dataset: Dataset, codes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(codes.get(axis.code, "") for axis in dataset.axes)


def _german(time: str) -> str:
    """A day as wide tables print it."""
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", time)


def _iso(time: str) -> str:
    return re.sub(r"(\d\d)\.(\d\d)\.(\d{4})", r"\3-\2-\1", time)


def _typed(value: str) -> Any:
    """A number as spreadsheets hold it."""
    if not NUMBER.fullmatch(value):
        return value
    return float(value.replace(",", ".")) if "," in value else int(value)


# --- curated files ---------------------------------------------------------------------------------------------------


def local(*lines: Mapping[str, str], delimiter: str = ",", end: str = "\n") -> bytes:
    """A curated CSV: one mapping of column to text per line."""
    text = io.StringIO()
    header = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, header, delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()
