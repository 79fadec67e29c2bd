"""What is written as XLSX is read back as it was, and nothing in it is a formula or a link."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrationsmonitor.release import Release
from integrationsmonitor.release.exports import workbook
from integrationsmonitor.release.exports.workbook import DataColumn, Job

Night = Callable[..., Release]
COLUMNS = (
    DataColumn("Text", '"text"', "text"),
    DataColumn("Zahl", '"number"', "number"),
    DataColumn("Tag", '"day"', "day"),
    DataColumn("Zeitpunkt", '"moment"', "moment"),
    DataColumn("Ja", '"flag"', "boolean"),
)
SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("number", pa.float64()),
        ("day", pa.date32()),
        ("moment", pa.timestamp("us")),
        ("flag", pa.bool_()),
    ]
)
DANGEROUS = st.sampled_from(
    [
        "=1+1",
        "{=1+1}",
        "+49",
        "@sum",
        "'",
        "http://example.org",
        "file:///etc/passwd",
        "internal:Daten!A1",
        "a\nb",
        "007",
    ]
)
# What XML can hold: no control characters, no half pairs.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
ROWS = st.lists(
    st.tuples(
        st.none() | DANGEROUS | TEXTS,
        st.none() | st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12, allow_subnormal=False),
        st.none() | st.dates(date(1900, 3, 1), date(9999, 12, 30)),
        st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),
        st.none() | st.booleans(),
    ),
    max_size=6,
)


def job_of(rows: list[tuple[Any, ...]], folder: Path, **changes: Any) -> Job:
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    pq.write_table(pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], SCHEMA), folder / "t")
    job = Job(
        str(folder / "t"), str(folder / "t.xlsx"), "Tabelle", str(folder / "tmp"), COLUMNS, [("a", "=b")], [], [["x"]]
    )
    return replace(job, **changes)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_any_row_comes_back_and_nothing_is_a_formula(rows: list[tuple[Any, ...]], tmp_path: Path) -> None:
    workbook.write(job_of(rows, tmp_path))
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Daten"]
    found = list(sheet.iter_rows(min_row=2))
    kinds = {cell.data_type for row in found for cell in row}
    assert "f" not in kinds
    assert all(cell.hyperlink is None for row in found for cell in row)
    read = [[cell.value for cell in row] for row in found][: len(rows)]
    read += [[None] * len(COLUMNS)] * (len(rows) - len(read))  # a row without any figure at the end is no row
    for told, (text, number, day, moment, flag) in zip(read, rows, strict=True):
        assert told[0] == text
        assert told[1] == (None if number is None else pytest.approx(number, rel=1e-15))
        assert told[2] == (None if day is None else datetime(day.year, day.month, day.day))
        assert told[3] == moment
        assert told[4] == flag


def test_the_package_holds_no_formula_link_or_macro(publish_all_tables: Night) -> None:
    for path in (publish_all_tables().path / "exports" / "xlsx").glob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                body = package.read(name)
                assert b"<f>" not in body, f"{path.name}: {name}"
                assert b"hyperlink" not in body, f"{path.name}: {name}"
                assert b"<mergeCell" not in body, f"{path.name}: {name}"
                assert "vba" not in name
                assert "externalLink" not in name


def test_what_a_cell_cannot_hold_is_refused_not_cut(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Text: a cell holds 32,767 characters, this text has 32,768"):
        workbook.write(job_of([("x" * 32_768, None, None, None, None)], tmp_path))


def test_the_same_job_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [("a", 1.5, date(2020, 12, 31), datetime(2020, 1, 1, 5), True)]
    digests = set()
    for name in ("one.xlsx", "two.xlsx"):
        job = job_of(rows, tmp_path, target=str(tmp_path / name))
        workbook.write(Job.of_line(job.as_line()))
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_workbook_says_what_it_is_and_quotes_figures_as_they_are_quoted(publish_all_tables: Night) -> None:
    folder = publish_all_tables().path / "exports"
    book = openpyxl.load_workbook(folder / "xlsx" / "mart_indicator.xlsx")
    cover = {row[0].value: row[1].value for row in book["Deckblatt"].iter_rows(min_row=3)}
    assert cover["Hinweis"] == "Aufgezeichnete Daten, kein Live-Abruf"
    assert "Lizenz: dl-de/by-2-0" in cover["Quelle und Lizenz"]
    assert (
        cover["Kennung der Zahlen"]
        == hashlib.sha256((folder / "parquet" / "mart_indicator.parquet").read_bytes()).hexdigest()
    )
    header, *rows = book["Daten"].iter_rows()
    places = {cell.value: number for number, cell in enumerate(header)}
    value, rounded, decimals = places["Wert"], places["Wert (gerundet)"], places["Nachkommastellen"]
    shown = [row for row in rows if row[value].value is not None]
    assert shown
    for row in shown:
        digits = row[decimals].value
        assert row[rounded].number_format == ("0." + "0" * digits if digits else "0")
        assert row[rounded].value == pytest.approx(row[value].value, abs=0.5 * 10**-digits)
    assert all(row[places["Regionalschlüssel"]].data_type == "s" for row in rows), "a key is a text, with its zeros"


def workbooks(folder: Path) -> dict[str, Any]:
    """What latest.json says of the workbooks, by table."""
    tables = json.loads((folder / "latest.json").read_text(encoding="utf-8"))["tables"]
    return {table["table"]: file for table in tables for file in table["files"] if file["form"] == "xlsx"}


def test_an_unchanged_workbook_is_copied_and_a_damaged_one_is_written_anew(publish_all_tables: Night) -> None:
    first = publish_all_tables(1).path / "exports"
    damaged = first / "xlsx" / "dim_region.xlsx"
    whole = damaged.read_bytes()
    damaged.chmod(0o644)
    damaged.write_bytes(whole[:-1])
    second = publish_all_tables(2).path / "exports"
    assert (second / "xlsx" / "dim_region.xlsx").read_bytes() == whole
    told, again = workbooks(first), workbooks(second)
    assert {name for name in told if told[name] != again[name]} == {"meta_release"}
