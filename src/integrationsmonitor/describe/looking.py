"""What can be seen in a file. Comes in: its bytes. Goes out: sheet, columns and marks, as far as they are plain.

Refuses personal data (as a load does), and a file in which no header stands over figures. Words of a column are taken
over only where they are few and repeat themselves: what could be a list of persons is not copied.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import local_privacy
from integrationsmonitor.sources.local_grid import Grid, open_grids
from integrationsmonitor.sources.local_words import kreis_of, number_of, time_of

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.region import Region

TODO = "TODO"
TIMES = ("stichtag", "monat", "quartal", "schuljahr", "jahressumme")
_HEADER_WITHIN = 40
_FEW = 40
_TOTALS = frozenset({"gesamt", "insgesamt", "summe", "alle", "zusammen", "total"})
_AREAS = re.compile(
    r"gebiet|stadtteil|ortsteil|^orte?$|gemeinde|kreis|region|quartier|raum|bezirk|stadt", re.IGNORECASE
)
_TIME_HEADINGS = re.compile(r"jahr|zeit|period|stand|datum", re.IGNORECASE)
_BASES = frozenset({"n", "befragte", "fallzahl", "fälle", "anzahl befragte", "basis"})
_NO_MEASURE = frozenset({"anzahl", "wert", "werte", "zahl", "personen", "summe", "fälle", "bestand", "anteil"})
_RATE = re.compile(r"%|anteil|quote|prozent|rate", re.IGNORECASE)
WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {
        **dict.fromkeys(("m", "männlich", "maennlich", "männer", "mann"), "maennlich"),
        **dict.fromkeys(("w", "weiblich", "frauen", "frau", "f"), "weiblich"),
        **dict.fromkeys(("d", "divers", "unbekannt", "divers/ohne angabe", "x"), "unbekannt_divers"),
        **dict.fromkeys(_TOTALS, "insgesamt"),
    },
    "nationality": {
        **dict.fromkeys(("deutsch", "deutsche", "d"), "deutsch"),
        **dict.fromkeys(
            ("ausländer", "ausländisch", "ausländer/innen", "nichtdeutsch", "nichtdeutsche", "a"), "auslaendisch"
        ),
        **dict.fromkeys(_TOTALS, "insgesamt"),
    },
}


@dataclass(frozen=True)
class SeenColumn:
    """One column: what it seems to hold, its words, and what else is to be said of it."""

    heading: str
    field: str
    by: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    measure: str = ""
    unit: str = ""
    sets: Mapping[str, str] = dataclasses.field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """All that can be seen; an empty text where nothing can."""

    id: str
    filename: str
    sheet: str
    delimiter: str
    encoding: str
    decimal: str
    thousands: str
    period_type: str
    columns: tuple[SeenColumn, ...]
    ignore: tuple[str, ...]
    regions: tuple[str, ...]
    parent: str
    signs: tuple[str, ...]


def look(data: bytes, filename: str, catalog: Catalog) -> Seen:
    """Look at a file; raises ContractError."""
    dataset_id = f"local_{slug(re.sub(r'[0-9]+', '', filename.rsplit('.', 1)[0]))}"[:60]
    grids = open_grids(data, dataset_id, filename)
    local_privacy.screen_cells(grids, dataset_id, filename)
    grid, header = _table(grids, dataset_id, filename)
    rows = _rows(grid, header)
    texts = {heading: [_cell(grid, row, at) for row in rows] for at, heading in _headings(grid, header)}
    decimal, thousands = _marks([text for column in texts.values() for text in column], typed=grid.sheet is not None)
    columns = [_column(heading, cells, catalog.regions) for heading, cells in texts.items()]
    periods = {at for at, heading in _headings(grid, header) if _time_type(heading, texts[heading])}
    local_privacy.screen_table(grid, header, rows, periods, dataset_id, filename)
    local_privacy.screen_other_sheets(grids, grid, dataset_id, filename)
    figures = [column for column in columns if column.field == "value"]
    if not figures:
        raise ContractError(dataset_id, filename, grid.where(header), "a column of figures below a header", "none")
    counts = [[_one(texts[c.heading][n]) for c in figures if c.unit == "Anzahl"] for n in range(len(rows))]
    local_privacy.screen_counts(counts, dataset_id, filename)
    times = [column for column in columns if column.field == "period"]
    own, parent = _areas(columns, texts, filename, catalog.regions)
    signs = {
        text or "leer"
        for column in figures
        for text in texts[column.heading]
        if number_of(text, decimal, "" if thousands == TODO else thousands, typed=grid.sheet is not None) is None
        and not (thousands == TODO and re.fullmatch(r"[0-9.]+", text))
    }
    return Seen(
        dataset_id,
        filename,
        grid.sheet if grid.sheet is not None and len(grids) > 1 else "",
        grid.delimiter,
        grid.encoding,
        decimal,
        thousands,
        _time_type(times[0].heading, texts[times[0].heading]) if times else "",
        tuple(column for column in columns if column.field != "ignore"),
        tuple(column.heading for column in columns if column.field == "ignore"),
        own,
        parent,
        tuple(sorted(sign if len(sign) <= 4 or sign == "leer" else TODO for sign in signs)),
    )


def slug(text: str) -> str:
    """A word in small letters, digits and _."""
    plain = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return word if word[:1].isalpha() else f"x_{word}".strip("_")


def _table(grids: Sequence[Grid], dataset_id: str, filename: str) -> tuple[Grid, int]:
    """The sheet and its header: the row of distinct texts over the most rows that are as wide."""
    best: tuple[int, int, Grid, int] | None = None
    for order, grid in enumerate(grids):
        for number, row in enumerate(grid.rows[:_HEADER_WITHIN]):
            filled = [text for text in row if text]
            is_header = len(filled) > 1 and len(set(filled)) == len(filled) and not any(map(_numeric, filled))
            if not is_header:
                continue
            width = len(filled)
            below = sum(len([text for text in grid.rows[n] if text]) >= width - 1 for n in _rows(grid, number))
            score = (below * (width - 1), -order)
            if below and (best is None or score > best[:2]):
                best = (*score, grid, number)
    if best is None:
        raise ContractError(dataset_id, filename, "the file", "a header over rows of figures", "none")
    return best[2], best[3]


def _rows(grid: Grid, header: int) -> list[int]:
    rows: list[int] = []
    for number in range(header + 1, len(grid.rows)):
        if not any(grid.rows[number]):
            break
        rows.append(number)
    return rows


def _headings(grid: Grid, header: int) -> list[tuple[int, str]]:
    return [(at, text) for at, text in enumerate(grid.rows[header]) if text]


def _cell(grid: Grid, row: int, at: int) -> str:
    return grid.rows[row][at] if at < len(grid.rows[row]) else ""


def _numeric(text: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]+([., ][0-9]+)*", text))


def _one(text: str) -> int:
    return int(text) if text in ("0", "1") else 2


def _marks(texts: Sequence[str], *, typed: bool) -> tuple[str, str]:
    """Decimal mark and mark between thousands; TODO where 1.234 may be either."""
    numbers = [text for text in texts if _numeric(text)]
    if typed:
        return ",", ""
    grouped = any(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", text) for text in numbers)
    comma = any(re.search(r",[0-9]{1,2}$|,[0-9]{4,}$", text) for text in numbers)
    dot = any(re.fullmatch(r"-?[0-9]+\.([0-9]{1,2}|[0-9]{4,})", text) for text in numbers)
    blank = any(re.fullmatch(r"-?[0-9]{1,3}( [0-9]{3})+(,[0-9]+)?", text) for text in numbers)
    if dot and not comma:
        return ".", ""
    if blank:
        return ",", " "
    if not grouped:
        return ",", ""
    certain = comma or any(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3}){2,}", text) for text in numbers)
    return ",", "." if certain else TODO


def _time_type(heading: str, texts: Sequence[str]) -> str:
    """The kind of period that all texts fit; four digits are a year only below a heading of time."""
    filled = [text for text in texts if text]
    are_digits = all(text.isdecimal() for text in filled)
    for kind in TIMES if filled else ():
        if are_digits and (kind != "jahressumme" or not _TIME_HEADINGS.search(heading)):
            continue
        if all(time_of(text, kind) for text in filled):
            return kind
    return ""


def _column(heading: str, texts: Sequence[str], regions: Mapping[str, Region]) -> SeenColumn:
    filled = [text for text in texts if text]
    words = list(dict.fromkeys(filled))
    if not filled:
        return SeenColumn(heading, "ignore")
    if _time_type(heading, texts):
        return SeenColumn(heading, "period")
    if heading.casefold() in _BASES and all(map(_numeric, filled)):
        return SeenColumn(heading, "n")
    if all(text in regions and len(text) in (5, 8) for text in filled):
        return SeenColumn(heading, "region", by="ags")
    if _AREAS.search(heading) and not any(map(_numeric, filled)):
        return SeenColumn(heading, "region", by="name")
    for axis, known in WORDS.items():
        if all(word.casefold() in known for word in words) and not set(map(str.casefold, words)) <= _TOTALS:
            return SeenColumn(heading, axis, words={word: known[word.casefold()] for word in words})
    if sum(map(_numeric, filled)) * 2 >= len(filled):
        return _figures(heading)
    if not any(map(_numeric, filled)) and all(kreis_of(word, regions) for word in words):
        return SeenColumn(heading, "region", by="name")
    if len(words) <= _FEW and len(words) * 2 <= len(filled):
        meant = {word: "insgesamt" if word.casefold() in _TOTALS else slug(word) for word in words}
        return SeenColumn(heading, slug(heading), words=meant, note="our words are proposals")
    return SeenColumn(heading, "ignore")


def _figures(heading: str) -> SeenColumn:
    sets = {
        axis: known[word]
        for axis, known in WORDS.items()
        for word in re.findall(r"\w+", heading.casefold())
        if word in known and len(word) > 1
    }
    plain = heading.casefold().split(" in ")[0].strip(" %")
    measure = TODO if sets or plain in _NO_MEASURE or _numeric(plain) else slug(plain)
    sets = {axis: word for axis, word in sets.items() if word != "insgesamt"}
    return SeenColumn(
        heading, "value", measure=measure, unit="Prozent" if _RATE.search(heading) else "Anzahl", sets=sets
    )


def _areas(
    columns: Sequence[SeenColumn], texts: Mapping[str, Sequence[str]], filename: str, regions: Mapping[str, Region]
) -> tuple[tuple[str, ...], str]:
    """Names that are no Kreis, to be declared; and the Kreis that they lie in, where the file names one."""
    named = next((c for c in columns if c.field == "region" and c.by == "name"), None)
    if named is None:
        return (), ""
    names = list(dict.fromkeys(text for text in texts[named.heading] if text))
    kreise = {key for name in names if (key := kreis_of(name, regions)) and regions[key].level == "kreis"}
    kreise |= {r.key for r in regions.values() if r.level == "kreis" and slug(r.name) in slug(filename)}
    return tuple(name for name in names if kreis_of(name, regions) is None), kreise.pop() if len(kreise) == 1 else TODO


def is_all_of_the_kreis(name: str) -> bool:
    """Whether a name of a total names nothing but the Kreis: `Stadt Muster gesamt` may be part of it."""
    return set(re.findall(r"\w+", name.casefold())) <= {*_TOTALS, "kreis", "landkreis", "kreisgebiet"}


def is_total(name: str) -> bool:
    """Whether a name in a column of areas speaks of all of them."""
    return bool(_TOTALS.intersection(re.findall(r"\w+", name.casefold())))
