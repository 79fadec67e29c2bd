"""Faults of the TLS web tables, as the reader expects them: nobody has seen an export. All figures are artificial."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fault import WEB, Expected, Fault

from tls_wire import Table, table

NUMBER = "a number or a sign explained in the dataset's file"
THREES = "a number with its thousands in threes"
Spoil = Callable[[Table], object]


def _csv(
    id: str, what: str, expected: Expected, spoil: Spoil, *words: str, pack: Callable[[Table], bytes] = Table.csv
) -> Fault:
    def file() -> bytes:
        made = table()
        spoil(made)
        return pack(made)

    layout = "xlsx" if pack is Table.xlsx else "tls_csv"
    return Fault(f"tls-{id}", what, expected, words, None, WEB, layout, file=file, clean=lambda: table().csv())


def _untouched(made: Table) -> None:
    """As it is."""


def _packed(id: str, what: str, expected: Expected, pack: Callable[[Table], bytes], *words: str) -> Fault:
    return _csv(id, what, expected, _untouched, *words, pack=pack)


def _cell(text: Any, column: int = 2, name: str = "Gotha") -> Spoil:
    return lambda made: made.row(name).__setitem__(column, text)


def _name(old: str, new: str) -> Spoil:
    return lambda made: made.row(old).__setitem__(0, new)


def _head(row: int, column: int, text: str) -> Spoil:
    return lambda made: made.head[row].__setitem__(column, text)


def _title(text: str) -> Spoil:
    return lambda made: made.titles.__setitem__(0, text)


def _figures(change: Callable[[str], str]) -> Spoil:
    return lambda made: [row.__setitem__(slice(1, None), [*map(change, row[1:])]) for row in made.rows]


def _more(made: Table) -> None:
    """Ten men more in Gotha, and so in its total and in the Land."""
    for name in ("Gotha", "Thüringen"):
        row = made.row(name)
        row[1:3] = [f"{int(cell.replace(' ', '')) + 10:,}".replace(",", " ") for cell in row[1:3]]


def _column_less(made: Table) -> None:
    for row in (*made.head, *made.rows):
        row.pop()


def _swapped(made: Table) -> None:
    """Header and figures of two columns change places."""
    for row in (*made.head, *made.rows):
        row[2], row[3] = row[3], row[2]


TLS_FAULTS = [
    _csv("control", "corrected figures", "control", _more, "bevoelkerung", "'16067'"),
    _csv("limited", "a figure in brackets", "control", _cell("(41 110)"), "'()'", "41110"),
    _csv("provisional", "a figure with p", "control", _cell("41 110 p"), "'p'", "41110"),
    _csv("corrected", "a figure with r", "control", _cell("41 110r"), "'r'", "41110"),
    _csv("secret", "a point for a figure", "control", _cell("."), "unknown_or_secret"),
    _csv("later", "three points for a figure", "control", _cell("..."), "not_yet"),
    _packed("bom", "a byte order mark", "harmless", lambda made: made.csv(encoding="utf-8-sig")),
    _packed("cp1252", "cp1252", "harmless", lambda made: made.csv(encoding="cp1252")),
    _packed("comma", "commas between fields", "harmless", lambda made: made.csv(delimiter=",")),
    _packed("tab", "tabs between fields", "harmless", lambda made: made.csv(delimiter="\t")),
    _packed("lf", "LF at the ends of lines", "harmless", lambda made: made.csv(end="\n")),
    _packed("xlsx", "a workbook", "harmless", Table.xlsx),
    _csv("title-more", "a title more", "harmless", lambda made: made.titles.insert(0, "Noch ein Titel")),
    _csv("spelling", "another spelling of Kreise", "harmless", _name("Stadt Erfurt", "Erfurt, Stadt")),
    _csv("nbsp", "protected blanks", "harmless", _figures(lambda cell: cell.replace(" ", "\u00a0"))),
    _csv("thin", "narrow blanks", "harmless", _figures(lambda cell: cell.replace(" ", "\u202f"))),
    _csv("columns-swapped", "two columns swapped with their headers", "harmless", _swapped),
    _csv("region", "a Planungsregion", "harmless",
         lambda made: made.rows.insert(5, ["Planungsregion Ostthüringen", "1"])),
    _csv("header-renamed", "another header", "reject", _head(1, 2, "Männer"), "line 3, field 3", "'Männer'"),
    _csv("header-blank", "a header lost", "reject", _head(1, 2, ""), "a header above a figure"),
    _csv("header-twice", "a header twice", "reject", _head(1, 2, "weiblich"), "each column once"),
    _csv("header-shifted", "a header row less", "reject", lambda made: made.head.pop(0), "'insgesamt'"),
    _csv("column-less", "a column less", "reject", _column_less, "a column 'weiblich', found none"),
    _csv("thousands", "figures in 1 000", "reject", lambda made: made.titles.append("Angaben in 1 000"), "in 1,000"),
    _csv("thousands-head", "a header in 1 000", "reject",
         _head(0, 1, "Bevölkerung in 1 000"), "a header of the dataset's"),
    _csv("row-unknown", "an unknown row", "reject",
         lambda made: made.rows.insert(5, ["Ostthüringen", "1"]), "'Ostthüringen'"),
    _csv("kreis-gone", "a Kreis is missing", "reject", lambda made: made.rows.remove(made.row("Greiz")), "16076"),
    _csv("kreis-twice", "a Kreis twice", "reject", lambda made: made.rows.append(list(made.rows[0])), "Erfurt once"),
    _csv("kreis-town", "a town for its Kreis", "reject", _name("Gotha", "Stadt Gotha"), "'Stadt Gotha'"),
    _csv("kreis-footnote", "a footnote behind a name", "reject", _name("Gotha", "Gotha 1)"), "'Gotha 1)'"),
    _csv("dissolved", "Eisenach with figures", "reject",
         lambda made: made.rows.append(["Eisenach", "42 000", "21 000", "21 000"]), "did not exist"),
    _csv("below", "figures below the table", "reject", lambda made: made.notes.append("Summe;1;2") or made.rows.append(
         ["Summe", "1", "2", "3"]), "no figures below the table"),
    _csv("groups", "thousands in twos", "reject", _cell("41 11"), "field 3", THREES),
    _csv("point", "thousands with a point", "reject", _cell("41.110"), THREES, "'41.110'"),
    _csv("decimals", "thousands with a comma", "reject", _cell("41,110"), "a whole number"),
    _csv("marks-two", "two marks", "reject", _cell("(41 110) p"), THREES),
    _csv("sign-unknown", "an unknown sign", "reject", _cell("**"), NUMBER, "'**'"),
    _csv("negative", "a negative count", "reject", _cell("- 41 110"), "a value that fits"),
    _csv("empty-cell", "no figure", "reject", _cell(""), "an empty cell"),
    _csv("sum", "parts beside their total", "reject", _cell("41 111"), "GES"),
    _csv("year-other", "another year", "reject", _title("Bevölkerung am 31.12.2022"), "as asked for"),
    _csv("year-two", "two days", "reject", lambda made: made.titles.append("am 30.06.2023"), "one time after"),
    _csv("year-none", "no day", "reject", _title("Bevölkerung nach Kreisen"), "one time after"),
    _csv("formula", "a formula", "reject", _cell("=C4+D4"), "a formula", pack=Table.xlsx),
    _csv("sheets-two", "two sheets", "reject", _untouched, "one sheet, or its name",
         pack=partial(Table.xlsx, more=["Hinweise"])),
    _packed("xlsx-cut", "a workbook that is cut off", "reject",
         lambda made: made.xlsx()[:-100], "a whole XLSX workbook"),
    _packed("xls-broken", "a broken XLS", "reject",
         lambda made: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook"),
    _packed("html", "a page", "reject", lambda made: b"<html><title>Fehler</title>", "a web page ('Fehler')"),
    _packed("empty", "nothing at all", "reject", lambda made: b"", "found nothing"),
    _packed("utf-16", "UTF-16", "reject", lambda made: made.csv(encoding="utf-16"), "UTF-8 or cp1252"),
    _packed("quote", "a quote that does not end", "reject",
         lambda made: made.csv().replace(b"Stadt Gera", b'"Gera', 1), "CSV"),
    _packed("half-a-file", "half the file", "reject",
         lambda made: made.csv()[:400], "line 12, field 4", "an empty cell"),
]  # fmt: skip
