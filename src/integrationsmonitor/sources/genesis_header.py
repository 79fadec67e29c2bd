"""The header contract of the wide layouts: which number stands in which column.

Comes in: the header rows of a table and one layout from the dataset's `csv:` section. Goes out: one `Column` per data
column (time, measure, axis codes). Refuses, before any number is read: a label that the dataset's file does not know,
a missing, additional or repeated column, another number of header rows, a stub cell that is not empty.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ContractError

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Axis, Dataset, Measure

TIME = re.compile(r"\d{2}\.\d{2}\.\d{4}|\d{4}")
HINT = "If the source changed the table, say so in catalog/datasets/{}.yml"


@dataclass(frozen=True)
class HeaderRow:
    """One header row: its line (1-based) and its cells, stub cells included."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Column:
    """What one data column holds; `position` is its 0-based field, `quality` the field of its quality sign."""

    position: int
    measure: str
    codes: Mapping[str, str] = field(default_factory=dict)
    time: str = ""
    quality: int | None = None


def read_header(rows: Sequence[HeaderRow], layout: Mapping[str, Any], dataset: Dataset, filename: str) -> list[Column]:
    """Columns of a table by its header; raises ContractError naming line, field, expectation and finding."""
    stub = len(layout["stub"])
    wanted = len(layout["header"]) if "header" in layout else len(layout["columns"][0]["head"])
    where = f"line {rows[0].line}" if rows else "the header"
    if len(rows) != wanted:
        raise _refuse(dataset, filename, where, f"{wanted} header rows", f"{len(rows)}")
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            raise _refuse(dataset, filename, f"line {row.line}", f"{width} fields", f"{len(row.cells)}")
        for position in range(min(stub, width)):
            if row.cells[position]:
                raise _cell(dataset, filename, row, position, f"an empty cell over {layout['stub'][position]!r}")
    if "columns" in layout:
        return _explicit(rows, layout, dataset, filename, stub)
    return _product(rows, layout, dataset, filename, stub)


def _explicit(
    rows: Sequence[HeaderRow], layout: Mapping[str, Any], dataset: Dataset, filename: str, stub: int
) -> list[Column]:
    """Columns that the layout lists one by one, in its order."""
    listed, found = layout["columns"], len(rows[0].cells) - stub
    columns = []
    for position, spec in enumerate(listed, start=stub):
        measure = dataset.measure_by_code[spec["measure"]]
        codes = spec.get("axes", {})
        for row, role in zip(rows, spec["head"], strict=True):
            allowed = _allowed(role, measure, codes, dataset)
            if position >= len(row.cells):
                break
            if row.cells[position] not in allowed:
                raise _cell(dataset, filename, row, position, _words(allowed))
        columns.append(Column(position, measure.code, _complete(codes, dataset)))
    if found != len(listed):
        where = f"line {rows[0].line}"
        raise _refuse(dataset, filename, where, f"{len(listed)} data columns", f"{found}")
    return columns


def _allowed(role: str, measure: Measure, codes: Mapping[str, str], dataset: Dataset) -> tuple[str, ...]:
    """The wordings that may stand in one cell of an explicit column."""
    if role == "measure":
        return measure.labels
    if role == "unit":
        return (measure.unit,)
    if role.startswith("variable:"):
        return dataset.axis_by_code[role.removeprefix("variable:")].labels
    if role.startswith("="):
        return (role[1:],)
    if role in dataset.axis_by_code:
        return dataset.axis_by_code[role].by_code[codes.get(role, "")].labels
    return (role,)


def _product(
    rows: Sequence[HeaderRow], layout: Mapping[str, Any], dataset: Dataset, filename: str, stub: int
) -> list[Column]:
    """Columns that are the full product of what their header rows hold."""
    roles = list(layout["header"])
    step = 2 if layout.get("quality") else 1
    if (len(rows[0].cells) - stub) % step:
        found = f"{len(rows[0].cells) - stub}"
        raise _refuse(dataset, filename, f"line {rows[0].line}", "a quality column beside every value", found)
    columns = []
    for position in range(stub, len(rows[0].cells), step):
        for row in rows if step == 2 else ():
            if row.cells[position + 1] != row.cells[position]:
                expected = f"{row.cells[position]!r} again, over its quality sign"
                raise _cell(dataset, filename, row, position + 1, expected)
        column = _by_labels(rows, roles, position, dataset, filename)
        columns.append(column if step == 1 else Column(**{**vars(column), "quality": position + 1}))
    _check_product(columns, rows, layout, dataset, filename)
    return columns


def _by_labels(
    rows: Sequence[HeaderRow], roles: Sequence[str], position: int, dataset: Dataset, filename: str
) -> Column:
    codes: dict[str, str] = {}
    time, measure = "", None if "measure" in roles else _only_measure(dataset)
    for number, (row, role) in enumerate(zip(rows, roles, strict=True)):
        text = row.cells[position]
        if role == "time":
            time = text
        elif role == "measure":
            measure = next((m for m in dataset.measures if text in m.labels), None)
        elif role in dataset.axis_by_code and text in dataset.axis_by_code[role].by_label:
            codes[role] = dataset.axis_by_code[role].by_label[text].code
        expected = _expected(role, text, roles[number + 1 :], measure, dataset)
        if expected:
            raise _cell(dataset, filename, row, position, expected)
    if measure is None:  # a layout without a measure row, of a dataset with several measures
        raise _refuse(dataset, filename, f"line {rows[0].line}", "a header row with the measure", "none")
    return Column(position, measure.code, _complete(codes, dataset), time)


def _expected(role: str, text: str, following: Sequence[str], measure: Measure | None, dataset: Dataset) -> str:
    """What should stand in a header cell, when something else does; "" when it is right."""
    allowed: Sequence[str]
    if role == "time":
        return "" if TIME.fullmatch(text) else "a date DD.MM.YYYY or a year"
    if role == "measure":
        allowed = [label for m in dataset.measures for label in m.labels]
    elif role == "unit":
        allowed = [measure.unit] if measure else []
    elif role in dataset.axis_by_code:
        allowed = list(dataset.axis_by_code[role].by_label)
    elif role.startswith("variable"):
        allowed = _variable(role, following, dataset).labels
    else:
        allowed = [role.removeprefix("=")]
    return "" if text in allowed else _words(allowed)


def _variable(role: str, following: Sequence[str], dataset: Dataset) -> Axis:
    code = role.partition(":")[2] or next(r for r in following if r in dataset.axis_by_code)
    return dataset.axis_by_code[code]


def _only_measure(dataset: Dataset) -> Measure | None:
    return dataset.measures[0] if len(dataset.measures) == 1 else None


def _check_product(
    columns: Sequence[Column],
    rows: Sequence[HeaderRow],
    layout: Mapping[str, Any],
    dataset: Dataset,
    filename: str,
) -> None:
    """Each combination exactly once."""
    axes = [role for role in layout["header"] if role in dataset.axis_by_code]
    where = f"line {rows[0].line}"
    found: dict[tuple[str, ...], int] = {}
    for column in columns:
        key = (column.time, column.measure, *(column.codes[axis] for axis in axes))
        if key in found:
            both = f"fields {found[key] + 1} and {column.position + 1}"
            raise _refuse(dataset, filename, where, "each column once", f"{_key(key, axes, dataset)} in {both}")
        found[key] = column.position
    times = list(dict.fromkeys(column.time for column in columns)) or [""]
    measures = [m.code for m in dataset.measures]
    for key in itertools.product(times, measures, *(list(expand(layout, axis, dataset)) for axis in axes)):
        if key not in found:
            raise _refuse(dataset, filename, where, f"a column {_key(key, axes, dataset)}", "none")


def expand(layout: Mapping[str, Any], axis: str, dataset: Dataset) -> Iterator[str]:
    """Codes of an axis that a layout holds."""
    wanted = layout.get("subset", {}).get(axis, "all")
    for value in dataset.axis_by_code[axis].values:
        if wanted == "all" or (value.code != "" if wanted == "without_total" else value.code in wanted):
            yield value.code


def _complete(codes: Mapping[str, str], dataset: Dataset) -> dict[str, str]:
    return {axis.code: codes.get(axis.code, "") for axis in dataset.axes}


def _key(key: Sequence[str], axes: Sequence[str], dataset: Dataset) -> str:
    labels = [dataset.axis_by_code[a].by_code[c].label for a, c in zip(axes, key[2:], strict=True)]
    return " · ".join(filter(None, [key[0], dataset.measure_by_code[key[1]].label, *labels]))


def _words(words: Sequence[str]) -> str:
    text = " or ".join(repr(word) for word in words) or "an empty cell"
    return text if len(text) < 160 else text[:157] + "…"


def _cell(dataset: Dataset, filename: str, row: HeaderRow, position: int, expected: str) -> ContractError:
    text = row.cells[position]
    found = f"{text[:80]!r}" if text else "an empty cell"
    return _refuse(dataset, filename, f"line {row.line}, field {position + 1}", expected, found)


def _refuse(dataset: Dataset, filename: str, where: str, expected: str, found: str) -> ContractError:
    return ContractError(dataset.id, filename, where, expected, found, HINT.format(dataset.id))
