"""Reader of the wide tables (`csv`) of GENESIS, of the system until 2024 (V4) and of the current one (V5).

Comes in: the file's bytes, UTF-8 or ISO-8859-1. Goes out: the table `cells` and the printed Stand. Time may stand in a
column, in the header or in a title line; title lines are not counted, since their breaks move from year to year.
Refuses: another table's id, a header that does not keep the contract of the dataset's file (genesis_header), a row with
another number of fields, an unknown label, a file without its footer (it may be cut short) or without a Stand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.cells import QUALITIES, Answer, cell_columns
from integrationsmonitor.sources.genesis_header import HINT, TIME, Column, HeaderRow, read_header

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.dataset import Dataset

FOOTER = "__________"
REGION = re.compile(r"DG|\d{2,3}|\d{5}|\d{8}")
_FIRST = re.compile(r"(?:GENESIS-)?Tabelle: (\S+)")
_STAND = re.compile(r"Stand: (\d{2})\.(\d{2})\.(\d{4}) / (\d{2}):(\d{2}):(\d{2})")


class Parts(NamedTuple):
    """A file cut at its seams; `first` is the line (1-based) of the first data row."""

    titles: list[str]
    header: list[HeaderRow]
    first: int
    rows: list[list[str]]
    footer: str


def read_cells(data: bytes, dataset: Dataset, filename: str) -> Answer:
    """Cells of a wide table in the first layout of the dataset's file whose header fits."""
    parts = cut(decode(data), dataset, filename)
    stand = stand_of(parts.footer, dataset, filename)
    layout, columns = _choose(parts, dataset, filename)
    time = _title_time(parts.titles, layout["time"]["title"], dataset, filename) if "time" in layout else ""
    return Answer(_cells(parts, layout, columns, time, dataset, filename), "csv", stand, filename)


def decode(data: bytes) -> str:
    """Text of a file of either encoding: UTF-8 from bulk downloads, ISO-8859-1 (or cp1252) from browsers."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("iso-8859-1")


def cut(text: str, dataset: Dataset, filename: str) -> Parts:
    """Title lines, header rows, data rows and footer."""
    lines = text.replace("\r\n", "\n").split("\n")
    named = _FIRST.fullmatch(lines[0].rstrip(";").strip())
    if named is None or named.group(1) != dataset.table:
        found = named.group(1) if named else lines[0][:80]
        raise refuse(dataset, filename, "line 1", f"'GENESIS-Tabelle: {dataset.table}'", repr(found))
    end = next((n for n, line in enumerate(lines) if line.startswith(FOOTER)), None)
    if end is None:
        last = f"line {len(lines)}"
        raise refuse(dataset, filename, last, f"a footer after {FOOTER!r}", "none: the file may be cut short")
    rows = list(_split(lines[:end], dataset, filename))
    at = 1
    while at < end and rows[at][0].strip() and not any(cell.strip() for cell in rows[at][1:]):
        at += 1
    titles = [row[0].strip() for row in rows[1:at]]
    start = at
    while at < end and not rows[at][0].strip():
        at += 1
    header = [HeaderRow(n + 1, [cell.strip() for cell in rows[n]]) for n in range(start, at)]
    if at == end:
        raise refuse(dataset, filename, f"line {end}", "data rows", "none")
    return Parts(titles, header, at + 1, rows[at:], "\n".join(lines[end:]))


def _split(lines: Sequence[str], dataset: Dataset, filename: str) -> Iterator[list[str]]:
    """Fields per line; a quoted field must end on its line."""
    for number, line in enumerate(lines, start=1):
        if '"' not in line:
            yield line.split(";")
            continue
        try:
            yield next(csv.reader([line], delimiter=";", strict=True))
        except csv.Error:
            raise refuse(dataset, filename, f"line {number}", "a quoted field that ends", repr(line[:80])) from None


def stand_of(text: str, dataset: Dataset, filename: str) -> datetime:
    """The printed moment of the export, Europe/Berlin, as aware UTC."""
    found = _STAND.search(text)
    if found is None:
        raise refuse(dataset, filename, "the footer", "'Stand: DD.MM.YYYY / hh:mm:ss'", "none")
    day, month, year, hour, minute, second = map(int, found.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo("Europe/Berlin"))
    except ValueError:
        raise refuse(dataset, filename, "the footer", "a moment that exists", found.group(0)) from None
    return local.astimezone(UTC)


def _choose(parts: Parts, dataset: Dataset, filename: str) -> tuple[Mapping[str, Any], list[Column]]:
    """The layout whose header fits; if none does, the error of the one with as many header rows and stub columns."""
    layouts = dataset.csv.get("layouts", [])
    if not layouts:
        hint = f"Describe the wide layout under csv: in catalog/datasets/{dataset.id}.yml"
        raise ContractError(dataset.id, filename, "the file", "a flat answer (ffcsv)", "a wide table", hint)
    problems = []
    for layout in layouts:
        try:
            return layout, _checked_header(parts, layout, dataset, filename)
        except ContractError as problem:
            stub = [bool(cell) for row in parts.header for cell in row.cells[: len(layout["stub"])]]
            fields = min((len(row.cells) for row in parts.header), default=0)
            wrong_stub = any(stub) or (
                fields > len(layout["stub"]) and not any(row.cells[len(layout["stub"])] for row in parts.header)
            )
            problems.append((wrong_stub, problem))
    raise min(problems, key=lambda entry: entry[0])[1]


def _checked_header(parts: Parts, layout: Mapping[str, Any], dataset: Dataset, filename: str) -> list[Column]:
    columns = read_header(parts.header, layout, dataset, filename)
    roles = layout.get("header") or layout["columns"][0]["head"]
    if "measure" not in roles:
        measure = dataset.measures[0]
        wanted = [f"{label} ({measure.unit})" for label in measure.labels]
        if not any(line in wanted for line in parts.titles):
            raise refuse(dataset, filename, "the title lines", repr(wanted[0]), repr(" / ".join(parts.titles)[-120:]))
    return columns


def _title_time(titles: Sequence[str], before: str, dataset: Dataset, filename: str) -> str:
    found = [line.removeprefix(before) for line in titles if line.startswith(before)]
    times = [text for text in found if TIME.fullmatch(text)]
    if len(times) != 1:
        what = f"one line '{before}' with a date or year"
        raise refuse(dataset, filename, "the title lines", what, ", ".join(times) or "none")
    return times[0]


def _cells(
    parts: Parts, layout: Mapping[str, Any], columns: Sequence[Column], time: str, dataset: Dataset, filename: str
) -> pa.Table:
    width = len(parts.header[0].cells)
    for number, row in enumerate(parts.rows, start=parts.first):
        if len(row) != width:
            raise refuse(dataset, filename, f"line {number}", f"{width} fields", f"{len(row)}")
    fields = list(zip(*parts.rows, strict=True))
    lines = range(parts.first, parts.first + len(parts.rows))
    stub = read_stub(fields, lines, layout["stub"], dataset, filename)
    for column in columns:
        if column.quality is not None:
            check_quality(fields[column.quality], lines, column.quality, dataset, filename)
    return assemble(fields, lines, stub, columns, time, dataset)


def read_stub(
    fields: Sequence[Sequence[str]], lines: Sequence[int], roles: Sequence[str], dataset: Dataset, filename: str
) -> dict[str, list[str]]:
    """The leading columns as columns of `cells`; distinct values are judged, so that each is looked up once."""
    stub: dict[str, list[str]] = {}
    for position, role in enumerate(roles):
        texts = fields[position]
        known = {text: text.strip() for text in set(texts)}
        for text, stripped in known.items():
            expected = None
            if role == "time" and not TIME.fullmatch(stripped):
                expected = "a date DD.MM.YYYY or a year"
            elif role == "code" and not REGION.fullmatch(stripped):
                expected = "the key of a region"
            elif role in dataset.axis_by_code:
                value = dataset.axis_by_code[role].by_label.get(stripped)
                if value is None:
                    expected = f"a known value of {role}"
                else:
                    known[text] = value.code
            if expected:
                where = f"line {lines[texts.index(text)]}, field {position + 1}"
                raise refuse(dataset, filename, where, expected, repr(text[:80]))
        name = {"code": "region_code", "name": "region_label"}.get(role, role if role == "time" else f"a_{role}")
        stub[name] = [known[text] for text in texts]
    return stub


def check_quality(texts: Sequence[str], lines: Sequence[int], position: int, dataset: Dataset, filename: str) -> None:
    """Refuse a quality sign that the rules do not know."""
    for text in set(texts):
        if text.strip() not in QUALITIES:
            where = f"line {lines[texts.index(text)]}, field {position + 1}"
            raise refuse(dataset, filename, where, "a quality sign e, p, r, s or ()", repr(text[:80]))


def assemble(
    fields: Sequence[Sequence[str]],
    lines: Sequence[int],
    stub: Mapping[str, list[str]],
    columns: Sequence[Column],
    time: str,
    dataset: Dataset,
) -> pa.Table:
    """One row per number, column after column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(lines)
    shared = {name: pa.array(values, pa.string()) for name, values in stub.items()}
    shared["line"] = pa.array(lines, pa.int32())
    tables = []
    for column in columns:
        constants = {"measure": column.measure, **{f"a_{axis}": code for axis, code in column.codes.items()}}
        arrays = {name: pa.repeat(pa.scalar(text, pa.string()), count) for name, text in constants.items()}
        arrays["time"] = pa.repeat(pa.scalar(column.time or time, pa.string()), count)
        arrays["col"] = pa.repeat(pa.scalar(column.position + 1, pa.int32()), count)
        arrays["value"] = pc.utf8_trim_whitespace(pa.array(fields[column.position], pa.string()))
        signs = fields[column.quality] if column.quality is not None else [""] * count
        arrays["quality"] = pc.utf8_trim_whitespace(pa.array(signs, pa.string()))
        arrays.update(shared)
        names = cell_columns(dataset)
        tables.append(pa.table([arrays[name] for name in names], names=names))
    return pa.concat_tables(tables).combine_chunks()


def refuse(dataset: Dataset, filename: str, where: str, expected: str, found: str) -> ContractError:
    """The error of a file that cannot be read as its dataset's file says."""
    return ContractError(dataset.id, filename, where, expected, found, HINT.format(dataset.id))
