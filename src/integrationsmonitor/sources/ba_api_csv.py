"""One region's answer as CSV, as `Tabelle` or as `Zeitreihe`. Comes in: the bytes. Goes out: its figures, row by row.

Metadata lines (`Land:; Berlin`), a header, data lines that end in `;`, a footer that begins with `©`. A Tabelle has a
row per metric and a column per month, then columns "Veränderung …", which are held against the months, but not handed
on. A Zeitreihe has a row per month and a column per metric. Refuses: another region than asked for, metadata, header or
footer lines that are not known, a line of another length, a file that is cut short, a change that does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import ba_printed
from integrationsmonitor.sources.ba_figures import Figure, Labels
from integrationsmonitor.sources.ba_months import earlier, german, month_of

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset, Measure
    from integrationsmonitor.sources.bundle import Part

MAX_BYTES = 16 * 1024 * 1024
HEADS = {"Tabelle": "Ausgewählte Merkmale", "Zeitreihe": "Berichtsmonat"}
METADATA = ("Gebietsstand", "Berichtsmonat", "Datenstand", "Rechtskreis", "Hinweis")
FOOTER = (
    "© Statistik der Bundesagentur für Arbeit",
    "Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet.",
    "Die Produkte unterliegen dem Urheberrecht.",
)
_CHANGE = re.compile(r"Veränderung (.+) zum (Vormonat|Vorjahresmonat) (absolut|in %)")
_BACK = {"Vormonat": 1, "Vorjahresmonat": 12}
_ROUNDED = 3  # numbers in a difference: both figures and itself


class _Change(NamedTuple):
    """A column "Veränderung …": against the month so many months back, as a difference or in percent."""

    back: int
    is_percent: bool


def read_figures(part: Part, dataset: Dataset, filename: str, request: Mapping[str, Any]) -> list[Figure]:
    """The figures of one answer to a request of the dataset's file."""
    return _Reader(part, dataset, filename).read(request)


class _Reader:
    def __init__(self, part: Part, dataset: Dataset, filename: str) -> None:
        self.part, self.dataset, self.filename = part, dataset, filename
        self.head = HEADS[dataset.source["form"]]

    def read(self, request: Mapping[str, Any]) -> list[Figure]:
        if self.dataset.axes:
            raise self._refuse(0, "JSON, whose rows name their group", "CSV")
        lines = self._lines()
        start = next((n for n, line in enumerate(lines) if line.startswith(f"{self.head};")), None)
        if start is None:
            raise self._refuse(0, f"a header that begins with '{self.head};'", repr(" / ".join(lines)[:60]))
        end = next((n for n, line in enumerate(lines) if line.startswith("©")), None)
        if end is None or end < start:
            raise self._refuse(len(lines), "a footer that begins with '©'", "none: the file may be cut short")
        self._check_footer(lines, end)
        header = self._fields(lines[start], start + 1, None)
        rows = [
            (number, self._fields(line, number, len(header)))
            for number, line in enumerate(lines[start + 1 : end], start=start + 2)
            if line.strip()
        ]
        if not rows:
            raise self._refuse(start + 1, "figures below the header", "none")
        is_table = self.head == HEADS["Tabelle"]
        figures = list(self._table(header, start + 1, rows) if is_table else self._series(header, rows))
        self._check_metadata(lines[:start], request, max(figure.month for figure in figures))
        return figures

    def _lines(self) -> list[str]:
        body = self.part.body
        if len(body) > MAX_BYTES:
            raise self._refuse(0, f"at most {MAX_BYTES:,} bytes", f"{len(body):,}")
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return body.decode(encoding).replace("\r\n", "\n").split("\n")
            except UnicodeDecodeError:
                continue
        raise self._refuse(0, "text in UTF-8 or cp1252", "other bytes")

    def _fields(self, line: str, number: int, count: int | None) -> list[str]:
        """The fields of a line that ends in `;`."""
        *fields, rest = [field.strip() for field in line.split(";")]
        if rest or (count is not None and len(fields) != count) or len(fields) < 2:
            expected = f"{count} fields, each followed by ';'" if count else "fields, each followed by ';'"
            raise self._refuse(number, expected, repr(line[:80]))
        return fields

    def _check_metadata(self, lines: Sequence[str], request: Mapping[str, Any], newest: str) -> None:
        echo, said = str(request.get("echo", "")), dict[str, str]()
        for number, line in enumerate(lines, start=1):
            if not line.strip(" ;"):
                continue
            key, _, text = line.partition(":;")
            if key not in (*METADATA, *self.dataset.source.get("metadata", ()), echo) or not key or key in said:
                raise self._refuse(number, f"a line of {', '.join((echo, *METADATA))}, each once", repr(line[:80]))
            said[key] = text.strip(" ;")
        asked = self.part.region_name or "Deutschland"
        if echo and said.get(echo) != asked:
            raise self._refuse(0, f"'{echo}:; {asked}', the region that was asked for", repr(said.get(echo, "none")))
        if said.get("Berichtsmonat", german(newest)) != german(newest):
            raise self._refuse(0, f"figures up to {said['Berichtsmonat']}", german(newest))

    def _check_footer(self, lines: Sequence[str], end: int) -> None:
        known = (*FOOTER, *self.dataset.source.get("footer", ()))
        for number, line in enumerate(lines[end:], start=end + 1):
            if line.strip(" ;") and line.strip(" ;") not in known:
                raise self._refuse(number, "a known line of the footer", repr(line[:80]))

    # --- a row per metric --------------------------------------------------------------------------------------------

    def _table(self, header: Sequence[str], at: int, rows: Sequence[tuple[int, list[str]]]) -> Iterator[Figure]:
        months, changes = self._columns(header, at)
        labels, parent = Labels(self.dataset), ""
        for number, fields in rows:
            label = fields[0]
            figures = [
                Figure(number, col + 1, month, label, "", self._value(fields[col], number, col + 1), fields[col])
                for col, month in months.items()
            ]
            yield from figures
            measure = labels.measure(label, parent)  # an unknown one is refused with all others (ba_figures.py)
            if measure is not None:
                parent = parent if measure.parent else measure.code
                values = {figure.month: figure.value for figure in figures}
                for col, change in changes.items():
                    self._check_change(fields[col], change, values, measure, (number, col + 1))

    def _columns(self, header: Sequence[str], at: int) -> tuple[dict[int, str], dict[int, _Change]]:
        """The columns of the months, and those of the changes against the newest of them."""
        months: dict[int, str] = {}
        changes: dict[int, _Change] = {}
        for col, text in enumerate(header[1:], start=1):
            month, change = month_of(text), _CHANGE.fullmatch(text)
            if month is not None and month not in months.values() and not changes:
                months[col] = month
            elif change is not None and months and month_of(change[1]) == max(months.values()):
                changes[col] = _Change(_BACK[change[2]], change[3] == "in %")
            else:
                wanted = "months, each once, then 'Veränderung <newest month> zum Vor(jahres)monat absolut' or 'in %'"
                raise self._refuse(at, wanted, repr(text[:80]), col + 1)
        if not months:
            raise self._refuse(at, "a column of a month", "none")
        return months, changes

    def _check_change(
        self, text: str, change: _Change, values: Mapping[str, str], measure: Measure, place: tuple[int, int]
    ) -> None:
        """A printed change must be possible, each of its numbers being rounded; signs say nothing."""
        newest = max(values)
        now, before = values[newest], values.get(earlier(newest, change.back))
        if before is None:
            raise self._refuse(place[0], f"a column of {german(earlier(newest, change.back))}", "none", place[1])
        printed, new, old = (ba_printed.decimal(word) for word in (ba_printed.plain(text) or "", now, before))
        if printed is None or new is None or old is None:
            return
        half = _half(measure, self.dataset)
        if change.is_percent:
            if old - half <= 0:
                return
            slack = ba_printed.half_unit(text)
            low, high = ((new - half) / (old + half) - 1) * 100 - slack, ((new + half) / (old - half) - 1) * 100 + slack
        else:
            low, high = new - old - _ROUNDED * half, new - old + _ROUNDED * half
        if not low <= printed <= high:
            raise self._refuse(
                place[0], f"a change between {low:.6g} and {high:.6g}, from {before} to {now}", text, place[1]
            )

    # --- a row per month ---------------------------------------------------------------------------------------------

    def _series(self, header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Iterator[Figure]:
        changes = self.dataset.source.get("change_metrics", ())
        columns = [(col, label) for col, label in enumerate(header[1:], start=1) if label not in changes]
        for number, fields in rows:
            month = month_of(fields[0])
            if month is None:
                raise self._refuse(number, "a German month such as Mai 2026", repr(fields[0][:80]), 1)
            for col, label in columns:
                value = self._value(fields[col], number, col + 1)
                yield Figure(number, col + 1, month, label, "", value, fields[col])

    def _value(self, text: str, number: int, col: int) -> str:
        """The number without thousands marks, or a sign, which the dataset's file must explain."""
        plain = ba_printed.plain(text)
        if plain is None and (not text or any(char.isdigit() for char in text)):
            raise self._refuse(number, "a number such as 226.880 or 10,6, or a sign", repr(text[:80]), col)
        return text if plain is None else plain

    def _refuse(self, line: int, expected: str, found: str, col: int = 0) -> ContractError:
        where = self.part.name + (f" line {line}" if line else "") + (f", field {col}" if col else "")
        hint = f"If the BA changed it, say so in catalog/datasets/{self.dataset.id}.yml"
        return ContractError(self.dataset.id, self.filename, where, expected, found, hint)


def _half(measure: Measure, dataset: Dataset) -> Decimal:
    """How far a figure of a measure may lie from the true one."""
    rounding = measure.rounding or dataset.rounding
    return Decimal(str(rounding.get("half_unit", rounding.get("high", 0))))
