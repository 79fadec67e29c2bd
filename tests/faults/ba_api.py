"""Faults of the BA statistics API: one region's answer or the whole bundle, spoiled before it is packed.

The clean answers are artificial (no real one is on record) and keep the contract; JSON as it is asked for, and CSV,
which the reader takes too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fault import Expected, Fault

from ba_api_wire import Fig, csv_bytes, dataset, json_bytes, parts, rows, unemployed
from integrationsmonitor.sources.bundle import Part, pack

ALO = dataset("ba_api_alo")
TABLE = ALO.table
KREIS, LAND = "16051", "16"
Bodies = dict[str, list[Any]]
Parts = list[Part]


def _fault(
    id: str,
    what: str,
    expected: Expected,
    *words: str,
    kind: str = "json",
    change: Callable[[Bodies], object] = lambda _: None,
    figures: Callable[[list[Fig]], list[Fig]] = list,
    bundle: Callable[[Parts], Parts] = list,
) -> Fault:
    """Spoil the figures, then the rows or lines of the regions, then the packed answers."""

    def file() -> bytes:
        return pack(bundle(parts(ALO, figures(unemployed()), kind, change)))

    def clean() -> bytes:
        return pack(parts(ALO, unemployed(), kind))

    return Fault(f"ba-{id}", what, expected, words, None, TABLE, f"ba_{kind}", file=file, clean=clean)


def _object(number: int, region: str = KREIS, **words: Any) -> Callable[[Bodies], object]:
    """Other words in one object, counted from 1, of a region."""
    return lambda bodies: bodies[region][number - 1].update(words)


def _rows(change: Callable[[list[Any]], list[Any]], region: str = "") -> Callable[[Bodies], object]:
    """Change the list of one region, or of all."""
    return lambda bodies: bodies.update({key: change(body) for key, body in bodies.items() if region in ("", key)})


def _month(old: str, new: str, region: str = KREIS) -> Callable[[Bodies], object]:
    """Another word for a month in one region."""

    def change(body: list[Any]) -> list[Any]:
        text = json.dumps(body, ensure_ascii=False)
        assert old in text
        return list(json.loads(text.replace(old, new)))

    return _rows(change, region)


def _body(make: Callable[[bytes], bytes], region: str = KREIS) -> Callable[[Parts], Parts]:
    """Other bytes for one region, or for all (no name)."""
    return lambda answers: [
        replace(answer, body=make(answer.body)) if region in ("", answer.region_key) else answer for answer in answers
    ]


def _line(number: int, old: str, new: str, region: str = KREIS) -> Callable[[Bodies], object]:
    """Replace in one line of a CSV, counted from 1."""

    def change(lines: list[Any]) -> list[Any]:
        assert old in lines[number - 1], lines[number - 1]
        return [*lines[: number - 1], lines[number - 1].replace(old, new, 1), *lines[number:]]

    return _rows(change, region)


def _figure(change: Callable[[Fig], Fig]) -> Callable[[list[Fig]], list[Fig]]:
    return lambda figures: [change(fig) for fig in figures]


def _times_ten(region: str) -> Callable[[list[Fig]], list[Fig]]:
    """All counts of a region times ten."""
    return _figure(
        lambda fig: fig._replace(value=Decimal(fig.value) * 10) if fig.region == region and "Q" not in fig[2] else fig
    )


def _more(by: int, *codes: str) -> Callable[[list[Fig]], list[Fig]]:
    """So many more in Erfurt's newest month, in these measures."""
    wanted = {(KREIS, "2026-10", code) for code in codes}
    return _figure(lambda fig: fig._replace(value=Decimal(fig.value) + by) if fig[:3] in wanted else fig)


def _germany_again(answers: Parts) -> Parts:
    """The host ignores the region: a Kreis gets what Germany gets."""
    germany = next(answer.body for answer in answers if answer.region_key == "DG")
    return [replace(answer, body=germany) if answer.region_key == KREIS else answer for answer in answers]


def _swapped_labels(body: list[Any]) -> list[Any]:
    """The rows of SGB II before their parents: which is the count, and which the rate?"""
    return [row for number in (2, 0, 1, 3, 6, 4, 5, 7) for row in body[number::8]]


def _by_metric(body: list[Any]) -> list[Any]:
    return [row for number in range(8) for row in body[number::8]]


_HTML = b"<!DOCTYPE html><html><body><p>Wartungsarbeiten</p></body></html>"
_CSV: dict[str, Any] = {"kind": "csv"}
BA_API = [
    _fault("control", "corrected figures", "control", "arbeitslose", figures=_more(10, "ALO", "ALO_SGB3")),
    _fault("csv-control", "corrected figures", "control", "arbeitslose", figures=_more(10, "ALO", "ALO_SGB3"), **_CSV),
    _fault(
        "secret",
        "a hidden cell",
        "control",
        "secret",
        figures=_figure(lambda fig: fig._replace(value="*") if fig[:3] == (KREIS, "2026-10", "ALO_SGB3") else fig),
    ),
    _fault(
        "key-order",
        "another order of keys",
        "harmless",
        change=_rows(lambda body: [dict(reversed(r.items())) for r in body]),
    ),
    _fault("by-metric", "metric by metric instead of month by month", "harmless", change=_rows(_by_metric)),
    _fault("months-turned", "old months first", "harmless", change=_rows(lambda b: [*b[16:], *b[8:16], *b[:8]])),
    _fault("bom", "a byte order mark", "harmless", bundle=_body(lambda body: b"\xef\xbb\xbf" + body, "")),
    _fault(
        "indent", "an indented list", "harmless", bundle=_body(lambda b: json.dumps(json.loads(b), indent=1).encode())
    ),
    _fault("escapes", "escaped umlauts", "harmless", bundle=_body(lambda b: json.dumps(json.loads(b)).encode(), "")),
    _fault(
        "index-12",
        "an index that counts months",
        "harmless",
        change=_rows(lambda body: [{**r, "index": (0, 1, 12)[r["index"]]} for r in body]),
    ),
    _fault(
        "ignored",
        "the host ignores the region",
        "reject",
        "16051.json",
        "the host ignored the region",
        bundle=_germany_again,
    ),
    _fault(
        "region-less",
        "a Kreis less",
        "reject",
        "a row for region 16051",
        bundle=lambda ps: [p for p in ps if p.region_key != KREIS],
    ),
    _fault(
        "land-less",
        "no Land",
        "reject",
        "a row for region 16 ",
        bundle=lambda ps: [p for p in ps if p.region_key != LAND],
    ),
    _fault(
        "region-twice",
        "a Kreis twice in the list of requests",
        "reject",
        "every region once",
        bundle=lambda ps: [*ps, replace(ps[1], name="again.json")],
    ),
    _fault(
        "other-question",
        "the answer to another table",
        "reject",
        "16051.json",
        "an answer to EckwerteTabelleALOKr",
        bundle=lambda ps: [replace(p, url=p.url.replace("ALOKr", "STEA")) for p in ps],
    ),
    _fault(
        "month-less",
        "a month less in a Kreis",
        "reject",
        "16051.json",
        "figures of September 2026",
        change=_rows(lambda b: [*b[:8], *b[16:]], KREIS),
    ),
    _fault(
        "month-other",
        "another month in a Kreis",
        "reject",
        "16051.json",
        "figures of September 2026",
        change=_month("September 2026", "August 2026"),
    ),
    _fault(
        "month-english",
        "an English month",
        "reject",
        "16051.json line 1",
        "'October 2026'",
        change=_month("Oktober 2026", "October 2026"),
    ),
    _fault(
        "month-to-come",
        "a month that has not come",
        "reject",
        "no month after November 2026",
        change=_month("2026", "2027", ""),
    ),
    _fault(
        "decimals",
        "thousands taken for decimals",
        "reject",
        "16051.json line 2",
        "that showValue prints, 1.010",
        change=_object(2, value=1.01),
    ),
    _fault(
        "both-decimals",
        "thousands with a comma, in both",
        "reject",
        "16051.json line 2",
        "a whole number",
        change=_object(2, value=1.01, showValue="1,01"),
    ),
    _fault(
        "disagree",
        "value and showValue disagree",
        "reject",
        "16051.json line 2",
        "found 1020",
        change=_object(2, value=1020),
    ),
    _fault(
        "text-value",
        "a number as text",
        "reject",
        "16051.json line 2",
        "a value that is a number or null",
        change=_object(2, value="1010"),
    ),
    _fault("no-show", "no printed text", "reject", "16051.json line 2", "a showValue", change=_object(2, showValue="")),
    _fault(
        "null",
        "null without a sign",
        "reject",
        "16051.json line 2",
        "a showValue",
        change=_object(2, value=None, showValue=""),
    ),
    _fault(
        "null-number",
        "null beside a number",
        "reject",
        "16051.json line 2",
        "a sign beside a value of null",
        change=_object(2, value=None),
    ),
    _fault(
        "sign-unknown",
        "a sign that nobody explained",
        "reject",
        "16051.json line 2",
        "a sign explained",
        change=_object(2, value=None, showValue="/"),
    ),
    _fault(
        "unrounded",
        "a count that is not rounded",
        "reject",
        "16051.json line 2",
        "a multiple of 10",
        change=_object(2, value=1013, showValue="1.013"),
    ),
    _fault(
        "metric-unknown",
        "another metric",
        "reject",
        "16051.json line 4",
        "'Unterbeschäftigung'",
        change=_object(4, metricName="Unterbeschäftigung"),
    ),
    _fault(
        "metric-more",
        "a metric more",
        "reject",
        "16051.json line 25",
        "a metric under measures",
        change=_rows(lambda b: [*b, {**b[0], "metricName": "Kurzarbeit"}], KREIS),
    ),
    _fault(
        "metric-less",
        "a metric less",
        "reject",
        "ALOQ_SGB2",
        "a row for region 16051",
        change=_rows(lambda b: [r for n, r in enumerate(b) if n % 8 != 6], KREIS),
    ),
    _fault(
        "label-order",
        "the rows of SGB II before their parents",
        "reject",
        "line 1",
        "after its parent (ALO or ALOQ)",
        change=_rows(_swapped_labels),
    ),
    _fault(
        "label-twice",
        "a row of SGB II twice below one parent",
        "reject",
        "16051.json line 4",
        "twice",
        change=_rows(lambda b: [*b[:3], b[2], *b[3:]], KREIS),
    ),
    _fault(
        "group",
        "a group where there was none",
        "reject",
        "16051.json line 2",
        "the attributes 0, found 0, 1",
        change=_object(2, attributes={"0": {"DESC": "Oktober 2026"}, "1": {"DESC": "Männer"}}),
    ),
    _fault("key-more", "a key more", "reject", "16051.json line 2", "'einheit'", change=_object(2, einheit="Tausend")),
    _fault(
        "index",
        "an index out of order",
        "reject",
        "16051.json",
        "index 0 for the latest month",
        change=_rows(lambda b: [{**r, "index": (0, 2, 1)[r["index"]]} for r in b], KREIS),
    ),
    _fault(
        "index-two",
        "two indexes for a month",
        "reject",
        "16051.json line 2",
        "index 0 for Oktober 2026",
        change=_object(2, index=1),
    ),
    _fault("empty", "an empty list", "reject", "16051.json", "an empty list", change=_rows(lambda _: [], KREIS)),
    _fault(
        "object",
        "an object with the list",
        "reject",
        "16051.json",
        "found dict",
        bundle=_body(lambda b: b'{"data": ' + b + b"}"),
    ),
    _fault("html", "a page instead of figures", "reject", "16051.json", "16.json", bundle=_body(lambda _: _HTML)),
    _fault("html-all", "a page for every region", "reject", "16.json", "a header", bundle=_body(lambda _: _HTML, "")),
    _fault("cut", "a list that is cut off", "reject", "16051.json", "JSON", bundle=_body(lambda body: body[:-40])),
    _fault("nothing", "no bytes", "reject", "16051.json", bundle=_body(lambda _: b"")),
    _fault(
        "key-twice",
        "two values in one object",
        "reject",
        "16051.json",
        "a key stands twice",
        bundle=_body(lambda b: b.replace(b'"value"', b'"value": 7, "value"', 1)),
    ),
    _fault(
        "nan",
        "NaN",
        "reject",
        "16051.json",
        "NaN is no number",
        bundle=_body(lambda b: b.replace(b'"value": 1010', b'"value": NaN', 1)),
    ),
    _fault(
        "kreise",
        "Kreise that do not add up to the Land",
        "reject",
        "parts of the Kreise that add up",
        figures=_more(200, "ALO", "ALO_SGB3"),
    ),
    _fault(
        "sgb",
        "SGB III and II that are not the total",
        "reject",
        "16051.json",
        "parts of measure that add up to the total 3020",
        figures=_more(20, "ALO_SGB3"),
    ),
    _fault(
        "rates",
        "rates that are not their total",
        "reject",
        "parts of measure",
        figures=_figure(lambda f: f._replace(value=Decimal("9.9")) if f[:3] == (KREIS, "2026-10", "ALOQ_SGB3") else f),
    ),
    _fault("land-ten", "the Land times ten", "reject", "contract.plausible", figures=_times_ten(LAND)),
    _fault(
        "kreis-hundred",
        "a Kreis times a hundred",
        "reject",
        "contract.plausible",
        figures=lambda f: _times_ten(KREIS)(_times_ten(KREIS)(f)),
    ),
    _fault(
        "csv-crlf", "line ends of Windows", "harmless", bundle=_body(lambda b: b.replace(b"\n", b"\r\n"), ""), **_CSV
    ),
    _fault(
        "csv-cp1252", "another encoding", "harmless", bundle=_body(lambda b: b.decode().encode("cp1252"), ""), **_CSV
    ),
    _fault("csv-bom", "a byte order mark", "harmless", bundle=_body(lambda b: b"\xef\xbb\xbf" + b, ""), **_CSV),
    _fault(
        "csv-region",
        "another region echoed",
        "reject",
        "16051.csv",
        "'Kreis:; Erfurt, Stadt'",
        "'Gera, Stadt'",
        change=_line(1, "Erfurt", "Gera"),
        **_CSV,
    ),
    _fault(
        "csv-region-gone",
        "no region echoed",
        "reject",
        "16051.csv",
        "'Kreis:; Erfurt, Stadt'",
        change=_rows(lambda b: b[1:], KREIS),
        **_CSV,
    ),
    _fault(
        "csv-thousands",
        "thousands without marks",
        "reject",
        "16051.csv line 9, field 2",
        change=_line(9, "3.020", "3020"),
        **_CSV,
    ),
    _fault(
        "csv-decimals",
        "thousands taken for decimals",
        "reject",
        "16051.csv line 9",
        change=_line(9, "3.020", "3,02"),
        **_CSV,
    ),
    _fault(
        "csv-label",
        "another label",
        "reject",
        "16051.csv line 9, field 2",
        "'Arbeitslose gesamt'",
        change=_line(9, "insgesamt", "gesamt"),
        **_CSV,
    ),
    _fault(
        "csv-month",
        "an English month",
        "reject",
        "16051.csv line 8, field 2",
        change=_line(8, "Oktober", "October"),
        **_CSV,
    ),
    _fault(
        "csv-change",
        "a change that is not possible",
        "reject",
        "16051.csv line 9, field 5",
        "a change between",
        change=_line(9, "-60", "60"),
        **_CSV,
    ),
    _fault(
        "csv-column",
        "a column shifted",
        "reject",
        "16051.csv line 9",
        "6 fields",
        change=_line(9, ";3.020", ";;3.020"),
        **_CSV,
    ),
    _fault(
        "csv-cut",
        "a file that is cut off",
        "reject",
        "16051.csv",
        "cut short",
        change=_rows(lambda b: b[:-3], KREIS),
        **_CSV,
    ),
    _fault(
        "csv-footer",
        "a line more in the footer",
        "reject",
        "16051.csv line 20",
        change=_rows(lambda b: [*b, "vorläufig"], KREIS),
        **_CSV,
    ),
    _fault(
        "csv-mixed",
        "JSON among CSV",
        "reject",
        "the format of 16.csv",
        bundle=lambda ps: [
            replace(p, body=json_bytes(rows(ALO, [f for f in unemployed() if f.region == KREIS])))
            if p.region_key == KREIS
            else p
            for p in ps
        ],
        **_CSV,
    ),
    _fault(
        "csv-page",
        "a page instead of figures",
        "reject",
        "16051.csv",
        "a header that begins with",
        bundle=_body(lambda _: csv_bytes([_HTML.decode()])),
        **_CSV,
    ),
]
