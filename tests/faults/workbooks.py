"""Faults of the XLSX exports, which come from archives as well. The clean workbook holds the recorded figures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fault import WORK, Expected, Fault, dataset_of
from signs import MEANING, NUMBER, SIGNS, cells

from wire import Workbook, workbook

Spoil = Callable[[list[list[Any]], Workbook], object]


def _book() -> Workbook:
    return workbook(dataset_of(WORK), cells(WORK))


def _xlsx(
    id: str,
    what: str,
    expected: Expected,
    spoil: Spoil,
    *words: str,
    pack: Callable[[bytes], bytes] = bytes,
) -> Fault:
    """A workbook, spoiled in its sheets and then as bytes."""

    def file() -> bytes:
        made = _book()
        spoil(made.sheets[WORK], made)
        return pack(made.data())

    return Fault(f"xlsx-{id}", what, expected, words, None, WORK, "xlsx", file=file, clean=lambda: _book().data())


def _line(region: str) -> int:
    """The row (from 1) of a region in the sheet."""
    return next(n for n, row in enumerate(_book().sheets[WORK], start=1) if row[0] == region)


def _cell(value: Any, column: int = 5, count: int = 1, region: str = "16051") -> Spoil:
    """Put a value into cells of a region's row, by default where foreign nationals begin."""
    line = _line(region)
    return lambda rows, _: rows[line - 1].__setitem__(slice(column, column + count), [value] * count)


def _typed(change: Callable[[int], Any]) -> Spoil:
    """Another type for every whole number."""

    def spoil(rows: list[list[Any]], _: Workbook) -> None:
        for row in rows:
            row[2:] = [change(cell) if isinstance(cell, int) else cell for cell in row[2:]]

    return spoil


def _untouched(rows: list[list[Any]], made: Workbook) -> None:
    """As it is."""


def _book_sign(name: str, sign: str) -> Fault:
    expected: Expected = "control" if name in MEANING else "reject"
    words = (MEANING[name],) if name in MEANING else (f"{WORK}!F{_line('12')}", NUMBER, repr(sign))
    return _xlsx(f"sign-{name}", f"{sign} in cells", expected, _cell(sign, count=3, region="12"), *words)


def _with_part(name: str, content: bytes) -> Callable[[bytes], bytes]:
    def pack(data: bytes) -> bytes:
        made = io.BytesIO(data)
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, content)
        return made.getvalue()

    return pack


def _not_delivered_book(rows: list[list[Any]], _: Workbook) -> None:
    for row in rows:
        if re.fullmatch(r"16\d{3}", str(row[0])):
            row[2:] = ["-"] * 6


def _lying(data: bytes) -> bytes:
    """The first part says that it is ten times as long."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = package.infolist()[0].file_size.to_bytes(4, "little")
    return data.replace(size, (int.from_bytes(size, "little") * 10).to_bytes(4, "little"))


_LINK = b'<Relationships><Relationship Id="r1" TargetMode="External" Target="file:///c:/zahlen.xlsx"/></Relationships>'
XLSX = [
    *(_book_sign(name, sign) for name, sign in SIGNS.items()),
    *(
        _xlsx(
            f"mark-{mark}",
            f"a quality mark {mark} beside a number",
            "reject",
            _cell(f"7 {mark}"),
            f"!F{_line('16051')}",
            NUMBER,
        )
        for mark in "eprs"
    ),
    _xlsx(
        "mark-beside",
        "a quality mark beside",
        "reject",
        lambda rows, _: rows[5].append("e"),
        "6 data columns, found 7",
    ),
    _xlsx("control", "corrected figures", "control", lambda rows, _: _shift(rows), "svb_arbeitsort"),
    _xlsx("not-delivered", "a Land with - in all Kreise", "control", _not_delivered_book, "not_yet"),
    _xlsx(
        "land-160-differs",
        "16 and 160 differ",
        "reject",
        lambda rows, _: rows.append(["160", "Thüringen", *[1] * 6]),
        "for region 160",
    ),
    _xlsx(
        "darunter",
        "a filler in the header",
        "reject",
        lambda rows, _: rows[1].__setitem__(5, "darunter"),
        "line 2, field 6",
        "'darunter'",
    ),
    _xlsx("header-shifted", "a row above the header", "reject", lambda rows, _: rows.insert(0, ["Tabelle"]), "!A2"),
    _xlsx("header-row-less", "a header row less", "reject", lambda rows, _: rows.pop(0), "!A2"),
    _xlsx(
        "column-shifted",
        "a column before the first",
        "reject",
        lambda rows, _: [row.insert(0, None) for row in rows],
        "!A2",
    ),
    _xlsx(
        "label-renamed",
        "another label",
        "reject",
        lambda rows, _: rows[1].__setitem__(5, "Ausländer"),
        "field 6",
        "'Ausländer'",
    ),
    _xlsx(
        "title",
        "another measure",
        "reject",
        lambda _, made: made.sheets.update(metadata=[["Beschäftigte (Wohnort)"]]),
        "metadata",
        "(Arbeitsort)",
    ),
    _xlsx("titles", "more title lines", "harmless", lambda _, made: made.sheets["metadata"].insert(0, ["Mehr"])),
    _xlsx("footnotes", "more footnotes", "harmless", lambda _, made: made.sheets["footnote"].insert(0, ["Mehr"])),
    _xlsx("stand-gone", "no Stand", "reject", lambda _, made: made.sheets.update(footnote=[["Version 2.0."]]), "Stand"),
    _xlsx(
        "sheet-more",
        "a sheet more",
        "reject",
        lambda _, made: made.sheets.update(Tabelle2=[["1"]]),
        "the sheets",
        "Tabelle2",
    ),
    _xlsx("sheet-less", "a sheet less", "reject", lambda _, made: made.sheets.pop("footnote"), "the sheets"),
    _xlsx("text-numbers", "numbers as text", "harmless", _typed(str)),
    _xlsx("float-numbers", "numbers as decimals", "harmless", _typed(float)),
    _xlsx(
        "text-point",
        "thousands with a point, as text",
        "reject",
        _typed(lambda n: f"{n:,}".replace(",", ".")),
        NUMBER,
        "!C4",
    ),
    _xlsx("text-comma", "thousands with a comma, as text", "reject", _typed(lambda n: f"{n:,}"), "a whole number"),
    _xlsx(
        "fraction",
        "thousands taken for decimals",
        "reject",
        _cell(47.512),
        f"{WORK}!F{_line('16051')}",
        "a whole number",
    ),
    _xlsx(
        "date-cell", "a number taken for a date", "reject", _cell(datetime(2019, 6, 30)), "column 6", "text or a number"
    ),
    _xlsx("bool-cell", "a truth for a number", "reject", _cell(True), "column 6", "text or a number"),
    _xlsx("error-cell", "#NV for a number", "reject", _cell("#N/A"), f"!F{_line('16051')}", NUMBER),
    _xlsx("formula", "a formula for a number", "reject", _cell("=SUM(G4:H4)"), "xl/worksheets/", "a formula"),
    _xlsx("empty-cell", "no figure", "reject", _cell(None), f"!F{_line('16051')}", NUMBER),
    _xlsx("times-ten", "all figures times ten", "reject", _typed(lambda n: n * 10), "contract.plausible"),
    _xlsx("half", "half the Kreise", "reject", lambda rows, _: rows.__delitem__(slice(20, None)), "at least"),
    _xlsx("twice", "a row twice", "reject", lambda rows, _: rows.append(rows[-1]), "every cell once"),
    _xlsx(
        "kreis-unknown", "an unknown Kreis", "reject", lambda rows, _: rows[-1].__setitem__(0, "16099"), "a known Kreis"
    ),
    _xlsx("below", "a row below an empty one", "reject", lambda rows, _: rows.extend([[], rows[-1]]), "nothing below"),
    _xlsx("year-other", "another year", "reject", lambda rows, _: rows[2].__setitem__(0, "30.06.2018"), "as asked for"),
    _xlsx(
        "date-words",
        "a date in words",
        "reject",
        lambda rows, _: rows[2].__setitem__(0, "Juni 2019"),
        "a date of a block",
    ),
    _xlsx("broken", "no workbook", "reject", _untouched, "a whole XLSX", pack=lambda data: data[:4] + b"nothing"),
    _xlsx("cut", "a workbook that is cut off", "reject", _untouched, "a whole XLSX", pack=lambda data: data[:-100]),
    _xlsx("lie", "a size that is not true", "reject", _untouched, "bytes, found", pack=_lying),
    _xlsx(
        "bomb", "a bomb", "reject", _untouched, "packed at most", pack=_with_part("xl/media/a.bin", b"0" * 30_000_000)
    ),
    _xlsx("path", "a path", "reject", _untouched, "plain names", pack=_with_part("../../home/a.xml", b"<a/>")),
    _xlsx(
        "link",
        "a link to another workbook",
        "reject",
        _untouched,
        "links to other files",
        pack=_with_part("xl/worksheets/_rels/sheet1.xml.rels", _LINK),
    ),
    _xlsx(
        "macro",
        "a macro",
        "reject",
        _untouched,
        "without macros",
        pack=_with_part("xl/vbaProject.bin", b"Sub Auto_Open()"),
    ),
]


def _shift(rows: list[list[Any]]) -> None:
    """Ten foreign men more in Erfurt, and so in its totals and in the Land."""
    for region in ("16051", "16"):
        line = rows[_line(region) - 1]
        for column in (2, 3, 5, 6):
            line[column] += 10
