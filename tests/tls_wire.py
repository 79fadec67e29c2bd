"""Writes exports of TLS web tables, with PLAINLY ARTIFICIAL figures. Nobody has seen one: this is what we expect.

Comes in: names of regions and printed cells. Goes out: titles, header, rows and notes that can be spoiled before they
are written as CSV (any mark between fields, any encoding) or XLSX.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

KREISE = (
    *("Stadt Erfurt", "Stadt Gera", "Stadt Jena", "Stadt Suhl", "Stadt Weimar", "Eichsfeld", "Nordhausen"),
    *("Wartburgkreis", "Unstrut-Hainich-Kreis", "Kyffhäuserkreis", "Schmalkalden-Meiningen", "Gotha", "Sömmerda"),
    *("Hildburghausen", "Ilm-Kreis", "Weimarer Land", "Sonneberg", "Saalfeld-Rudolstadt", "Saale-Holzland-Kreis"),
    *("Saale-Orla-Kreis", "Greiz", "Altenburger Land"),
)
HEAD = (("Kreis", "Bevölkerung", "", ""), ("", "insgesamt", "männlich", "weiblich"))


@dataclass
class Table:
    """An export as rows of text."""

    titles: list[str]
    head: list[list[str]]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=lambda: ["- genau Null", "Quelle: Thüringer Landesamt für Statistik"])
    sheet: str = "Tabelle"

    @property
    def lines(self) -> list[list[str]]:
        """All rows, from the first title to the last note."""
        return [[title] for title in self.titles] + self.head + self.rows + [[]] + [[note] for note in self.notes]

    def row(self, name: str) -> list[str]:
        """The row of a region."""
        return next(row for row in self.rows if name in row)

    def csv(self, delimiter: str = ";", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
        """The bytes of a CSV; fields that hold the mark are quoted."""
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(self.lines)
        return text.getvalue().encode(encoding)

    def xlsx(self, more: Sequence[str] = ()) -> bytes:
        """The bytes of a workbook: whole numbers as numbers, all else as text; `more` are names of further sheets."""
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        sheet = book.create_sheet(self.sheet)
        for row in self.lines:
            sheet.append([_typed(cell) for cell in row])
        for name in more:
            book.create_sheet(name)
        packed = io.BytesIO()
        book.save(packed)
        return packed.getvalue()


def table(more: int = 0, day: str = "31.12.2023") -> Table:
    """All Kreise with their Land; men and women add up, and so do the Kreise."""
    numbers = [(41_000 + 10 * n + more, 42_000 + 10 * n) for n in range(len(KREISE))]
    rows = [[name, *(_grouped(n) for n in (m + w, m, w))] for name, (m, w) in zip(KREISE, numbers, strict=True)]
    men, women = (sum(column) for column in zip(*numbers, strict=True))
    rows.append(["Thüringen", *(_grouped(n) for n in (men + women, men, women))])
    return Table([f"Bevölkerung am {day} nach Kreisen"], [list(row) for row in HEAD], rows)


def _grouped(number: int) -> str:
    """A number as it is printed: blanks between thousands."""
    return f"{number:,}".replace(",", " ")


def _typed(cell: str) -> Any:
    plain = cell.replace(" ", "")
    return int(plain) if plain.isdecimal() else cell
