"""Faults of tables that a Kreis delivers by hand: text by text, as a person at a spreadsheet makes them.

The clean file is made up and keeps its description (tests/local_wire.py).
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

from fault import LOCAL, Expected, Fault

import local_wire as wire

COUNTS = {"Nord": (1010, 1020), "Süd": (1030, 1040), "Ost": (1050, 1060), "West": (1070, 1080)}
Rows = list[list[Any]]


def good() -> bytes:
    """The clean file."""
    return wire.csv(wire.rows(COUNTS))


def _fault(id: str, what: str, expected: Expected, file: Callable[[], bytes], *words: str) -> Fault:
    return Fault(f"drop-{id}", what, expected, words, None, LOCAL, "table", file=file, clean=good)


def _refused(id: str, what: str, file: Callable[[], bytes], *words: str) -> Fault:
    return _fault(id, what, "reject", file, *words)


def _text(old: str, new: str) -> Callable[[], bytes]:
    """Another text in place of its first occurrence."""

    def file() -> bytes:
        text = good().decode("utf-8-sig")
        assert old in text, old
        return text.replace(old, new, 1).encode("utf-8-sig")

    return file


def _column(heading: str, cell: str) -> Callable[[], bytes]:
    """One column more."""
    return lambda: wire.csv([[*row, cell] for row in wire.rows(COUNTS)], (*wire.HEAD, heading))


def _rows(change: Callable[[Rows], Rows]) -> Callable[[], bytes]:
    return lambda: wire.csv(change(wire.rows(COUNTS)))


def _shuffled(rows: Rows) -> Rows:
    random.Random(7).shuffle(rows)
    return rows


def _workbook(*more: tuple[str, Rows], part: str = "") -> Callable[[], bytes]:
    """The table as a workbook, with other sheets or another part of the package."""

    def file() -> bytes:
        packed = io.BytesIO(wire.workbook({"Daten": [wire.HEAD, *wire.rows(COUNTS)], **dict(more)}))
        if part:
            with zipfile.ZipFile(packed, "a") as package:
                package.writestr(part, "<x/>")
        return packed.getvalue()

    return file


def _recounted(**counts: tuple[int, int]) -> Callable[[], bytes]:
    return lambda: wire.csv(wire.rows({**COUNTS, **counts}))


WORD = "expected a known region by name, found another text"
NUMBER = "line 2, field 4: expected a number (decimal ',', thousands '.')"
LOCAL_TABLES = [
    _refused("area", "a Stadtteil that nobody declared", _text("Nord", "Nordwest"), "line 2, field 1", WORD),
    _refused("area-blank", "the area only in the first of its lines",
             _text("\r\nNord;31.12.2025;w", "\r\n;31.12.2025;w"), "line 3, field 1", WORD),
    _refused("word", "a word that is not explained", _text(";m;", ";männl.;"), "line 2, field 3", "another text"),
    _refused("day", "a day that no calendar knows", _text("31.12.2025", "31.11.2025"), "a time of the kind stichtag"),
    _refused("year", "a year in place of the day", _text("31.12.2025", "2025"), "a time of the kind stichtag"),
    _refused("sign", "a sign that is not explained", _text("1.010", "k. A."), NUMBER),
    _refused("empty-cell", "an empty cell", _text("1.010", ""), NUMBER),
    _refused("decimal-point", "a decimal point", _text("1.010", "1010.0"), NUMBER),
    _refused("thousands", "an English mark between thousands", _text("1.010", "1,010"), "a whole number"),
    _refused("negative", "a negative count", _text("1.010", "-1.010"), "a whole number, not below 0"),
    _refused("half", "half a person", _text("1.010", "1.010,5"), "a whole number"),
    _refused("typo", "a figure that breaks its total", _text("1.010", "1.100"), "line 4, field 4", "sum of its parts"),
    _refused("kreis", "Stadtteile that are not the Kreis", _rows(lambda rows: rows[3:]), "line 11, field 4",
             "regions_add_up"),
    _refused("twice", "a line twice", _rows(lambda rows: [*rows, rows[0]]), "line 17, field 4", "one twice"),
    _refused("heading", "a renamed heading", _text("Anzahl", "Personen"), "'Anzahl'", "correct the headings"),
    _refused("column", "a column that nobody explained", _column("Bemerkung", "x"), "line 1, field 5", "'Bemerkung'"),
    _refused("nameless", "figures below an empty heading", _column("", "7"), "line 2, field 5", "an empty heading"),
    _refused("header-twice", "the header once more in the middle",
             _rows(lambda rows: [*rows[:3], [*wire.HEAD], *rows[3:]]), "found 2 such rows"),
    _refused("below", "another table below the first", lambda: wire.csv(wire.rows(COUNTS), after=["Nord;1;2;3"]),
             "line 18", "nothing but notes"),
    _refused("cut", "a file that ends in the middle", lambda: good()[:120], "UTF-8"),
    _refused("empty", "an empty file", lambda: b"", "one row with the headings"),
    _refused("control", "a control character", _text("Nord", "No\x01rd"), "line 2", "a control character"),
    _refused("xls", "an old workbook", lambda: b"\xd0\xcf\x11\xe0" + bytes(64), "an old XLS workbook"),
    _refused("pivot", "a pivot table's cache", _workbook(part="xl/pivotCache/pivotCacheRecords1.xml"), "pivot table"),
    _refused("macro", "a macro", _workbook(part="xl/vbaProject.bin"), "without macros"),
    _refused("sheets", "a second sheet", _workbook(("Zwei", [["x"]])), "Name one under `sheet`"),
    _refused("names", "a column of names", _column("Name", "Muster"), "line 1, field 5", "personal data", "not kept"),
    _refused("mail", "an e-mail address", _column("Rückfragen", "erika@post.example"), "an e-mail address"),
    _refused("phone", "a telephone number", _column("Rückfragen", "03641 490000"), "a telephone number"),
    _refused("iban", "an IBAN", _column("Konto", "DE89 3704 0044 0532 0130 00"), "an IBAN"),
    _refused("birthday", "a column of days", _column("Tag", "01.02.1999"), "a column that is no period"),
    _refused("persons", "one line for each person", _rows(lambda rows: [[*row[:3], 1] for row in rows]),
             "as a list of persons"),
    _fault("cp1252", "another encoding", "harmless", lambda: wire.csv(wire.rows(COUNTS), encoding="cp1252")),
    _fault("lf", "other ends of lines", "harmless", lambda: wire.csv(wire.rows(COUNTS), end="\n")),
    _fault("tabs", "another delimiter", "harmless", lambda: wire.csv(wire.rows(COUNTS), delimiter="\t")),
    _fault("order", "lines in another order", "harmless", _rows(_shuffled)),
    _fault("notes", "a title above and notes below", "harmless",
           lambda: wire.csv(wire.rows(COUNTS), before=[wire.TITLE, ""], after=["Quelle: erfunden"])),
    _fault("workbook", "a workbook in place of a CSV", "harmless", _workbook()),
    _fault("change", "other figures", "control", _recounted(Nord=(1011, 1020)), "Decimal('1011.000000')"),
    _fault("small", "a figure below the threshold", "control", _recounted(Nord=(3, 1020)), "'secret'"),
]  # fmt: skip
