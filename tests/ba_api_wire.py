"""Writes answers of the BA statistics API: one list of objects, or one CSV, per region, to be spoiled before packing.

The numbers are plainly artificial (1010, 1020, …): no real answer of this source is on record. Comes in: figures by
region, month, measure code and group. Goes out: JSON or CSV as the source prints them, and the parts of a bundle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from integrationsmonitor.dataset import Dataset, Measure
from integrationsmonitor.sources.bundle import Part
from wire import catalog

KNOWN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
NAMES = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
MONTHS = ("2026-10", "2026-09", "2025-10")
COPYRIGHT = "© Statistik der Bundesagentur für Arbeit"
FOOTER = (
    COPYRIGHT,
    "Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet.",
    "Die Produkte unterliegen dem Urheberrecht.",
)
Row = dict[str, Any]


class Fig(NamedTuple):
    """One figure: a number, or a sign."""

    region: str
    month: str
    measure: str
    group: str
    value: Decimal | str


def dataset(id: str = "ba_api_alo") -> Dataset:
    """A dataset of the catalogue."""
    return catalog().datasets[id]


def kreise() -> list[str]:
    """The Kreise of today, from the catalogue."""
    return [r.key for r in catalog().regions.values() if r.level == "kreis" and r.key != "16056"]


def spelled(region: str) -> str:
    """The BA's name of a region in requests: none for Germany."""
    if region == "DG":
        return ""
    known = catalog().regions[region]
    return f"{known.name}, Stadt" if known.kind == "kreisfreie Stadt" else known.name


def month_words(month: str) -> str:
    """A month as the BA prints it."""
    year, number = month.split("-")
    return f"{NAMES[int(number) - 1]} {year}"


def printed(value: Decimal | str) -> str:
    """A number as the BA prints it: points between thousands, a comma before decimals; a sign as it is."""
    if isinstance(value, str):
        return value
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def unemployed(months: Sequence[str] = MONTHS) -> list[Fig]:
    """Artificial figures for `ba_api_alo` that keep its contract: every Kreis, their sum as the Land, and Germany."""
    found = []
    for back, month in enumerate(months):
        sums: dict[str, Decimal] = {}
        for number, region in enumerate(kreise(), start=1):
            counts = {"ALO_SGB3": 1000 + 10 * number + 10 * back, "ALO_SGB2": 2000 + 10 * number + 20 * back}
            for code, value in _with_totals(counts).items():
                sums[code] = sums.get(code, Decimal(0)) + value
                found.append(Fig(region, month, code, "", value))
            found += _rates(region, month, number)
        found += [Fig("16", month, code, "", value) for code, value in sums.items()] + _rates("16", month, 5)
        germany = _with_totals({"ALO_SGB3": 1_000_010 + 10 * back, "ALO_SGB2": 2_000_020 + 10 * back})
        found += [Fig("DG", month, code, "", value) for code, value in germany.items()] + _rates("DG", month, 6)
    return found


def _with_totals(parts: Mapping[str, int]) -> dict[str, Decimal]:
    total = sum(parts.values())
    return {code: Decimal(value) for code, value in {"ALO": total, **parts, "UB": total + 1000}.items()}


def _rates(region: str, month: str, number: int) -> list[Fig]:
    three, two = Decimal(20 + number) / 10, Decimal(30 + number) / 10
    rates = {"ALOQ": three + two, "ALOQ_SGB3": three, "ALOQ_SGB2": two, "UBQ": three + two + 1}
    return [Fig(region, month, code, "", value.quantize(Decimal("0.1"))) for code, value in rates.items()]


# --- JSON ------------------------------------------------------------------------------------------------------------


def rows(found: Dataset, figures: Iterable[Fig]) -> list[Row]:
    """The objects of one region's answer, month by month, in the order of the dataset's file."""
    mine = list(figures)
    months = sorted({fig.month for fig in mine}, reverse=True)
    order = {measure.code: number for number, measure in enumerate(found.measures)}
    ordered = sorted(mine, key=lambda fig: (months.index(fig.month), fig.group, order[fig.measure]))
    return [_row(found, fig, months.index(fig.month)) for fig in ordered]


def _row(found: Dataset, fig: Fig, index: int) -> Row:
    attributes = {"0": {"DESC": month_words(fig.month)}}
    if found.axes:
        attributes["1"] = {"DESC": found.axes[0].by_code[fig.group].label}
    return {
        "attributes": attributes,
        "value": None if isinstance(fig.value, str) else _json_number(fig.value),
        "showValue": printed(fig.value),
        "metricName": found.measure_by_code[fig.measure].label,
        "index": index,
    }


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def json_bytes(found: Any) -> bytes:
    """A list of objects as the source sends it."""
    return json.dumps(found, ensure_ascii=False).encode()


# --- CSV -------------------------------------------------------------------------------------------------------------


def table_lines(found: Dataset, figures: Iterable[Fig], region: str) -> list[str]:
    """The lines of a CSV Tabelle: a row per measure, a column per month, and the changes against the year before."""
    values = {(fig.measure, fig.month): fig.value for fig in figures}
    months = list(dict.fromkeys(month for _, month in values))
    newest = max(months)
    change = f"Veränderung {month_words(newest)} zum Vorjahresmonat"
    year_ago = f"{int(newest[:4]) - 1}{newest[4:]}"
    head = ["Ausgewählte Merkmale", *map(month_words, months), f"{change} absolut", f"{change} in %"]
    lines = [*metadata(region, newest), "", ";".join(head) + ";"]
    for measure in found.measures:
        if (measure.code, newest) in values:
            row = [printed(values[measure.code, month]) for month in months]
            changes = _changes(measure, values[measure.code, newest], values[measure.code, year_ago])
            lines.append(";".join([measure.label, *row, *changes]) + ";")
    return [*lines, *FOOTER]


def _changes(measure: Measure, now: Decimal | str, before: Decimal | str) -> list[str]:
    if isinstance(now, str) or isinstance(before, str):
        return ["-", "-"]
    percent = f"{100 * (now - before) / before:.0f}" if measure.unit == "Anzahl" and before else "-"
    return [printed(now - before), percent]


def series_lines(found: Dataset, figures: Iterable[Fig], region: str) -> list[str]:
    """The lines of a CSV Zeitreihe: a row per month, a column per measure."""
    values = {(fig.measure, fig.month): fig.value for fig in figures}
    months = sorted({month for _, month in values})
    codes = [measure.code for measure in found.measures if (measure.code, months[0]) in values]
    head = ["Berichtsmonat", *(found.measure_by_code[code].label for code in codes)]
    data = [[month_words(month), *(printed(values[code, month]) for code in codes)] for month in months]
    return [*metadata(region, months[-1]), "", *(";".join(row) + ";" for row in [head, *data]), *FOOTER]


def metadata(region: str, newest: str) -> list[str]:
    """What stands above the header."""
    key = "Kreis" if len(region) == 5 else "Land"
    return [
        f"{key}:; {spelled(region) or 'Deutschland'}",
        f"Gebietsstand:; {month_words(newest)}",
        f"Berichtsmonat:; {month_words(newest)}",
        f"Datenstand:; {month_words(newest)}",
        "Rechtskreis:; SGB III, SGB II",
        "Hinweis:; Am aktuellen Rand werden vorläufige Daten ausgewiesen.",
    ]


def csv_bytes(lines: Sequence[str], end: str = "\n", encoding: str = "utf-8") -> bytes:
    """A CSV as the source sends it."""
    return (end.join(lines) + end).encode(encoding)


# --- the list of regions ---------------------------------------------------------------------------------------------


def entry(key: str, name: str = "", word: str = "Kreis") -> Row:
    """One entry of the list of the BA's web forms, nested as clients have met it."""
    name = name or spelled(key)
    return {"title": name, "formValues": {"Filtername": word, "BA_SCHL": f"{key}000", "DESC": name}}


def region_list(*found: Row, more: Sequence[Row] = ()) -> bytes:
    """The list as a script: the entries, and again, deeper, with what else is given."""
    whole = {"liste1": list(found), "tiefer": {"liste2": [*found, *more]}, "laender": []}
    return f"var persistListenfelderJSON = {json.dumps(whole, ensure_ascii=False)};\n".encode()


# --- bundles ---------------------------------------------------------------------------------------------------------


def part(found: Dataset, region: str, body: bytes, kind: str = "json") -> Part:
    """The answer to the request that the dataset's file makes for a region."""
    level = "kreise" if len(region) == 5 else region
    request = next(entry for entry in found.source["requests"] if entry["regions"] == level)
    path = "pc/v1/tableFetch/dia/" if kind == "json" else "ct/v1/tableFetch/csv/"
    query = f"?{quote(request['parameter'])}={quote(spelled(region), safe='')}" if "parameter" in request else ""
    return Part(f"{region}.{kind}", region, spelled(region), f"{path}{request['table']}{query}", body)


Change = Callable[[dict[str, list[Any]]], object]


def parts(found: Dataset, figures: Iterable[Fig], kind: str = "json", change: Change = lambda _: None) -> list[Part]:
    """The parts of a night's answer; `change` may spoil the rows (JSON) or lines (CSV) of every region first."""
    by_region: dict[str, list[Fig]] = {}
    for fig in figures:
        by_region.setdefault(fig.region, []).append(fig)
    write = table_lines if found.source["form"] == "Tabelle" else series_lines
    bodies = {
        region: rows(found, mine) if kind == "json" else write(found, mine, region)
        for region, mine in by_region.items()
    }
    change(bodies)
    pack: Callable[[Any], bytes] = json_bytes if kind == "json" else csv_bytes
    return [part(found, region, pack(body), kind) for region, body in sorted(bodies.items())]
