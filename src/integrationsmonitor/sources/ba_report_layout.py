"""Where a report of the BA prints what. Comes in: `source` of the dataset's file. Goes out: a `Layout`.

Blocks are known by their heading and rows by their label, never by a number of a row: sheets move by a row, and their
labels stand in one column or the next. Refuses, with file, key and fix: a block of a measure, an axis or a code that
the file does not declare, and a wording that stands for two things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset


@dataclass(frozen=True)
class Block:
    """A heading with its rows: label to the codes of the axes; None for a row that is known and not loaded.

    The block begins with one of the labels `first`. Below a label of `closing` nothing may be loaded: what stands there
    may speak of something else (a rate on another base has the same labels).
    """

    headings: tuple[str, ...]
    measure: str
    rows: Mapping[str, tuple[str, ...] | None]
    first: tuple[str, ...]
    closing: frozenset[str]


@dataclass(frozen=True)
class Layout:
    """The sheet and its places; columns count from 0.

    A `filler` (such as "dar.") stands before a label and says nothing by itself. A row that begins with one of the
    `footers` ends the table.
    """

    sheet: str
    label_columns: tuple[int, ...]
    value_column: int
    needs_month: bool
    fillers: frozenset[str]
    footers: tuple[str, ...]
    blocks: tuple[Block, ...]
    by_heading: Mapping[str, Block | None]


def layout_of(dataset: Dataset) -> Layout:
    """The layout that a dataset's file declares, checked against its measures and axes."""
    source = dataset.source
    blocks = tuple(_block(block, dataset) for block in source["blocks"])
    by_heading: dict[str, Block | None] = dict.fromkeys(source.get("ignored_blocks", ()))
    labels = {label for block in blocks for label in block.rows}
    for block in blocks:
        for heading in block.headings:
            if heading in by_heading:
                raise _wrong(dataset, f"the heading {heading!r} stands twice; remove one")
            by_heading[heading] = block
    fillers = frozenset(source.get("fillers", ()))
    if source["value_column"] in source["label_columns"]:
        raise _wrong(dataset, f"the column {source['value_column']} holds labels and figures at once", "value_column")
    for word in sorted(labels & (set(by_heading) | fillers)):
        raise _wrong(dataset, f"{word!r} is a label and a heading or filler at once; a row could be either")
    return Layout(
        sheet=str(source["sheet"]),
        label_columns=tuple(column_number(letters) for letters in source["label_columns"]),
        value_column=column_number(str(source["value_column"])),
        needs_month=source.get("month_cell", "optional") == "required",
        fillers=fillers,
        footers=tuple(source.get("footers", ())),
        blocks=blocks,
        by_heading=by_heading,
    )


def column_number(letters: str) -> int:
    """The number of a column, A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _block(raw: Mapping[str, Any], dataset: Dataset) -> Block:
    headings, measure = tuple(raw["headings"]), str(raw["measure"])
    if measure not in dataset.measure_by_code:
        raise _wrong(dataset, f"the block {headings[0]!r} names the measure {measure!r}, which is not declared")
    rows: dict[str, tuple[str, ...] | None] = {}
    for labels, codes in (
        *((row["labels"], _codes(row.get("axes", {}), dataset, headings[0])) for row in raw["rows"]),
        ((*raw.get("ignored", ()), *raw.get("closing", ())), None),
    ):
        for label in labels:
            if label in rows:
                raise _wrong(dataset, f"the label {label!r} stands twice under {headings[0]!r}; remove one")
            rows[label] = codes
    return Block(headings, measure, rows, tuple(raw["rows"][0]["labels"]), frozenset(raw.get("closing", ())))


def _codes(axes: Mapping[str, str], dataset: Dataset, heading: str) -> tuple[str, ...]:
    for axis, code in axes.items():
        if axis not in dataset.axis_by_code or code not in dataset.axis_by_code[axis].by_code:
            raise _wrong(dataset, f"a row under {heading!r} names {axis}={code!r}, which is not declared")
    return tuple(axes.get(axis.code, "") for axis in dataset.axes)


def _wrong(dataset: Dataset, problem: str, key: str = "blocks") -> ConfigError:
    return ConfigError(f"catalog/datasets/{dataset.id}.yml: source.{key}: {problem}")


def texts_of(cells: Sequence[Any]) -> list[str]:
    """The words in some cells, without line breaks and protected blanks; what is no text is left out."""
    return [" ".join(cell.split()) for cell in cells if isinstance(cell, str) and cell.strip()]
