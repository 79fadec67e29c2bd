"""Tables as XLSX, for offices: cover, notes, figures, dictionary.

Comes in: a `Job` that names the table's Parquet file and everything else that the workbook says. Goes out: a file.
Refuses what a sheet cannot hold: more than 1,048,576 rows, a text of more than 32,767 characters.

Numbers are numbers, days are days, texts are texts whatever they begin with: nothing becomes a formula or a link. One
row of headers, no merged cells. The same job gives the same bytes.

As a program it reads jobs, one JSON line each, and writes one workbook after the other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

# Belongs to the fingerprint of a job: another layout is another workbook.
LAYOUT = 1
COVER, NOTES, DATA, DICTIONARY = "Deckblatt", "Hinweise", "Daten", "Datenlexikon"
MAX_ROWS, MAX_TEXT = 1_048_576, 32_767
_BATCH = 5_000
_TEXT_WIDTH, _MAX_WIDTH, _MIN_WIDTH = 100, 44, 10
# Excel wants a moment of creation; a fixed one, so that the same figures are the same bytes.
_CREATED = datetime(2000, 1, 1)  # a label without a zone


@dataclass(frozen=True)
class DataColumn:
    """A column of the sheet of figures: its header, how to select it from the Parquet file, and its kind.

    `kind` is text, number, boolean, day or moment; `decimals` names the column that says with how many decimals this
    one is shown, "" where a number is shown as it is.
    """

    header: str
    select: str
    kind: str
    decimals: str = ""


@dataclass(frozen=True)
class Job:
    """A workbook to write. `cover` and `notes` are rows of (label, text), `dictionary` a header and its rows."""

    parquet: str
    target: str
    title: str
    scratch: str
    columns: Sequence[DataColumn]
    cover: Sequence[tuple[str, str]]
    notes: Sequence[tuple[str, str]]
    dictionary: Sequence[Sequence[str]]

    def as_line(self) -> str:
        """The job as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_line(cls, line: str) -> Job:
        """The other way round."""
        facts = json.loads(line)
        return cls(**{**facts, "columns": [DataColumn(**column) for column in facts["columns"]]})


def write(job: Job) -> None:
    """Write the workbook; raises ValueError where a sheet cannot hold it."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "tmpdir": job.scratch,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    Path(job.scratch).mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(job.target, options) as book:
        book.set_properties({"title": job.title, "author": "Integrationsmonitor Thüringen", "created": _CREATED})
        look = _Look(
            header=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            label=book.add_format({"bold": True, "valign": "top", "text_wrap": True}),
            text=book.add_format({"text_wrap": True, "valign": "top"}),
            title=book.add_format({"bold": True, "font_size": 16}),
            moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            decimals=[book.add_format({"num_format": "0." + "0" * n if n else "0"}) for n in range(10)],
        )
        _write_pairs(book.add_worksheet(COVER), job.cover, look, job.title)
        _write_pairs(book.add_worksheet(NOTES), job.notes, look)
        _write_data(book.add_worksheet(DATA), job, look)
        _write_dictionary(book.add_worksheet(DICTIONARY), job.dictionary, look)


@dataclass(frozen=True)
class _Look:
    header: Any
    label: Any
    text: Any
    title: Any
    moment: Any
    decimals: list[Any]


def _write_pairs(sheet: Any, rows: Sequence[Sequence[str]], look: _Look, title: str = "") -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.hide_gridlines(2)
    first = 0
    if title:
        sheet.write_string(0, 0, title, look.title)
        first = 2
    for number, (label, text) in enumerate(rows, start=first):
        sheet.write_string(number, 0, label, look.label)
        sheet.write_string(number, 1, _held(text, label), look.text)


def _write_dictionary(sheet: Any, rows: Sequence[Sequence[str]], look: _Look) -> None:
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write_string(number, place, _held(text, row[0]), look.text if number else look.header)
    for place, header in enumerate(rows[0] if rows else ()):
        longest = max(len(row[place]) for row in rows)
        sheet.set_column(place, place, min(max(len(header), longest, _MIN_WIDTH) + 2, 70))
    sheet.freeze_panes(1, 0)


def _write_data(sheet: Any, job: Job, look: _Look) -> None:
    import duckdb

    for place, column in enumerate(job.columns):
        sheet.write_string(0, place, column.header, look.header)
        width = min(max(len(column.header) + 2, _MIN_WIDTH), _MAX_WIDTH)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    by_name = {column.header: place for place, column in enumerate(job.columns)}
    number = 0
    con = duckdb.connect(":memory:")
    try:
        selected = ", ".join(column.select for column in job.columns)
        con.execute("set preserve_insertion_order = true; set enable_progress_bar = false")
        rows = con.execute(f"select {selected} from read_parquet(?)", [job.parquet])
        while batch := rows.fetchmany(_BATCH):
            if number + len(batch) >= MAX_ROWS:
                raise ValueError(f"{job.title}: a sheet holds {MAX_ROWS - 1:,} rows below its header, there are more")
            for row in batch:
                number += 1
                for place, (column, value) in enumerate(zip(job.columns, row, strict=True)):
                    if value is None:
                        continue
                    if column.kind == "text":
                        sheet.write_string(number, place, _held(value, column.header))
                    elif column.kind == "number":
                        shown = row[by_name[column.decimals]] if column.decimals else None
                        sheet.write_number(number, place, value, None if shown is None else look.decimals[int(shown)])
                    elif column.kind == "boolean":
                        sheet.write_boolean(number, place, value)
                    else:
                        sheet.write_datetime(number, place, value, look.moment if column.kind == "moment" else None)
    finally:
        con.close()
    sheet.autofilter(0, 0, max(number, 1), len(job.columns) - 1)


def _held(text: Any, where: str) -> str:
    """The text, if a cell takes it: the library would cut it without a word."""
    whole = text.isoformat() if isinstance(text, date) else str(text)
    if len(whole.encode("utf-16-le")) // 2 > MAX_TEXT:
        raise ValueError(f"{where}: a cell holds {MAX_TEXT:,} characters, this text has {len(whole):,}")
    return whole


def main() -> int:
    """Write what standard input asks for; 1 and a line on standard error where one cannot be written."""
    for line in sys.stdin:
        job = Job.of_line(line)
        try:
            write(job)
        except (OSError, ValueError) as problem:
            print(f"{Path(job.target).name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
