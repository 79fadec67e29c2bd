"""Faults of the wide tables. The clean files are the figures of the recordings, written as the dataset's file declares.

The nightly request asks for flat answers; wide tables come from archives of exports, so these faults go through the
reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fault import ORIGIN, RATES, WORK, Expected, Fault, dataset_of, grouped, times_ten
from signs import MEANING, NUMBER, SIGNS, cells

from wire import Wide, wide

Spoil = Callable[[Wide], object]
COMPARATOR = "12"  # Brandenburg: no sum of Kreise is held against its figures


def _wide(table: str) -> Wide:
    return wide(dataset_of(table), cells(table))


def _csv(
    id: str,
    what: str,
    expected: Expected,
    spoil: Spoil,
    *words: str,
    table: str = WORK,
    pack: Callable[[str], bytes] = str.encode,
) -> Fault:
    """A wide table, spoiled as a table and then as text."""

    def file() -> bytes:
        spoil(made := _wide(table))
        return pack(made.text())

    clean = lambda: _wide(table).data()  # noqa: E731
    return Fault(f"wide-{id}", what, expected, words, None, table, "csv", file=file, clean=clean)


def _row(made: Wide, region: str) -> list[str]:
    return next(row for row in made.rows if region in row[:2])


def _put(region: str, column: int, value: str) -> Spoil:
    """Put a value into a row; columns are counted from 0, the leading ones included."""
    return lambda made: _row(made, region).__setitem__(column, value)


def _place(table: str, region: str, column: int) -> str:
    made = _wide(table)
    line = 1 + len(made.titles) + len(made.head) + made.rows.index(_row(made, region)) + 1
    return f"line {line}, field {column + 1}"


def _each(change: Callable[[str], str], first: int = 3) -> Spoil:
    def spoil(made: Wide) -> None:
        made.rows = [[*row[:first], *map(change, row[first:])] for row in made.rows]

    return spoil


def _filtered(keep: Callable[[list[str]], bool]) -> Spoil:
    return lambda made: setattr(made, "rows", [row for row in made.rows if keep(row)])


def _again(region: str, key: str, change: Callable[[str], str] = str) -> Spoil:
    """A row once more, under a key and with other figures."""

    def spoil(made: Wide) -> None:
        time, _, *rest = _row(made, region)
        made.rows.append([time, key, rest[0], *map(change, rest[1:])])

    return spoil


def _not_delivered(made: Wide) -> None:
    for row in made.rows:
        if re.fullmatch(r"16\d{3}", row[1]):
            row[3:] = ["-"] * len(row[3:])


def _times_ten_one(made: Wide) -> None:
    row = _row(made, "16051")
    row[4] = times_ten(row[4])


def _outage(made: Wide) -> None:
    """Erfurt's groups are blocked, and what is left of its total speaks of a part of the unemployed."""
    _row(made, "16051")[3:10] = ["470", *["x"] * 6]


def _swapped(made: Wide, rows: list[list[str]]) -> None:
    for row in rows:
        row[4], row[5] = row[5], row[4]


def _sign(name: str, sign: str) -> Fault:
    expected: Expected = "control" if name in MEANING else "reject"
    words = (MEANING[name],) if name in MEANING else (_place(RATES, COMPARATOR, 4), NUMBER, repr(sign))
    return _csv(f"sign-{name}", f"{sign} in a cell", expected, _put(COMPARATOR, 4, sign), *words, table=RATES)


def _nothing(made: Wide) -> None:
    """As it is."""


WIDE = [
    *(_sign(name, sign) for name, sign in SIGNS.items()),
    _csv("sign-empty", "an empty cell", "reject", _put("16051", 4, ""), _place(RATES, "16051", 4), table=RATES),
    _csv(
        "mark-in-value",
        "an e beside a number",
        "reject",
        _put("16051", 4, "7 e"),
        _place(RATES, "16051", 4),
        table=RATES,
    ),
    *(
        _csv(f"mark-{mark}", f"the quality mark {mark}", "control", _put("16051", 5, mark), f"'{mark}'", table=ORIGIN)
        for mark in "prs"
    ),
    _csv("mark-none", "no quality mark", "control", _put("16051", 5, ""), "None", table=ORIGIN),
    _csv("mark-e", "the quality mark e, as before", "harmless", _put("16051", 5, "e"), table=ORIGIN),
    _csv(
        "mark-q",
        "an unknown quality mark",
        "reject",
        _put("16051", 5, "q"),
        "field 6",
        "a quality sign",
        "'q'",
        table=ORIGIN,
    ),
    _csv("control", "a corrected figure", "control", _put(COMPARATOR, 4, "1234"), "1234", table=RATES),
    _csv("times-ten-one", "a group of one Kreis times ten", "reject", _times_ten_one, "the Kreise that", table=RATES),
    _csv("outage", "a Träger that delivered nothing", "control", _outage, "'outage'", "'470'", table=RATES),
    _csv("not-delivered", "a Land with - in all Kreise", "control", _not_delivered, "not_yet"),
    _csv("land-160", "160 says what 16 says", "harmless", _again("16", "160")),
    _csv("land-160-differs", "16 and 160 differ", "reject", _again("16", "160", times_ten), "for region 160"),
    _csv(
        "darunter",
        "a filler in the header",
        "reject",
        lambda t: t.head[1].__setitem__(4, "darunter"),
        "line 6, field 5",
        "'darunter'",
    ),
    _csv(
        "header-blank",
        "a blank in the header",
        "reject",
        lambda t: t.head[3].__setitem__(5, ""),
        "line 8, field 6",
        "an empty cell",
    ),
    _csv(
        "header-row-more",
        "a header row more",
        "reject",
        lambda t: t.head.insert(0, [""] * len(t.head[0])),
        "4 header rows, found 5",
    ),
    _csv("header-row-less", "a header row less", "reject", lambda t: t.head.pop(1), "4 header rows, found 3"),
    _csv("header-rotated", "header rows one further down", "reject", lambda t: t.head.append(t.head.pop(0)), "field 4"),
    _csv(
        "header-explicit",
        "a header row more",
        "reject",
        lambda t: t.head.insert(1, [""] * len(t.head[0])),
        "header rows",
        table=RATES,
    ),
    _csv(
        "header-shifted",
        "headings one column further",
        "reject",
        lambda t: t.head[1].insert(3, t.head[1].pop()),
        "field 4",
        table=RATES,
    ),
    _csv(
        "label-renamed",
        "another label",
        "reject",
        lambda t: t.head[1].__setitem__(8, "Nichtdeutsche"),
        "field 9",
        "'Nichtdeutsche'",
    ),
    _csv(
        "label-known",
        "an older wording",
        "harmless",
        lambda t: t.head.__setitem__(1, [w.replace("ausländisch", "Ausländer(innen)") for w in t.head[1]]),
    ),
    _csv(
        "columns-swapped",
        "two columns change places with their headings",
        "harmless",
        lambda t: _swapped(t, [*t.head, *t.rows]),
    ),
    _csv(
        "column-less", "a column is missing", "reject", lambda t: [row.pop() for row in (*t.head, *t.rows)], "a column"
    ),
    _csv(
        "column-more",
        "a column more",
        "reject",
        lambda t: [row.append(row[-1]) for row in (*t.head, *t.rows)],
        "each column once",
    ),
    _csv(
        "titles",
        "other title lines",
        "harmless",
        lambda t: t.titles.__setitem__(slice(0, 2), ["Anders", "und", "länger"]),
    ),
    _csv(
        "title-measure",
        "a title that names another measure",
        "reject",
        lambda t: t.titles.__setitem__(2, "Beschäftigte (Wohnort) (Anzahl)"),
        "the title lines",
    ),
    _csv(
        "title-thousands",
        "a title in thousands",
        "reject",
        lambda t: t.titles.__setitem__(2, t.titles[2].replace("Anzahl", "1000")),
        "the title lines",
    ),
    _csv("footnotes", "more footnotes", "harmless", lambda t: t.footer.insert(1, "Noch eine Fußnote; 5;5")),
    _csv("footer-gone", "no footer", "reject", lambda t: t.footer.clear(), "a footer after"),
    _csv("stand-gone", "no Stand", "reject", lambda t: t.footer.pop(), "Stand: DD.MM.YYYY"),
    _csv("latin-1", "ISO-8859-1", "harmless", _nothing, pack=lambda text: text.encode("iso-8859-1")),
    _csv("utf-8", "UTF-8", "harmless", _nothing),
    _csv("bom", "a byte order mark", "harmless", _nothing, pack=lambda text: text.encode("utf-8-sig")),
    _csv("crlf", "CRLF", "harmless", _nothing, pack=lambda text: text.replace("\n", "\r\n").encode()),
    _csv("utf-16", "another encoding", "reject", _nothing, "line 1", pack=lambda text: text.encode("utf-16")),
    _csv(
        "mojibake",
        "UTF-8 taken for ISO-8859-1",
        "reject",
        _nothing,
        "field",
        pack=lambda text: text.encode().decode("latin-1").encode(),
    ),
    _csv("cut", "a file that is cut off", "reject", _nothing, "cut short", pack=lambda text: text.encode()[:900]),
    _csv("quote", "a quote that does not end", "reject", _put("16051", 2, '"Erfurt'), "a quoted field that ends"),
    _csv("marks-point", "thousands with a point", "reject", _each(lambda v: grouped(v, ".")), NUMBER, "field 4"),
    _csv("marks-comma", "thousands with a comma", "reject", _each(lambda v: grouped(v, ",")), "a whole number"),
    _csv("marks-space", "thousands with a blank", "reject", _each(lambda v: grouped(v, "\u00a0")), NUMBER),
    _csv("decimal-point", "decimals with a point", "reject", _each(lambda v: v.replace(",", ".")), NUMBER, table=RATES),
    _csv(
        "fraction",
        "a fraction where people are counted",
        "reject",
        _put("16051", 3, "110,5"),
        _place(WORK, "16051", 3),
        "a whole number",
    ),
    _csv("times-ten", "all figures times ten", "reject", _each(times_ten), "contract.plausible"),
    _csv("half", "half the Kreise", "reject", lambda t: t.rows.__delitem__(slice(len(t.rows) // 2, None)), "at least"),
    _csv(
        "kreis-less", "a Kreis is missing", "reject", _filtered(lambda row: row[1] != "16055"), "a row for region 16055"
    ),
    _csv("kreis-unknown", "an unknown Kreis", "reject", _put("16051", 1, "16099"), "a known Kreis", "'16099'"),
    _csv("kreis-renamed", "a Kreis under another's name", "reject", _put("16051", 2, "Gera"), "the name 'Erfurt'"),
    _csv(
        "kreis-gone",
        "Eisenach after 2021 with a number",
        "reject",
        _put("16056", 3, "7"),
        "no value for 16056",
        table=RATES,
    ),
    _csv("twice", "a row twice", "reject", _again("16051", "16051"), "every cell once"),
    _csv("row-cut", "a row that is cut off", "reject", lambda t: t.rows[-1].pop(), "9 fields, found 8"),
    _csv("shuffled", "rows in another order", "harmless", lambda t: t.rows.reverse()),
    _csv("sum", "parts that are not the total", "reject", _put("16051", 4, "1"), "add up to the total"),
    _csv(
        "year-other",
        "another year",
        "reject",
        lambda t: [row.__setitem__(0, "30.06.2018") for row in t.rows],
        "as asked for",
    ),
    _csv(
        "date-iso",
        "a date in another format",
        "reject",
        lambda t: [row.__setitem__(0, "2019-06-30") for row in t.rows],
        "field 1",
    ),
    _csv(
        "date-american",
        "a date in another format",
        "reject",
        lambda t: [row.__setitem__(0, "06/30/2019") for row in t.rows],
        "field 1",
    ),
    _csv(
        "date-impossible",
        "a day that does not exist",
        "reject",
        lambda t: [row.__setitem__(0, "31.06.2019") for row in t.rows],
        "stichtag",
    ),
    _csv("time-gone", "no time", "reject", lambda t: t.rows[3].__setitem__(0, ""), "field 1"),
    _csv("table-other", "another table", "reject", lambda t: setattr(t, "table", "13111-02-02-4"), "line 1", WORK),
]
