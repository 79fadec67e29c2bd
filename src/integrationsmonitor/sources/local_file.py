"""Curated figures. Comes in: a tidy CSV and its dataset. Goes out: observations, each with its citation and date.

UTF-8, `;` or `,`, one figure per line. Refuses with file and line: an unknown or missing column, a line of another
length, an unknown region, measure, unit, basis or word, a date that does not fit the dataset's period, a number that is
none, a figure that stands twice, a figure without a citation.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import (
    AXIS_FIELDS,
    CELL_KEY,
    COLUMNS,
    NATIONALITIES,
    SEXES,
    STATED,
    STATUSES_WITH_VALUE,
    schema,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Region
    from integrationsmonitor.dataset import Dataset, Measure

REQUIRED = ("region_key", "period_start", "period_end", "measure", "value", "unit", "basis")
ORIGIN = ("known_from", "known_from_quality", "citation")
OPTIONAL = (*AXIS_FIELDS, "dimensions")
KNOWN_FROM_QUALITIES = ("source_stand", "publication", "upper_bound")
_WORDS = {"sex": SEXES, "nationality": NATIONALITIES}
_WORD = re.compile(r"[a-z0-9_]+")
_DIMENSIONS = re.compile(r"[a-z0-9_]+=[^=|]+(\|[a-z0-9_]+=[^=|]+)*")
_LOCAL_REGION = re.compile(r"(?P<ags>[0-9]{5}|[0-9]{8}):[A-Za-z0-9_.-]+")


class LocalAnswer(NamedTuple):
    """`observations`: COLUMNS and STATED of observation.py."""

    observations: pa.Table


class _Line(NamedTuple):
    """One line of the file with what is needed to judge it and to complain about it."""

    number: int
    fields: Mapping[str, str]
    dataset: Dataset
    filename: str

    def refuse(self, expected: str, found: str, hint: str = "") -> ContractError:
        return ContractError(self.dataset.id, self.filename, f"line {self.number}", expected, found, hint)


def read_local(
    data: bytes, dataset: Dataset, filename: str, regions: Mapping[str, Region], *, parse_key: str = ""
) -> LocalAnswer:
    """Read a whole file; the first thing that is wrong rejects it with a ContractError."""
    import pyarrow as pa

    raw_sha256 = hashlib.sha256(data).hexdigest()
    rows: list[dict[str, Any]] = []
    first_line: dict[tuple[Any, ...], int] = {}
    for line in _lines(data, dataset, filename):
        row = {
            **_observation(line, regions),
            "raw_sha256": raw_sha256,
            "raw_locator": f"line {line.number}",
            "parse_key": parse_key,
            **_origin(line),
        }
        key = tuple(row[name] for name in CELL_KEY)
        if key in first_line:
            raise line.refuse("every figure once", f"the figure of line {first_line[key]} again", "Remove one of them")
        first_line[key] = line.number
        rows.append(row)
    return LocalAnswer(pa.Table.from_pylist(rows, schema=schema((*COLUMNS, *STATED))))


def _lines(data: bytes, dataset: Dataset, filename: str) -> Iterator[_Line]:
    """Split the file into fields, with the header checked and every line of its length."""

    def refuse(locator: str, expected: str, found: str, hint: str = "") -> ContractError:
        return ContractError(dataset.id, filename, locator, expected, found, hint)

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        found = f"the byte 0x{data[problem.start]:02x}"
        raise refuse(f"line {line}", "UTF-8", found, "Save the file as UTF-8") from None
    header_line = text.split("\n", 1)[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    last, header = 0, list[str]()
    try:
        for fields in reader:
            first, last = last + 1, reader.line_num
            if not header:
                header = fields
                _check_header(header, refuse)
            elif len(fields) != len(header):
                raise refuse(f"line {first}", f"{len(header)} fields", f"{len(fields)}")
            else:
                values = {name: value.strip() for name, value in zip(header, fields, strict=True)}
                yield _Line(first, values, dataset, filename)
    except csv.Error as problem:
        raise refuse(f"line {reader.line_num}", "fields in CSV", str(problem)) from None
    if not header:
        raise refuse("line 1", "a header", "an empty file")


def _check_header(header: list[str], refuse: Any) -> None:
    known = {*REQUIRED, *ORIGIN, *OPTIONAL}
    for name in header:
        if name not in known:
            raise refuse("line 1", f"columns among {', '.join(sorted(known))}", repr(name))
        if header.count(name) > 1:
            raise refuse("line 1", "every column once", f"{name!r} twice")
    for name in (*REQUIRED, *ORIGIN):
        if name not in header:
            raise refuse("line 1", f"a column {name!r}", "none")


def _observation(line: _Line, regions: Mapping[str, Region]) -> dict[str, Any]:
    fields, dataset = line.fields, line.dataset
    start, end = _period(line)
    measure = _measure(line)
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "dataset_id": dataset.id,
        "measure": measure.measure,
        "region_key": fields["region_key"],
        "region_level": _region_level(line, regions, end),
        "period_type": dataset.period_type,
        "period_start": start,
        "period_end": end,
        "territory_date": end,
        "unit": measure.unit,
        "basis": _basis(line, measure),
        "place": dataset.place,
    }
    row |= _axes(line, measure)
    row |= _value(line, measure, end)
    return row


def _origin(line: _Line) -> dict[str, Any]:
    quality, citation = line.fields["known_from_quality"], line.fields["citation"]
    if quality not in KNOWN_FROM_QUALITIES:
        raise line.refuse(f"known_from_quality among {', '.join(KNOWN_FROM_QUALITIES)}", repr(quality))
    if not citation:
        raise line.refuse("a citation", "none", "A curated figure without its source is not published")
    stated = (_day(line, "known_from"), quality, citation)
    return dict(zip(STATED, stated, strict=True))


def _day(line: _Line, column: str) -> date:
    text = line.fields[column]
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise line.refuse(f"{column} as YYYY-MM-DD", repr(text))


def _period(line: _Line) -> tuple[date, date]:
    start, end = _day(line, "period_start"), _day(line, "period_end")
    if line.dataset.period_type == "stichtag":
        fits, expected = start == end, "a Stichtag, whose start is its end"
    else:
        fits, expected = start < end, f"a period of the kind {line.dataset.period_type}"
    if not fits:
        raise line.refuse(expected, f"{start} to {end}")
    return start, end


def _region_level(line: _Line, regions: Mapping[str, Region], day: date) -> str:
    key = line.fields["region_key"]
    local = _LOCAL_REGION.fullmatch(key)
    region = regions.get(local["ags"] if local else key)
    if region is None:
        raise line.refuse("a region of catalog/regions.yml, or <AGS>:<local key>", repr(key))
    if not region.exists_at(day):
        raise line.refuse(f"a region that existed on {day}", f"{key} ({region.name})")
    return "lokal" if local else region.level


def _measure(line: _Line) -> Measure:
    word, unit = line.fields["measure"], line.fields["unit"]
    fitting = [measure for measure in line.dataset.measures if word in (measure.code, measure.measure)]
    if not fitting:
        known = ", ".join(measure.measure for measure in line.dataset.measures)
        raise line.refuse(f"a measure among {known}", repr(word))
    if unit != fitting[0].unit:
        raise line.refuse(f"the unit {fitting[0].unit!r}", repr(unit))
    return fitting[0]


def _basis(line: _Line, measure: Measure) -> str:
    known = dict.fromkeys([*(rule.basis for rule in line.dataset.basis), *([measure.basis] if measure.basis else [])])
    if line.fields["basis"] not in known:
        hint = f"List it under `basis` in catalog/datasets/{line.dataset.id}.yml if it is right"
        raise line.refuse(f"a basis among {', '.join(known)}", repr(line.fields["basis"]), hint)
    return line.fields["basis"]


def _axes(line: _Line, measure: Measure) -> dict[str, str]:
    """Axis fields and dimensions of a line; an empty field means "not split by it"."""
    fixed = {**line.dataset.constants, **measure.constants}
    row: dict[str, str] = {}
    for name, neutral in AXIS_FIELDS.items():
        word = line.fields.get(name) or fixed.get(name, neutral)
        if name in fixed and word != fixed[name]:
            raise line.refuse(f"{name} {fixed[name]!r}, which the dataset's file sets", repr(word))
        if name in _WORDS and word not in _WORDS[name]:
            raise line.refuse(f"{name} among {', '.join(_WORDS[name])}", repr(word))
        if word and not _WORD.fullmatch(word) and not (name == "age_group" and word.isprintable()):
            raise line.refuse(f"{name} in small letters, digits and _", repr(word))
        row[name] = word
    dimensions = line.fields.get("dimensions", "")
    if dimensions:
        names = [part.split("=", 1)[0] for part in dimensions.split("|")]
        if not _DIMENSIONS.fullmatch(dimensions) or names != sorted(set(names)) or set(names) & set(AXIS_FIELDS):
            raise line.refuse("dimensions as key=value|key=value, sorted by key", repr(dimensions))
    constants = {name: word for name, word in fixed.items() if name not in AXIS_FIELDS and word != "insgesamt"}
    if constants and not dimensions:
        dimensions = "|".join(f"{name}={word}" for name, word in sorted(constants.items()))
    return {**row, "dimensions": dimensions}


def _value(line: _Line, measure: Measure, end: date) -> dict[str, Any]:
    """Read a number with the dataset's decimal mark (`source.decimal`, a point by default), or a sign it explains."""
    text, mark = line.fields["value"], str(line.dataset.source.get("decimal", "."))
    if re.fullmatch(rf"(-(?!0+\Z))?[0-9]{{1,12}}({re.escape(mark)}[0-9]{{1,6}})?", text):
        return {"value": Decimal(text.replace(mark, ".")), "sign": None, "printed": text, "status": "value"}
    for rule in line.dataset.signs:
        names_measure = not rule.measures or bool({measure.code, measure.measure} & set(rule.measures))
        if text == rule.sign and rule.layout in ("", "csv") and names_measure and rule.first <= end <= rule.last:
            value = Decimal(0) if rule.status in STATUSES_WITH_VALUE else None
            return {"value": value, "sign": text, "printed": text, "status": rule.status}
    expected = f"a number with at most 6 decimals after {mark!r} and no thousands mark, or a sign of the dataset's file"
    raise line.refuse(expected, repr(text))
