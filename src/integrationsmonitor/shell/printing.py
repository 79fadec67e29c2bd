"""An answer as text. Comes in: columns and rows. Goes out: a table for people, or CSV or JSON for programs.

A table shows the first rows and says how many there are; CSV and JSON are complete. Numbers are exact. Trailing zeros
stand where somebody rounded to that many digits, not where a column has room for them.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, TextIO

from integrationsmonitor.shell.session import Answer

SHOWN = 40
# A number with more decimals than this was not rounded by whoever asked: the column is that wide.
_ROUNDED = 4


def table(answer: Answer, to: TextIO | None = None) -> None:
    """Columns side by side; where the terminal is too narrow for them, one block per row. Nothing is cut but rows."""
    to = to or sys.stdout
    rows = list(islice(answer.rows, SHOWN))
    left_out = sum(1 for _ in answer.rows)
    if not answer.columns:
        return
    cells = [[_shown(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(answer.columns, *cells, strict=True)]
    is_wide = to.isatty() and sum(widths) + 2 * len(widths) > shutil.get_terminal_size((120, 40)).columns
    if is_wide:
        label = max(map(len, answer.columns))
        for number, row in enumerate(cells, start=1):
            print(f"── Zeile {number}", file=to)
            for name, cell in zip(answer.columns, row, strict=True):
                print(f"{name:<{label}}  {cell}".rstrip(), file=to)
    else:
        right = [_is_number(column) for column in zip(*rows, strict=True)] or [False] * len(widths)
        lines = [answer.columns, ["─" * width for width in widths], *cells]
        for line in lines:
            parts = zip(line, widths, right, strict=True)
            print("  ".join(f"{cell:{'>' if left else '<'}{width}}" for cell, width, left in parts).rstrip(), file=to)
    print(_counted(len(rows), left_out), file=to)


def as_csv(answer: Answer, to: TextIO | None = None) -> None:
    """All rows as CSV: comma, decimal point, an empty cell for NULL."""
    writer = csv.writer(to or sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow(["" if value is None else _text(value) for value in row])


def as_json(answer: Answer, to: TextIO | None = None) -> None:
    """All rows as one JSON list of objects; numbers with all their digits, a name that stands twice gets a number."""
    to = to or sys.stdout
    names = [json.dumps(name, ensure_ascii=False) for name in _once(answer.columns)]
    before = "["
    for row in answer.rows:
        pairs = ", ".join(f"{name}: {_token(value)}" for name, value in zip(names, row, strict=True))
        to.write(f"{before}{{{pairs}}}")
        before = ",\n"
    to.write("[]\n" if before == "[" else "]\n")


FORMS: Mapping[str, Callable[[Answer], None]] = {"table": table, "csv": as_csv, "json": as_json}


def _counted(shown: int, left_out: int) -> str:
    total = shown + left_out
    word = "Zeile" if total == 1 else "Zeilen"
    if not left_out:
        return f"({_grouped(total)} {word})"
    return f"… {_grouped(shown)} von {_grouped(total)} Zeilen; alle mit --csv oder --json, im Gespräch mit .csv DATEI"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _is_number(column: Sequence[Any]) -> bool:
    values = [value for value in column if value is not None]
    return bool(values) and all(isinstance(value, int | float | Decimal) and value is not True for value in values)


def _shown(value: Any) -> str:
    text = "NULL" if value is None else _text(value)
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if len(text.partition(".")[2]) > _ROUNDED else text
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return str(value)


def _token(value: Any) -> str:
    if isinstance(value, Decimal):
        return _text(value)
    if isinstance(value, date | datetime | time | bytes):
        return json.dumps(_text(value))
    return json.dumps(value, ensure_ascii=False, default=_text)


def _once(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number, free = 2, name
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found.append(free)
    return found
