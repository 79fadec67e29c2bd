"""Where every line of a recording stands in the file that it was made of, as a short text for the manifest.

Comes in: places (line and field, both 1-based) in the order of the recording's lines, or the text. Goes out: the text,
or the places as locators in the words of `raw_locator`. Of a CSV: `line 15-17,20, field 60-62; line 30, field 4`, which
is fields 60, 61 and 62 of line 15, then of line 16, and so on; of a sheet the ranges `13111-01-03-4!C5:H27,C30:H33`,
row by row. Refuses a text of another form with ConfigError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.spreadsheet import column_letters, column_number

Place = tuple[int, int]

_LINES = re.compile(r"line (\S+), field (\S+)")
_RUN = re.compile(r"(\d+)(?:-(\d+))?")
_RANGE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


def compress(places: Iterable[Place], sheet: str | None = None) -> str:
    """The short text of places; of a sheet where one is named."""
    lines = [(line, [field for _, field in cells]) for line, cells in groupby(places, key=lambda place: place[0])]
    if sheet is not None:
        return f"{sheet}!{','.join(_ranges(lines))}"
    parts = []
    for fields, alike in groupby(lines, key=lambda entry: entry[1]):
        parts.append(f"line {_runs([line for line, _ in alike])}, field {_runs(fields)}")
    return "; ".join(parts)


def expand(text: str) -> Iterator[str]:
    """The locator of every line of a recording, first line first."""
    sheet, mark, ranges = text.partition("!")
    if mark:
        for part in ranges.split(","):
            yield from (f"{sheet}!{cell}" for cell in _cells(part))
        return
    for part in text.split("; "):
        found = _LINES.fullmatch(part)
        if found is None:
            raise _refuse(part)
        fields = list(_numbers(found[2]))
        yield from (f"line {line}, field {field}" for line in _numbers(found[1]) for field in fields)


def _runs(numbers: Sequence[int]) -> str:
    """`15-17,20`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        found = _RUN.fullmatch(part)
        if found is None:
            raise _refuse(text)
        yield from range(int(found[1]), int(found[2] or found[1]) + 1)


def _ranges(lines: Iterable[tuple[int, Sequence[int]]]) -> list[str]:
    """Rectangles that hold the cells row by row; a row with gaps has a rectangle of its own for each piece."""
    found: list[tuple[int, int, int, int]] = []
    for line, fields in lines:
        pieces = [tuple(map(int, piece.split("-"))) for piece in _runs(fields).split(",")]
        whole = (pieces[0][0], pieces[0][-1])
        if len(pieces) == 1 and found and found[-1][2:] == whole and found[-1][1] == line - 1:
            found[-1] = (found[-1][0], line, *whole)
        else:
            found += [(line, line, piece[0], piece[-1]) for piece in pieces]
    return [f"{column_letters(left)}{top}:{column_letters(right)}{bottom}" for top, bottom, left, right in found]


def _cells(text: str) -> Iterator[str]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _refuse(text)
    columns = [column_letters(number) for number in range(column_number(found[1]), column_number(found[3]) + 1)]
    yield from (f"{column}{row}" for row in range(int(found[2]), int(found[4]) + 1) for column in columns)


def _refuse(text: str) -> ConfigError:
    return ConfigError(
        f"recordings/manifest.json: origin.locators must be such as 'line 15-17,20, field 60-62' or 'Sheet!C5:H27', "
        f"found {text[:60]!r}; make the recordings anew with scripts/make_recordings.py"
    )
