"""Reader of the BA's Arbeitsmarktreport per Kreis: workbooks of one month, one for each Kreis.

Comes in: the parts of a bundle. Goes out: the table `cells`, whose place is member, sheet and cell. A block begins with
its heading and ends with the next one, wherever they stand. An empty row ends nothing: sheets put one between groups
for the eye, and what stands below it is judged like any other row, so that nothing passes unseen.

Refuses: what is no XLSX workbook of the report (a web page, a ZIP, an XLSB), a package that xlsx_package.py refuses, a
sheet that is missing or hidden, another region or month than asked for, a heading or a label that the dataset's file
does not know, a block that is missing, stands twice or does not begin with its total, a label twice or in another
order, a row with two labels or none, a cell without a figure or a sign, a number with more digits than a printed one
has, and figures above the first heading or below the last line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.ba_printed import half_unit
from integrationsmonitor.sources.ba_report_layout import Block, Layout, layout_of, texts_of
from integrationsmonitor.sources.cells import NUMBER, Answer, cell_columns, printed
from integrationsmonitor.sources.german_time import month_of, months_in
from integrationsmonitor.sources.region_names import by_spelling
from integrationsmonitor.sources.xlsx_package import check_package, what_it_is
from integrationsmonitor.spreadsheet import column_letters

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Region
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.sources.bundle import Part

Rows = Sequence[Sequence[Any]]
_IN_ADDRESS = re.compile(r"amr-(?P<key>\d{5})-0-(?P<year>\d{4})(?P<month>0[1-9]|1[0-2])-", re.ASCII)
_MONTH_WORD = re.compile(r"Berichtsmonat\s*:?\s*(.*)")


def read_cells(parts: Sequence[Part], dataset: Dataset, filename: str, regions: Mapping[str, Region]) -> Answer:
    """Cells of the reports of one month; the first thing that is wrong in any of them refuses them all."""
    import pyarrow as pa

    layout, names = layout_of(dataset), by_spelling(regions)
    columns: dict[str, list[Any]] = {name: [] for name in (*cell_columns(dataset), "member")}
    month = ""
    for part in parts:
        report = _Report(part, dataset, filename, layout)
        if report.month != (month := month or report.month):
            raise report.refuse("the address", f"the month of the others, {month}", report.month)
        report.read(names, regions, columns)
    if not parts:
        raise ContractError(dataset.id, filename, "the bundle", "a workbook for each Kreis", "none")
    types = {"line": pa.int32(), "col": pa.int32()}
    table = pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})
    return Answer(table, "xlsx", None, filename, layout.sheet)


class _Report:
    """One workbook, with what is needed to judge it and to complain about it."""

    def __init__(self, part: Part, dataset: Dataset, filename: str, layout: Layout) -> None:
        self.part, self.dataset, self.filename, self.layout = part, dataset, filename, layout
        asked = _IN_ADDRESS.search(part.url)
        if asked is None or asked["key"] != part.region_key:
            raise self.refuse("the address", f"amr-{part.region_key}-0-<YYYYMM>-… in it", repr(part.url[:160]))
        self.month = f"{asked['year']}-{asked['month']}"

    def refuse(self, where: str, expected: str, found: str, hint: str = "") -> ContractError:
        hint = hint or f"If the source changed it, say so in catalog/datasets/{self.dataset.id}.yml"
        return ContractError(self.dataset.id, self.filename, f"{self.part.name} {where}", expected, found, hint)

    def at(self, row: int, column: int) -> str:
        return f"{self.layout.sheet}!{column_letters(column + 1)}{row}"

    def read(self, names: Mapping[str, Region], regions: Mapping[str, Region], columns: dict[str, list[Any]]) -> None:
        """Judge every row, and append the figures to the columns of `cells`."""
        rows = self._open()
        first = next((n for n, row in enumerate(rows) if self._heading(self._labels(row))), len(rows))
        self._check_region(rows[:first], names, regions)
        self._check_month(rows[:first])
        self._check_no_figures(rows[:first], 1, "a known heading above the first figure")
        name = regions[self.part.region_key].name
        for row, block, codes, value in self._figures(rows, first):
            said: dict[str, Any] = {"line": row, "col": self.layout.value_column + 1, "time": self.month}
            said |= {"region_code": self.part.region_key, "region_label": name, "measure": block.measure}
            said |= {f"a_{axis.code}": code for axis, code in zip(self.dataset.axes, codes, strict=True)}
            for column, word in (said | {"value": value, "quality": "", "member": self.part.name}).items():
                columns[column].append(word)

    def _open(self) -> Rows:
        import python_calamine

        hint = "The portal changes its links: correct source.pattern, or name the page with the links in source.listing"
        if what := what_it_is(self.part.body):
            raise self.refuse("the file", "an XLSX workbook", f"{what}, from {self.part.url[:160]}", hint)
        sheet = self.layout.sheet
        check_package(self.part.body, self.refuse, sheet=sheet, web_links=True)
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.part.body))
            if sheet not in book.sheet_names:
                raise self.refuse("the workbook", f"a sheet {sheet!r}", ", ".join(book.sheet_names)[:300])
            shown = {
                told.name: told.visible == python_calamine.SheetVisibleEnum.Visible for told in book.sheets_metadata
            }
            if not shown[sheet]:
                raise self.refuse(sheet, "a sheet that is shown", "a hidden one")
            rows: Rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except python_calamine.CalamineError as problem:
            raise self.refuse("the file", "an XLSX workbook", str(problem)[:120], hint) from None
        return rows

    def _labels(self, row: Sequence[Any]) -> list[str]:
        return texts_of([row[column] for column in self.layout.label_columns if column < len(row)])

    def _heading(self, labels: Sequence[str]) -> str:
        return next((label for label in labels[:1] if label in self.layout.by_heading), "")

    def _value(self, row: Sequence[Any]) -> Any:
        return row[self.layout.value_column] if self.layout.value_column < len(row) else ""

    def _check_region(self, head: Rows, names: Mapping[str, Region], regions: Mapping[str, Region]) -> None:
        """The Kreis that the sheet names above its table, and no other, must be the one asked for."""
        wanted = regions.get(self.part.region_key)
        words = [label for row in head for label in self._labels(row)]
        named = {names[word].key for word in words if word in names}
        if wanted is None or named != {wanted.key}:
            expected = f"{wanted.name if wanted else 'a known Kreis'} ({self.part.region_key}) above the table"
            found = ", ".join(sorted(names[word].name for word in set(words) & set(names)))
            raise self.refuse(self.layout.sheet, expected, found or f"no Kreis among {' / '.join(words)[:160]!r}")

    def _check_month(self, head: Rows) -> None:
        """The month asked for must be the one that is printed: after the word, by itself, or over the figures.

        Whatever else names months above the table must name it, too, and no column beside the figures may be its own.
        """
        named: set[str] = set()
        for number, row in enumerate(head, start=1):
            told = self._told(row)
            for month in told:
                if month != self.month:
                    raise self.refuse(f"{self.layout.sheet} row {number}", f"the month {self.month}", repr(month))
            if (column := self._other_column(row)) is not None:
                expected = f"the month {self.month} in column {column_letters(self.layout.value_column + 1)}"
                raise self.refuse(self.at(number, column), expected, "it here")
            named |= {*told, *(month for text in texts_of(row) for month in months_in(text))}
        if self.month not in named and (named or self.layout.needs_month):
            found = ", ".join(sorted(named)) or "none"
            raise self.refuse(self.layout.sheet, f"the month {self.month} above the table", found)

    def _told(self, row: Sequence[Any]) -> list[str]:
        """The months that a row above the table gives as its own."""
        words = texts_of(row)
        told = [month for word in self._labels(row) if (month := month_of(word))]
        for place, word in enumerate(words):
            if found := _MONTH_WORD.fullmatch(word):
                text = found[1] or (words[place + 1] if place + 1 < len(words) else "")
                told.append(month_of(text) or text or "no month")
        over = self._value(row)
        if isinstance(over, date):
            return [*told, f"{over:%Y-%m}"]
        return [*told, *sorted(months_in(over) if isinstance(over, str) else ())]

    def _other_column(self, row: Sequence[Any]) -> int | None:
        """Another column over which the month stands, where something else stands over the figures."""
        over = self._value(row)
        if not texts_of([over]) or months_in(over):
            return None
        places = (n for n in range(len(row)) if n not in (*self.layout.label_columns, self.layout.value_column))
        return next((n for n in places if isinstance(row[n], str) and month_of(row[n]) == self.month), None)

    def _check_no_figures(self, rows: Rows, first: int, expected: str) -> None:
        for number, row in enumerate(rows, start=first):
            value = self._value(row)
            if _is_number(value):
                raise self.refuse(self.at(number, self.layout.value_column), expected, repr(value))

    def _figures(self, rows: Rows, first: int) -> list[tuple[int, Block, tuple[str, ...], str]]:
        """Row, block, codes and printed text of every figure that is loaded; every other row must be known, too."""
        found: list[tuple[int, Block, tuple[str, ...], str]] = []
        block: Block | None = None
        opened: set[str] = set()
        labels_seen: list[str] = []
        for number, row in enumerate(rows[first:], start=first + 1):
            labels = self._labels(row)
            if self.layout.footers and labels and labels[0].startswith(self.layout.footers):
                self._check_no_figures(rows[number - 1 :], number, "no figures below the last line of the table")
                break
            if heading := self._heading(labels):
                block, labels, labels_seen = self.layout.by_heading[heading], labels[1:], []
                if block and block.headings[0] in opened:
                    raise self.refuse(self.at(number, 0), "each block once", f"{heading!r} twice")
                opened |= {block.headings[0]} if block else set()
                if not labels and self._value(row) == "":
                    continue
            if block is None:
                self._check_ignored(number, row, labels, is_heading=bool(heading))
                continue
            label = self._label(number, row, labels, block)
            if label is None:
                continue
            self._check_order(number, label, labels_seen, block)
            labels_seen.append(label)
            if (codes := block.rows[label]) is not None:
                found.append((number, block, codes, self._figure(number, row, block.measure)))
        for block in self.layout.blocks:
            if block.headings[0] not in opened:
                raise self.refuse(self.layout.sheet, f"a block {block.headings[0]!r}", "none")
        return found

    def _check_ignored(self, number: int, row: Sequence[Any], labels: Sequence[str], *, is_heading: bool) -> None:
        """In a block that is not loaded, a line of words alone may be the heading of one that is, renamed."""
        if labels and not is_heading and labels[0] not in self.layout.fillers and not _has_figures(row):
            raise self.refuse(self.at(number, 0), "a known heading", repr(labels[0][:80]))

    def _label(self, number: int, row: Sequence[Any], labels: list[str], block: Block) -> str | None:
        """The label of a row in a block that is loaded; None for a row that says nothing."""
        words = labels[1:] if len(labels) > 1 and labels[0] in self.layout.fillers else labels
        value = self._value(row)
        if value == "" and (not words or (len(words) == 1 and words[0] in self.layout.fillers)):
            return None
        if len(words) > 1:
            raise self.refuse(self.at(number, 0), "one label", " and ".join(map(repr, words)))
        label = words[0] if words else ""
        if label not in block.rows:
            is_line_of_words = value == "" and not _has_figures(row)
            expected = "a known heading" if is_line_of_words else f"a known label under {block.headings[0]!r}"
            raise self.refuse(self.at(number, 0), expected, repr(label[:80]) if label else "none beside a figure")
        return label

    def _check_order(self, number: int, label: str, before: Sequence[str], block: Block) -> None:
        """A label once, the total first, the file's order, and nothing below a row that begins another base."""
        under = f"under {block.headings[0]!r}"
        if label in before:
            raise self.refuse(self.at(number, 0), f"each label once {under}", f"{label!r} twice")
        if not before and label not in block.first:
            raise self.refuse(self.at(number, 0), f"{block.first[0]!r} first {under}", repr(label))
        loaded = [word for word, codes in block.rows.items() if codes is not None]
        if label in loaded:  # a row "darunter" below another group would speak of that group only
            below = loaded[loaded.index(label) + 1 :]
            if later := [word for word in before if word in below]:
                expected = f"{label!r} above {later[0]!r}, as in the dataset's file"
                raise self.refuse(self.at(number, 0), expected, "it below")
        if block.rows[label] is not None and (closed := [word for word in before if word in block.closing]):
            raise self.refuse(self.at(number, 0), f"nothing to load {under} below {closed[0]!r}", repr(label))

    def _figure(self, number: int, row: Sequence[Any], measure: str) -> str:
        """A figure as it is printed; a rate with more decimals than the source prints is one of another kind.

        A cell that shows 6,8 % may hold 0.068.
        """
        text = self._printed(number, row)
        known = self.dataset.measure_by_code[measure].rounding or self.dataset.rounding
        if NUMBER.fullmatch(text) and half_unit(text) < Decimal(str(known.get("half_unit", 0))):
            where = self.at(number, self.layout.value_column)
            raise self.refuse(where, f"a figure exact to {known['half_unit']}, as the dataset's file says", text)
        return text

    def _printed(self, number: int, row: Sequence[Any]) -> str:
        """A figure as it is printed, with a decimal comma; a sign as it stands."""
        value, where = self._value(row), self.at(number, self.layout.value_column)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(where, "a figure or a sign", "an empty cell" if value == "" else repr(value))
        text = printed(value)
        if not NUMBER.fullmatch(text):
            raise self.refuse(where, "a number with at most 6 decimals", text)
        return text


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and NUMBER.fullmatch(cell.strip()) is not None)


def _has_figures(row: Sequence[Any]) -> bool:
    return any(map(_is_number, row))
