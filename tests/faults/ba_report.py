"""Faults of the BA's Arbeitsmarktreport: one Kreis of a month is spoiled, the others are clean; artificial figures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from fault import AMR, Expected, Fault

from ba_report_wire import (
    KREISE,
    RATE,
    STOCK,
    Sheet,
    clean,
    figures_of,
    in_second_column,
    month_of_all,
    part,
    sheet,
)
from integrationsmonitor.sources.bundle import pack

GERA = "16052"
NUMBER = "a number or a sign explained in the dataset's file"
Spoil = Callable[[Sheet], object]


def _month(id: str, what: str, expected: Expected, file: Callable[[], bytes], *words: str) -> Fault:
    return Fault(f"amr-{id}", what, expected, words, None, AMR, "xlsx", file=file, clean=month_of_all)


def _sheet(id: str, what: str, expected: Expected, spoil: Spoil, *words: str) -> Fault:
    """The report of Gera, with its sheet spoiled."""

    def file() -> bytes:
        made = sheet(KREISE[GERA], figures_of(GERA))
        spoil(made)
        return month_of_all({GERA: made.data()})

    return _month(id, what, expected, file, *words)


def _body(id: str, what: str, body: Callable[[], bytes], *words: str) -> Fault:
    """Something else in the place of Gera's report."""
    return _month(id, what, "reject", lambda: month_of_all({GERA: body()}), "16052.xlsx", *words)


def _put(label: str, value: Any, heading: str = STOCK) -> Spoil:
    return lambda made: made.put(heading, label, value)


def _everywhere(change: Callable[[Any], Any]) -> Spoil:
    """Another thing for every whole number."""

    def spoil(made: Sheet) -> None:
        for row in made.rows:
            row[3:4] = [change(cell) if isinstance(cell, int) else cell for cell in row[3:4]]

    return spoil


def _rename(heading: str, label: str, new: Any) -> Spoil:
    return lambda made: made.rows[made.line(heading, label)].__setitem__(0, new)


def _more(made: Sheet) -> None:
    """Ten foreign men more, and so in their totals."""
    for label in ("Insgesamt", "Männer", "Ausländer"):
        made.rows[made.line(STOCK, label)][3] += 10


def _zip(*members: str) -> Callable[[], bytes]:
    def make() -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in members:
                archive.writestr(name, b"x")
        return packed.getvalue()

    return make


def _flipped() -> bytes:
    """One byte in the midst of the packed sheet is another."""
    good = clean(GERA)
    place = good.index(b"xl/worksheets/sheet3.xml") + 200
    return good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]


def _one_month_other() -> bytes:
    return pack([part(key, clean(key), "202604" if key == GERA else "202605") for key in KREISE])


AMR_FAULTS = [
    _sheet("control", "corrected figures", "control", _more, "arbeitslose", "auslaendisch"),
    _sheet("hidden-cell", "a cell that is hidden", "control", _put("Ausländer", "*"), "'secret'", "'16052'"),
    _sheet("row-shifted", "a row above the table", "harmless", lambda made: made.rows.insert(0, [])),
    _sheet("row-gone", "a row less above the table", "harmless", lambda made: made.rows.pop(3)),
    _sheet("labels-in-b", "labels in the other column", "harmless", in_second_column),
    _sheet("empty-row", "an empty row in a block", "harmless", lambda made: made.rows.insert(11, [])),
    _sheet("heading-other", "another known heading", "harmless", _rename(RATE, RATE, "Arbeitslosenquoten")),
    _sheet("text-numbers", "numbers as text", "harmless", _everywhere(str)),
    _sheet("sheet-more", "a sheet more", "harmless", lambda made: made.others.append("Hinweise")),
    _sheet("no-month", "no month in the sheet", "harmless", lambda made: made.rows[5].__setitem__(3, "absolut")),
    _sheet("name-other", "another Kreis", "reject",
         lambda made: made.rows[2].__setitem__(0, "Gotha"), "found Gotha"),
    _sheet("month-other", "the month before", "reject",
         lambda made: made.rows[5].__setitem__(3, "April 2026"), "2026-04"),
    _sheet("label-renamed", "another label", "reject",
         _rename(STOCK, "Ausländer", "Ausländer/innen"), "'Ausländer/innen'"),
    _sheet("label-darunter", "a filler for a label", "reject", _rename(STOCK, "Ausländer", "darunter"), "'darunter'"),
    _sheet("label-twice", "a label twice", "reject", _rename(STOCK, "Frauen", "Männer"), "'Männer' twice"),
    _sheet("label-blank", "a figure without a label", "reject", _rename(STOCK, "Frauen", None), "none beside a figure"),
    _sheet("heading-renamed", "another heading", "reject", _rename(STOCK, STOCK, "Arbeitslose"), "a known heading"),
    _sheet("heading-lost", "a heading lost", "reject", _rename(RATE, RATE, None), "a known label under"),
    _sheet("block-twice", "a block twice", "reject", lambda made: made.rows.insert(-1, [STOCK]), "each block once"),
    _sheet("block-gone", "a block gone", "reject",
         lambda made: made.rows.__delitem__(slice(made.line(RATE), -1)), RATE[:18]),
    _sheet("row-lost", "no Ausländer", "reject",
         lambda made: made.rows.pop(made.line(STOCK, "Ausländer")), "PERGR=NATA"),
    _sheet("below", "a figure below", "reject",
         lambda made: made.rows.append(["Summe", 0, 0, 7]), "below the last line"),
    _sheet("column-shifted", "a column before the first", "reject",
         lambda made: [row.insert(0, None) for row in made.rows],
           "16052.xlsx Eckwerte"),
    _sheet("sheet-renamed", "another sheet", "reject",
         lambda made: setattr(made, "name", "Eckdaten"), "a sheet 'Eckwerte'"),
    _sheet("sheet-hidden", "a hidden sheet", "reject", lambda made: setattr(made, "hidden", True), "a hidden one"),
    _sheet("sign-unknown", "n.v. for a figure", "reject", _put("Ausländer", "n.v."), "16052.xlsx Eckwerte!D15", NUMBER),
    _sheet("text-point", "thousands with a point", "reject", _put("Insgesamt", "2.050"), NUMBER, "'2.050'"),
    _sheet("text-comma", "thousands with a comma", "reject", _put("Insgesamt", "2,050"), "a whole number"),
    _sheet("fraction", "thousands taken for decimals", "reject", _put("Insgesamt", 2.05), "a whole number"),
    _sheet("empty-cell", "no figure", "reject", _put("Ausländer", None), "Eckwerte!D15", "an empty cell"),
    _sheet("formula", "a formula", "reject", _put("Insgesamt", "=D11+D12"), "a formula"),
    _sheet("times-ten", "all figures times ten", "reject", _everywhere(lambda n: n * 100), "contract.plausible"),
    _sheet("sum", "men and women beside their total", "reject", _put("Frauen", 1300), "PERGR"),
    _sheet("rate-per-mille", "a rate in per mille", "reject", _put("Ausländer", 173, RATE), "contract.plausible"),
    _sheet("digits", "a rate that was computed", "reject", _put("Ausländer", 17.333333333, RATE), "at most 6 decimals"),
    _month("kreis-gone", "a Kreis is missing", "reject",
           lambda: pack([part(key, clean(key)) for key in KREISE if key != GERA]), "16052"),
    _month("kreis-swapped", "a Kreis under another's address", "reject",
           lambda: month_of_all({GERA: clean("16053")}), "16052.xlsx", "Gera (16052) above the table, found Jena"),
    _month("months-two", "two months in one answer", "reject", _one_month_other, "the month of the others"),
    _month("month-not-asked", "a month of another year", "reject",
         lambda: month_of_all(month="202505"), "the month 2025-05"),
    _month("no-bundle", "no answers of a night", "reject", lambda: clean(GERA), "requests.json"),
    _body("html", "a page", lambda: b"<!DOCTYPE html><title>Nicht gefunden</title>", "a web page ('Nicht gefunden')"),
    _body("zip", "a ZIP", _zip("amr-16052-0-202605.xlsx"), "a ZIP archive of amr-16052", "source.listing"),
    _body("xlsb", "an XLSB", _zip("[Content_Types].xml", "xl/workbook.bin"), "the binary XLSB kind", "source.listing"),
    _body("xls", "an XLS", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "the old XLS kind"),
    _body("empty", "nothing", lambda: b"", "found nothing"),
    _body("cut", "cut off", lambda: clean(GERA)[:-200], "a whole XLSX workbook"),
    _body("byte", "a wrong byte in it", _flipped, "a whole XLSX workbook"),
]  # fmt: skip
