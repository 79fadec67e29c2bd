"""Writes Arbeitsmarktreports: one workbook per Kreis, with PLAINLY ARTIFICIAL figures (1010, 1020, …).

Comes in: the figures of a Kreis by heading and label. Goes out: sheets as rows that can be spoiled before they are
packed. The layout is what public programs tell of the reports; the words stand here a second time, apart from the
dataset's file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from integrationsmonitor.sources.bundle import Part, pack

STOCK, RATE = "Bestand an Arbeitslosen", "Arbeitslosenquoten bezogen auf"
COUNTED = ("Insgesamt", "Männer", "Frauen", "15 bis unter 25 Jahre", "50 bis unter 65 Jahre", "Ausländer")
RATED = ("alle zivilen Erwerbspersonen", "Männer", "Frauen", "Ausländer")
CODES = {
    **{"Insgesamt": "", "alle zivilen Erwerbspersonen": "", "Männer": "GESM", "Frauen": "GESW", "Ausländer": "NATA"},
    **{"15 bis unter 25 Jahre": "ALT015B25", "50 bis unter 65 Jahre": "ALT050B65"},
}
MEASURES = {STOCK: "ALO", RATE: "ALQ"}
# BA's spelling of the 22 Kreise
KREISE = {
    **{"16051": "Erfurt, Stadt", "16052": "Gera, Stadt", "16053": "Jena, Stadt", "16054": "Suhl, Stadt"},
    **{"16055": "Weimar, Stadt", "16061": "Eichsfeld", "16062": "Nordhausen", "16063": "Wartburgkreis"},
    **{"16064": "Unstrut-Hainich-Kreis", "16065": "Kyffhäuserkreis", "16066": "Schmalkalden-Meiningen"},
    **{"16067": "Gotha", "16068": "Sömmerda", "16069": "Hildburghausen", "16070": "Ilm-Kreis"},
    **{"16071": "Weimarer Land", "16072": "Sonneberg", "16073": "Saalfeld-Rudolstadt"},
    **{"16074": "Saale-Holzland-Kreis", "16075": "Saale-Orla-Kreis", "16076": "Greiz", "16077": "Altenburger Land"},
}
Figures = Mapping[tuple[str, str], Any]
Row = list[Any]


@dataclass
class Sheet:
    """A report as rows of the sheet that counts; `others` are the names of the sheets around it."""

    rows: list[Row]
    name: str = "Eckwerte"
    others: list[str] = field(default_factory=lambda: ["Deckblatt", "Impressum"])
    hidden: bool = False

    def line(self, heading: str, label: str = "") -> int:
        """The index of a heading, or of a label below it."""
        start = next(n for n, row in enumerate(self.rows) if heading in row)
        return next(n for n, row in enumerate(self.rows[start:], start) if label in row) if label else start

    def put(self, heading: str, label: str, value: Any) -> None:
        """Put something in the place of a figure."""
        self.rows[self.line(heading, label)][3] = value

    def data(self) -> bytes:
        """The workbook's bytes."""
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        for name in self.others:
            book.create_sheet(name).append(["Arbeitsmarktreport"])
        sheet = book.create_sheet(self.name)
        for row in self.rows:
            sheet.append(row)
        if self.hidden:
            sheet.sheet_state = "hidden"
        packed = io.BytesIO()
        book.save(packed)
        return packed.getvalue()


def figures_of(key: str, more: int = 0) -> dict[tuple[str, str], Any]:
    """Artificial figures of a Kreis that keep every rule: men and women add up, rates stay in their bounds."""
    step = 10 * list(KREISE).index(key) + more
    counts = [2030 + 2 * step, 1010 + step, 1020 + step, 110 + step, 320 + step, 410 + step]
    rates = [5.5, 5.1, 6.2, 17.3]
    return {
        **{(STOCK, label): count for label, count in zip(COUNTED, counts, strict=True)},
        **{(RATE, label): rate for label, rate in zip(RATED, rates, strict=True)},
    }


def sheet(name: str, figures: Figures, month: str = "Mai 2026") -> Sheet:
    """A report: titles, the region in A3, the months over the figures, a block that is not loaded, two that are."""
    rows: list[Row] = [["Eckwerte des Arbeitsmarktes"], [], [name], [], []]
    rows.append(["Merkmale", None, None, month, "Vormonat", "Veränderung"])
    rows += [["Bestand an Arbeitsuchenden"], ["Insgesamt", None, None, 9090, 9080, 10]]
    for heading in (STOCK, RATE):
        rows.append([heading])
        rows += [[label, None, None, figure, 70, 0.1] for (under, label), figure in figures.items() if under == heading]
        rows.append([])
    rows.append(["© Statistik der Bundesagentur für Arbeit"])
    return Sheet(rows)


def in_second_column(made: Sheet) -> None:
    """Labels below a heading, but for the first, stand in column B; the word "dar." before some of them in A."""
    for heading, labels in ((STOCK, COUNTED), (RATE, RATED)):
        for label in labels[1:]:
            row = made.rows[made.line(heading, label)]
            row[0], row[1] = "dar." if label.startswith("15") else None, row[0]


def part(key: str, body: bytes, month: str = "202605") -> Part:
    """The answer to the request for one Kreis."""
    return Part(
        f"{key}.xlsx", key, "", f"Statistikdaten/Detail/{month}/ama/amr-amr/amr-{key}-0-{month}-xlsx.xlsx", body
    )


@cache
def clean(key: str, more: int = 0, month: str = "Mai 2026") -> bytes:
    """The clean workbook of a Kreis."""
    return sheet(KREISE[key], figures_of(key, more), month).data()


def month_of_all(spoiled: Mapping[str, bytes] | None = None, more: int = 0, month: str = "202605") -> bytes:
    """The answer of a month: all 22 Kreise, some of them spoiled."""
    bodies = {key: clean(key, more) for key in KREISE} | dict(spoiled or {})
    return pack([part(key, body, month) for key, body in bodies.items()])
