"""Reader of the flat answers (`ffcsv`) of GENESIS since 2025. Comes in: the member as a stream. Goes out: cells.

Refuses: bytes that are no UTF-8, a header with a renamed, missing, moved or additional column, lines with another
number of fields, a quoted field that goes on in the next line, and any variable, attribute, measure, label or unit that
the dataset's file does not know. The file is read once, in pieces, with every column dictionary-encoded: the few
distinct words are judged in Python, the many lines never become Python objects, and the file never stands in memory as
a whole.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from integrationsmonitor.columns import Column, combine, constant
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.cells import Answer, cell_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from integrationsmonitor.dataset import Axis, Dataset
    from integrationsmonitor.sources.cells import Source

REGION_VARIABLES = frozenset({"DINSG", "DLAND", "REGBEZ", "KREISE"})
_BOM = b"\xef\xbb\xbf"
_FOOTER = b"\n__________"
_HEAD = ("statistics_code", "statistics_label", "time_code", "time_label", "time")
_BLOCK = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
_TAIL = ("value", "value_unit", "value_variable_code", "value_variable_label")
# Labels of variables, statistic and time say again what the code before them says; only codes are judged there.
_REPEATS_ITS_CODE = re.compile(r"(\d+_variable|statistics|time)_label")
_MEMBER = re.compile(r"_(\d{12,14})_[a-z]{2}_flat\.csv$")


def read_cells(source: Source, dataset: Dataset, filename: str) -> Answer:
    """Read a flat answer; its Stand is the moment in the member's name, aware UTC."""
    names = _header(source, dataset, filename)
    has_quality = _check_header(names, dataset, filename)
    table = _parse(source, names, dataset, filename)
    order = _block_order(table, dataset, filename)
    for check in _checks(dataset, order):
        _judge(table, check, dataset, filename)
    found = _MEMBER.search(filename)
    stand = datetime.fromtimestamp(int(found.group(1)) / 1000, UTC) if found else None
    return Answer(_cells(table, dataset, order, has_quality), "ffcsv", stand, filename)


class _UntilFooter(io.RawIOBase):
    """The lines above the footer, where there is one, in whatever pieces they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.kept, self.ended = file, b"", False
        self.feeds, self.last = 0, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        ahead = len(_FOOTER)  # a footer may begin in this piece and end in the next
        while not self.ended and (size < 0 or len(self.kept) < size + ahead):
            piece = self.file.read(size if size < 0 else size + ahead)
            self.kept += piece
            footer = self.kept.find(_FOOTER)
            self.ended = footer >= 0 or not piece
            if footer >= 0:
                self.kept = self.kept[: footer + 1]
        wanted = len(self.kept) if size < 0 else size
        found, self.kept = self.kept[:wanted], self.kept[wanted:]
        self.feeds, self.last = self.feeds + found.count(b"\n"), found[-1:] or self.last
        return found

    @property
    def lines(self) -> int:
        """How many lines were read so far, whatever quotes stand in them."""
        return self.feeds + (self.last != b"\n")

    def close(self) -> None:
        self.file.close()
        super().close()


def _header(source: Source, dataset: Dataset, filename: str) -> list[str]:
    with source() as file:
        start = file.read(100_000).removeprefix(_BOM)
    if not start[:1000].strip():
        raise ContractError(dataset.id, filename, "line 1", "a header and data lines", "an empty file")
    try:
        return start.split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8").split(";")
    except UnicodeDecodeError:
        raise ContractError(dataset.id, filename, "line 1", "UTF-8", "another encoding") from None


def _check_header(names: list[str], dataset: Dataset, filename: str) -> bool:
    """Compare column by column; returns whether a quality column stands at the end."""
    has_quality = names[-1] == "value_q"
    blocks = len(dataset.axes) + 1
    expected = [*_HEAD, *(f"{n}_{part}" for n in range(1, blocks + 1) for part in _BLOCK), *_TAIL]
    if has_quality:
        expected.append("value_q")
    for position, (want, found) in enumerate(zip(expected, names, strict=False), start=1):
        if want != found:
            raise ContractError(
                dataset.id, filename, f"line 1, field {position}", f"column {want!r}", f"{found[:80]!r}"
            )
    if len(names) != len(expected):
        raise ContractError(
            dataset.id, filename, "line 1", f"{len(expected)} columns ({blocks} variables)", f"{len(names)} columns"
        )
    return has_quality


def _parse(source: Source, names: list[str], dataset: Dataset, filename: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    words = pa.dictionary(pa.int32(), pa.string())
    judged = [name for name in names if not _REPEATS_ITS_CODE.fullmatch(name)]
    stream = _UntilFooter(source())
    try:
        table = csv.read_csv(
            stream,
            read_options=csv.ReadOptions(block_size=1 << 20),
            parse_options=csv.ParseOptions(delimiter=";", ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(include_columns=judged, column_types=dict.fromkeys(judged, words)),
        )
    except pa.ArrowInvalid as problem:
        raise _parse_error(str(problem), source, dataset, filename) from None
    if table.num_rows == 0:
        hint = "The table may be empty at the source"
        raise ContractError(dataset.id, filename, "line 2", "data lines", "none", hint)
    if table.num_rows + 1 != stream.lines:  # a quoted field took line feeds, and the figures behind them, for its own
        found = f"{table.num_rows} in {stream.lines - 1} lines"
        raise ContractError(dataset.id, filename, "the file", "one figure per line", found, "Look for a stray quote")
    return table


def _parse_error(problem: str, source: Source, dataset: Dataset, filename: str) -> ContractError:
    """Name the first line that has another number of fields, or no UTF-8."""
    with source() as file:
        lines = file.read().split(_FOOTER, 1)[0].removesuffix(b"\n").split(b"\n")
    fields = lines[0].count(b";")
    for number, line in enumerate(lines, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return ContractError(dataset.id, filename, f"line {number}", "UTF-8", "another encoding")
        if line.count(b";") != fields and b'"' not in line:
            found = f"{line.count(b';') + 1} in {line[:60].decode()!r}"
            hint = "The answer may be cut off; ask again tomorrow" if number == len(lines) else ""
            return ContractError(dataset.id, filename, f"line {number}", f"{fields + 1} fields", found, hint)
    return ContractError(dataset.id, filename, "the file", "lines with the header's fields", problem[:160])


def _block_order(table: pa.Table, dataset: Dataset, filename: str) -> list[str]:
    """Which axis stands in which variable block, "" for the region; every later line is held to it."""
    blocks = range(1, len(dataset.axes) + 2)
    first = [table[f"{number}_variable_code"][0].as_py() for number in blocks]
    order = ["" if code in REGION_VARIABLES else code for code in first]
    wanted = ["", *(axis.code for axis in dataset.axes)]
    if sorted(order) != sorted(wanted):
        unknown = [code for code in order if code not in wanted]
        raise ContractError(
            dataset.id,
            filename,
            "line 2",
            f"the variables {'/'.join(sorted(REGION_VARIABLES))} and {', '.join(wanted[1:]) or 'no other'}",
            f"variable {unknown[0]!r}" if unknown else f"variables {', '.join(first)}",
            _hint(dataset),
        )
    return order


class _Check:
    """The columns that are judged together, and the pairs or words that they may hold."""

    def __init__(self, columns: tuple[str, ...], known: dict[str, tuple[str, ...]], what: str) -> None:
        self.columns, self.known, self.what = columns, known, what


def _checks(dataset: Dataset, order: list[str]) -> Iterator[_Check]:
    if code := dataset.statistic.get("code"):
        yield _Check(("statistics_code",), {code: ()}, "statistic")
    if code := dataset.time.get("code"):
        yield _Check(("time_code",), {code: ()}, "time")
    measures = {measure.code: measure for measure in dataset.measures}
    measure = "value_variable_code"
    yield _Check((measure, "value_variable_label"), {c: m.labels for c, m in measures.items()}, "measure")
    yield _Check((measure, "value_unit"), {c: (m.unit,) for c, m in measures.items()}, "unit of measure")
    for number, code in enumerate(order, start=1):
        allowed = [code] if code else REGION_VARIABLES
        yield _Check((f"{number}_variable_code",), dict.fromkeys(allowed, ()), f"variable {number}")
        if code:
            yield _axis_check(dataset.axis_by_code[code], number)


def _axis_check(axis: Axis, number: int) -> _Check:
    columns = (f"{number}_variable_attribute_code", f"{number}_variable_attribute_label")
    return _Check(columns, {value.code: value.labels for value in axis.values}, f"attribute of {axis.code}")


def _judge(table: pa.Table, check: _Check, dataset: Dataset, filename: str) -> None:
    """Judge each distinct pair once; the first line that holds an unknown one is named."""
    pairs = combine([Column.of(table[name]) for name in check.columns])
    for _, (code, *labels), row in pairs.used():
        label = labels[0] if labels else ""
        if code not in check.known:
            known = ", ".join(repr(word) for word in check.known)
            found = f"{code!r} ({label})" if label else repr(code)
        elif check.known[code] and label not in check.known[code]:
            known, found = f"{check.known[code][0]!r} for {code!r}", repr(label)
        else:
            continue
        where = f"line {row + 2}"
        raise ContractError(dataset.id, filename, where, f"a known {check.what}: {known}", found, _hint(dataset))


def _hint(dataset: Dataset) -> str:
    return f"If the source changed it, say so in catalog/datasets/{dataset.id}.yml"


def _cells(table: pa.Table, dataset: Dataset, order: list[str], has_quality: bool) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    place = {code: number for number, code in enumerate(order, start=1)}
    rows = table.num_rows
    column = len(_HEAD) + len(_BLOCK) * len(order) + 1

    def whole(name: str) -> pa.DictionaryArray:
        return Column.of(table[name]).as_arrow()

    found = {
        "line": pa.array(np.arange(2, rows + 2, dtype=np.int32)),
        "col": pa.array(np.full(rows, column, dtype=np.int32)),
        "time": whole("time"),
        "region_code": whole(f"{place['']}_variable_attribute_code"),
        "region_label": whole(f"{place['']}_variable_attribute_label"),
        "measure": whole("value_variable_code"),
        "value": whole("value"),
        "quality": whole("value_q") if has_quality else constant("", rows),
    }
    for axis in dataset.axes:
        found[f"a_{axis.code}"] = whole(f"{place[axis.code]}_variable_attribute_code")
    return pa.table({name: found[name] for name in cell_columns(dataset)})
