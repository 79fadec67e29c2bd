"""Damaged bytes are refused or harmless; where other figures come out, the bytes themselves plainly say so.

Damage is some flipped, lost, new or exchanged bytes or lines, or a cut. What comes out of it is one of three things:

1. a ContractError, never another exception;
2. the observations of the clean file;
3. other observations. They are allowed only where the damage made one well-formed cell out of another, which no reader
   can tell from a true one. That is so where (a) the plainest reading of the damaged text, split at line feeds and
   semicolons and nothing else, gives exactly the cells that were read, and (b) every cell that was not in the clean
   file stands on a line whose text the damage changed. A workbook's parts carry checksums: there it is never allowed.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.night import parsing
from integrationsmonitor.sources import genesis_read
from integrationsmonitor.sources.cells import in_memory
from integrationsmonitor.sources.local_file import read_local
from night_support import PROJECT
from wire import catalog, flat, recorded, wide, workbook

# Dataset, year and layout: totals and parts, rates, quality marks, an explicit header, a time in the title.
FLAT = [("regio_12511_04_01_4", 2024), ("regio_13111_01_03_4", 2019), ("destatis_12521_0041", 2025)]
WIDE = [*FLAT[1:], ("regio_13211_02_05_4", 2023), ("regio_12411_01_01_4", 2015), ("regio_13111_07_05_4", 2019)]
BOOKS = [("regio_13111_01_03_4", 2019), ("regio_13111_02_02_4", 2019)]
_KNOWN = datetime(2026, 11, 6, tzinfo=UTC)
Damage = Callable[[bytes], bytes]


class Read(NamedTuple):
    """What came out: observations without their places, and the cells with them."""

    observations: Counter[tuple[Any, ...]]
    cells: list[dict[str, Any]]


def read(dataset: Dataset, data: bytes, year: int) -> Read:
    """As a load reads, maps and checks; without a landing file."""
    content = parsing.Content("export", in_memory(data), "", _KNOWN, "source_stand")
    scope = (date(year, 1, 1), date(year, 12, 31))
    read_by_night = parsing._read(catalog(), dataset, content, "0" * 64, "p")
    parsing.parse(catalog(), dataset, content, "0" * 64, "p", scope, None)
    table = read_by_night.observations.drop_columns(["raw_locator"])
    cells = genesis_read.read_answer(in_memory(data), dataset, "export").cells.to_pylist()
    return Read(Counter(zip(*(column.to_pylist() for column in table.columns), strict=True)), cells)


@cache
def clean(layout: str, dataset_id: str, year: int) -> tuple[bytes, Read]:
    dataset = catalog().datasets[dataset_id]
    cells = recorded(dataset, year)
    if layout == "flat":
        data = ("\n".join(flat(dataset, cells, quality=True)) + "\n").encode()
    else:
        data = wide(dataset, cells).data() if layout == "wide" else workbook(dataset, cells).data()
    return data, read(dataset, data, year)


# --- damage ----------------------------------------------------------------------------------------------------------

places = st.floats(0, 1, exclude_max=True)
# Bytes that mean something to a reader, and any others.
noise = st.binary(min_size=1, max_size=6) | st.text('0123456789;,.-\n\r"x/()eä', min_size=1, max_size=6).map(str.encode)


def flip(place: float, mask: int) -> Damage:
    return lambda data: (
        data[: int(place * len(data))]
        + bytes([data[int(place * len(data))] ^ mask])
        + data[int(place * len(data)) + 1 :]
    )


def cut_out(place: float, size: int) -> Damage:
    return lambda data: data[: int(place * len(data))] + data[int(place * len(data)) + size :]


def insert(place: float, more: bytes) -> Damage:
    return lambda data: data[: int(place * len(data))] + more + data[int(place * len(data)) :]


def exchange(one: float, other: float) -> Damage:
    def damage(data: bytes) -> bytes:
        lines = data.split(b"\n")
        first, second = int(one * len(lines)), int(other * len(lines))
        lines[first], lines[second] = lines[second], lines[first]
        return b"\n".join(lines)

    return damage


def double(place: float) -> Damage:
    def damage(data: bytes) -> bytes:
        lines = data.split(b"\n")
        return b"\n".join([*lines[: int(place * len(lines)) + 1], *lines[int(place * len(lines)) :]])

    return damage


def quote(one: float, other: float) -> Damage:
    """A quoted label that begins in one line and ends in another."""

    def damage(data: bytes) -> bytes:
        lines = data.split(b"\n")
        first, last = sorted((int(one * len(lines)), int(other * len(lines))))
        lines[first] = lines[first].replace(b";", b';"', 1)
        lines[last] = lines[last].replace(b";", b"\0", 1).replace(b";", b'";', 1).replace(b"\0", b";")
        return b"\n".join(lines)

    return damage


to_bytes = (
    st.builds(flip, places, st.integers(1, 255))
    | st.builds(cut_out, places, st.integers(1, 12) | st.just(10**9))
    | st.builds(insert, places, noise)
)
to_lines = to_bytes | st.builds(exchange, places, places) | st.builds(double, places) | st.builds(quote, places, places)


def after(data: bytes, damages: list[Damage]) -> bytes:
    for damage in damages:
        data = damage(data) if data else data
    return data


# --- the plainest reading --------------------------------------------------------------------------------------------


def lines_of(data: bytes) -> list[str]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError:
            continue
    return data.decode("iso-8859-1").replace("\r\n", "\n").split("\n")


def fields_of(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=";")) if '"' in line else line.split(";")


def check_other_figures(
    found: Read, before: Read, data: bytes, damaged: bytes, place_of_key: Callable[..., str]
) -> None:
    """The third outcome: what was read stands there, and only lines that the damage touched say something else."""
    lines, untouched = lines_of(damaged), set(lines_of(data))
    known = {_said(cell) for cell in before.cells}
    for cell in found.cells:
        fields = fields_of(lines[cell["line"] - 1])
        assert fields[cell["col"] - 1].strip() == cell["value"]
        assert cell["region_code"] in map(str.strip, fields)
        assert place_of_key(cell, fields) == cell["region_code"]
        assert _said(cell) in known or lines[cell["line"] - 1] not in untouched, cell
    assert len({(cell["line"], cell["col"]) for cell in found.cells}) == len(found.cells)


def _said(cell: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in cell.items() if name not in ("line", "col"))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(FLAT), st.lists(to_lines, min_size=1, max_size=3))
def test_a_damaged_flat_answer_is_refused_or_harmless(which: tuple[str, int], damages: list[Damage]) -> None:
    data, before = clean("flat", *which)
    damaged, dataset = after(data, damages), catalog().datasets[which[0]]
    try:
        found = read(dataset, damaged, which[1])
    except ContractError:
        return
    if found.observations != before.observations:
        check_other_figures(found, before, data, damaged, lambda _, fields: fields[7])
        said = [fields_of(line) for line in lines_of(damaged)[1:] if line]
        count = next((n for n, fields in enumerate(said) if fields[0].startswith("__________")), len(said))
        assert len(found.cells) == count, "one cell per line, none passed over"


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(WIDE), st.lists(to_lines, min_size=1, max_size=3))
def test_a_damaged_wide_table_is_refused_or_harmless(which: tuple[str, int], damages: list[Damage]) -> None:
    data, before = clean("wide", *which)
    damaged, dataset = after(data, damages), catalog().datasets[which[0]]
    try:
        found = read(dataset, damaged, which[1])
    except ContractError:
        return
    if found.observations != before.observations:
        at = list(dataset.csv["layouts"][0]["stub"]).index("code")
        check_other_figures(found, before, data, damaged, lambda _, fields: fields[at].strip())
        axes = [f"a_{axis.code}" for axis in dataset.axes if axis.code not in dataset.csv["layouts"][0]["stub"]]
        heads, known = ({(c["col"], c["measure"], *(c[a] for a in axes)) for c in r.cells} for r in (found, before))
        assert heads == known, "every column means what it meant"


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BOOKS), st.lists(to_bytes, min_size=1, max_size=3))
def test_a_damaged_workbook_is_refused_or_harmless(which: tuple[str, int], damages: list[Damage]) -> None:
    data, before = clean("xlsx", *which)
    try:
        found = read(catalog().datasets[which[0]], after(data, damages), which[1])
    except ContractError:
        return
    assert found == before


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["local_azr_presse", "local_kreisangaben_2019"]), st.lists(to_lines, min_size=1, max_size=3))
def test_a_damaged_curated_file_is_refused_or_read_as_it_stands(name: str, damages: list[Damage]) -> None:
    dataset = catalog().datasets[name]
    damaged = after((PROJECT / dataset.table).read_bytes(), damages)
    try:
        rows = read_local(damaged, dataset, "figures.csv", catalog().regions).observations.to_pylist()
    except ContractError:
        return
    text = damaged.decode("utf-8-sig")
    plain = [
        (line["region_key"].strip(), line["period_end"].strip(), line["value"].strip(), line["citation"].strip())
        for line in csv.DictReader(io.StringIO(text, newline=""))
    ]
    assert [
        (row["region_key"], f"{row['period_end']}", _printed(row["value"], line[2]), row["citation"])
        for row, line in zip(rows, plain, strict=True)
    ] == plain


def _printed(value: Any, text: str) -> str:
    """The text, if it is this number."""
    return text if value == type(value)(text) else f"{value}"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([("flat", *FLAT[1]), ("wide", *WIDE[0]), ("xlsx", *BOOKS[0])]), places)
@example(("flat", *FLAT[1]), 0.5)
def test_half_a_file_is_never_a_file(which: tuple[str, str, int], place: float) -> None:
    layout, dataset_id, year = which
    data, _ = clean(layout, dataset_id, year)
    kept = data[: int(place * (len(data) - 1))]  # at least one byte more than the last line feed is lost
    if layout == "wide" and b"Stand: 10.10.2017 / 16:36:03" in kept:
        return  # whole but for a line feed
    with pytest.raises(ContractError):
        read(catalog().datasets[dataset_id], kept, year)
