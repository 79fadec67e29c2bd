"""Wide tables and XLSX exports: every real file is read whole; a header that changed is refused before any number."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import genesis_wide, genesis_xlsx
from wire import Cell, Wide, Workbook, cells_of, heads, leads, wide, workbook

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data"
DATASETS = {dataset.table: dataset for dataset in load_catalog(PROJECT / "catalog").datasets.values()}
SIGNS = ("-", ".", "x")
# Real files with the width of their stub; what is counted from them is counted here a second time, in the plainest way.
CSV_FILES = {
    "regionalstatistik_v4/11111-01-01-4.csv": 3,
    "regionalstatistik_v4/11111-01-01-4_00.csv": 3,
    "regionalstatistik_v4/12411-01-01-4_00.csv": 2,
    "regionalstatistik_v4/12411-03-02-4_00.csv": 4,
    "regionalstatistik_v4/12411-03-03-4_00.csv": 4,
    "regionalstatistik_v4/12511-01-01-4.csv": 3,
    "regionalstatistik_v4/12711-03-02-4_00.csv": 4,
    "regionalstatistik_v4/13111-01-03-4_00.csv": 3,
    "regionalstatistik_v4/13111-02-02-4_00.csv": 3,
    "regionalstatistik_v4/13211-01-03-4_00.csv": 3,
    "regionalstatistik_v4/13211-02-05-4_00.csv": 3,
    "regionalstatistik_v4/21111-01-03-4_00.csv": 3,
    "regionalstatistik_v4/22221-01-01-4_00.csv": 3,
    "regionalstatistik_2021/12411-0018.csv": 3,
    "regionalstatistik_2021/13111-07-05-4_2017.csv": 3,
    "regionalstatistik_2021/13111-07-05-4_2018.csv": 3,
    "regionalstatistik_2021/13111-07-05-4_2019.csv": 3,
    "regionalstatistik_2021/13211-02-05-4.csv": 3,
    "genesis_v5_csv/13211-02-05-4.csv": 3,
    "genesis_v5_csv/21111-01-03-4.csv": 4,
    "genesis_v5_csv/21111-02-06-4.csv": 3,
    "genesis_v5/12521-0041_de_2025-12-31_TH-excerpt.csv": 4,
}
XLSX_FILES = ("regionalstatistik_2021/13111-01-03-4.xlsx", "regionalstatistik_2021/13111-02-02-4.xlsx")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files in ../shared/data are not on this machine")


def dataset_of(name: str) -> Dataset:
    return DATASETS[Path(name).stem.split("_")[0]]


def counts(values: list[str]) -> dict[str, int]:
    found = Counter(value if value in SIGNS else "number" for value in values)
    return {sign: found.get(sign, 0) for sign in ("number", *SIGNS)}


def plain_rows(raw: bytes) -> list[tuple[int, list[str]]]:
    """Line number and fields of every line that names a region's key in its first or second field."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    key = re.compile(r"(\d{4};|\d\d\.\d\d\.\d{4};)?(DG|\d{2,3}|\d{5}|\d{8});")
    body = text.split("\n__________")[0]
    return [(n, line.split(";")) for n, line in enumerate(body.split("\n"), start=1) if key.match(line)]


def test_described_layouts_name_only_codes_of_their_dataset() -> None:
    for dataset in DATASETS.values():
        known = {"time", "code", "name", "measure", "unit", "variable", *dataset.axis_by_code}
        for layout in (*dataset.csv.get("layouts", ()), *filter(None, [dataset.csv.get("xlsx")])):
            words = [*layout["stub"], *layout.get("header", ()), *layout.get("subset", ())]
            assert {word.removeprefix("variable:") for word in words} <= known, dataset.id
            for column in layout.get("columns", ()):
                assert column["measure"] in dataset.measure_by_code, dataset.id
                for axis, code in column.get("axes", {}).items():
                    assert code in dataset.axis_by_code[axis].by_code, dataset.id


@needs_data
def test_every_real_wide_file_is_listed_here() -> None:
    folders = ("regionalstatistik_v4", "regionalstatistik_2021", "genesis_v5_csv")
    there = {f"{folder}/{file.name}" for folder in folders for file in (DATA / folder).iterdir()}
    assert there == {name for name in (*CSV_FILES, *XLSX_FILES) if not name.startswith("genesis_v5/")}


@needs_data
@pytest.mark.parametrize("name", CSV_FILES)
def test_a_real_wide_file_is_read_cell_by_cell(name: str) -> None:
    raw = (DATA / name).read_bytes()
    answer = genesis_wide.read_cells(raw, dataset_of(name), Path(name).name)
    step = 2 if "12521" in name else 1
    expected = {}
    for line, fields in plain_rows(raw):
        for position in range(CSV_FILES[name], len(fields), step):
            expected[line, position + 1] = fields[position].strip()
    cells = answer.cells.to_pydict()
    read = dict(zip(zip(cells["line"], cells["col"], strict=True), cells["value"], strict=True))
    assert len(read) == answer.cells.num_rows, "no cell twice"
    assert read == expected
    assert counts(cells["value"]) == counts(list(expected.values()))
    assert "" not in read.values()


@needs_data
@pytest.mark.parametrize("name", XLSX_FILES)
def test_a_real_workbook_is_read_cell_by_cell(name: str) -> None:
    dataset = dataset_of(name)
    answer = genesis_xlsx.read_cells((DATA / name).read_bytes(), dataset, Path(name).name)
    sheet = openpyxl.load_workbook(DATA / name, read_only=True)[dataset.table]
    expected, day = {}, ""
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if row[0] and row[1] is None:
            day = row[0]
        elif row[0] and number > 2:
            for column, value in enumerate(row[2:8], start=3):
                expected[number, column] = (day, row[0], str(value))
    cells = answer.cells.to_pydict()
    read = {
        (line, column): (time, region, value)
        for line, column, time, region, value in zip(
            cells["line"], cells["col"], cells["time"], cells["region_code"], cells["value"], strict=True
        )
    }
    assert read == expected
    assert len(set(cells["time"])) == 12
    assert answer.layout == "xlsx"
    assert answer.sheet == dataset.table


@needs_data
def test_counts_of_signs_in_a_file_that_is_known_by_heart() -> None:
    raw = (DATA / "regionalstatistik_v4/12711-03-02-4_00.csv").read_bytes()
    cells = genesis_wide.read_cells(raw, DATASETS["12711-03-02-4"], "x.csv").cells
    assert cells.num_rows == 33_138 * 12
    assert counts(cells["value"].to_pylist()) == {"number": 288_468, "-": 26_820, ".": 82_368, "x": 0}


@needs_data
def test_the_printed_stand_is_berlin_time() -> None:
    raw = (DATA / "genesis_v5_csv/13211-02-05-4.csv").read_bytes()
    answer = genesis_wide.read_cells(raw, DATASETS["13211-02-05-4"], "x.csv")
    assert answer.stand == datetime(2026, 7, 9, 9, 1, 42, tzinfo=UTC)


@needs_data
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        # Published: E10 Erfurt 2016 = 25.0 %, the Ausländer's rate on all civilian labour force.
        ("regionalstatistik_v4/13211-02-05-4_00.csv", ("2016", "16051", "ERWP10", {"PERGR": "NATA"}, "25,0")),
        ("regionalstatistik_v4/13111-01-03-4_00.csv", ("30.06.2015", "DG", "ERW032", {"NAT": "NATA"}, "2829470")),
        ("regionalstatistik_v4/21111-01-03-4_00.csv", ("2015", "DG", "BIL003", {"NAT": "NATA"}, "661541")),
        (
            "regionalstatistik_2021/13111-07-05-4_2019.csv",
            ("30.06.2019", "DG", "ERW032", {"WZ08X1": "WZ08-C"}, "7002381"),
        ),
        ("regionalstatistik_v4/12411-01-01-4_00.csv", ("31.12.2011", "DG", "BEVSTD", {"GES": "GESW"}, "41097953")),
    ],
)
def test_a_number_stands_under_its_own_heading(name: str, wanted: tuple[str, str, str, dict[str, str], str]) -> None:
    dataset = dataset_of(name)
    time, region, measure, codes, value = wanted
    rows = genesis_wide.read_cells((DATA / name).read_bytes(), dataset, "x.csv").cells.to_pylist()
    full = {f"a_{axis.code}": codes.get(axis.code, "") for axis in dataset.axes}
    found = [
        row["value"]
        for row in rows
        if (row["time"], row["region_code"], row["measure"]) == (time, region, measure)
        and all(row[axis] == code for axis, code in full.items())
    ]
    assert found == [value]


# --- what no real file shows: tables written for the test -----------------------------------------------------------

NUMBER = st.integers(0, 10**8).map(str) | st.tuples(st.integers(0, 999), st.integers(0, 9)).map(
    lambda n: f"{n[0]},{n[1]}"
)
REGIONS = st.lists(
    st.tuples(
        st.sampled_from(["DG", "16", "16051", "16056", "01001", "160", "05334002"]),
        st.sampled_from(["Erfurt", "Köln, Stadt"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda region: region[0],
)
LAYOUTS = [
    (table, number) for table, dataset in DATASETS.items() for number in range(len(dataset.csv.get("layouts", [])))
]
BOOKS = [table for table, dataset in DATASETS.items() if "xlsx" in dataset.csv]


def filled(
    dataset: Dataset, layout: Mapping[str, Any], times: list[str], regions: list[tuple[str, str]], values: list[str]
) -> list[Cell]:
    """Every cell that a layout has for these times and regions, with the values in turn."""
    turn = itertools.cycle(values)
    return [
        Cell(time, key, name, measure, codes, value, "e" if layout.get("quality") and value[0].isdigit() else "")
        for time in times
        for key, name in regions
        for lead in leads(dataset, layout)
        for _, measure, column in heads(dataset, layout, [""])
        for codes in [tuple({**lead, **column}.get(axis.code, "") for axis in dataset.axes)]
        for value in [next(turn)]
    ]


def times_of(dataset: Dataset, years: list[int]) -> list[str]:
    return [f"{year}-12-31" if dataset.period_type == "stichtag" else str(year) for year in years]


@settings(max_examples=60, deadline=None)
@given(
    layout=st.sampled_from(LAYOUTS),
    years=st.lists(st.integers(1995, 2030), min_size=1, max_size=3, unique=True),
    regions=REGIONS,
    values=st.lists(NUMBER | st.sampled_from(["-", ".", "x", "0", "/", "(7)", "..."]), min_size=1, max_size=30),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "iso-8859-1"]),
)
def test_nothing_is_lost_or_invented_between_writing_and_reading(
    layout: tuple[str, int], years: list[int], regions: list[tuple[str, str]], values: list[str], encoding: str
) -> None:
    """Every wide layout of every dataset's file, cell by cell, each at the place that it says."""
    dataset, number = DATASETS[layout[0]], layout[1]
    described = dataset.csv["layouts"][number]
    times = times_of(dataset, years[:1] if "time" in described else years)
    cells = filled(dataset, described, times, regions, values)
    data = wide(dataset, cells, number).data(encoding)
    answer = genesis_wide.read_cells(data, dataset, "table.csv")
    assert sorted(cells_of(answer.cells, dataset)) == sorted(cells)
    lines = data.decode(encoding).split("\n")
    for line, column, value in zip(*(answer.cells[name].to_pylist() for name in ("line", "col", "value")), strict=True):
        assert lines[line - 1].split(";")[column - 1] == value


@settings(max_examples=25, deadline=None)
@given(
    table=st.sampled_from(BOOKS),
    years=st.lists(st.integers(1995, 2030), min_size=1, max_size=3, unique=True),
    regions=REGIONS,
    values=st.lists(NUMBER | st.sampled_from(["-", ".", "x", "0", "/", "(7)", "..."]), min_size=1, max_size=30),
)
def test_nothing_is_lost_or_invented_in_a_workbook(
    table: str, years: list[int], regions: list[tuple[str, str]], values: list[str]
) -> None:
    dataset = DATASETS[table]
    values = [re.sub(",0+$", "", value) for value in values]  # a spreadsheet does not keep the nought behind a comma
    cells = filled(dataset, dataset.csv["xlsx"], times_of(dataset, years), regions, values)
    book = workbook(dataset, cells)
    answer = genesis_xlsx.read_cells(book.data(), dataset, "x.xlsx")
    assert sorted(cells_of(answer.cells, dataset)) == sorted(cells)
    rows = book.sheets[table]
    for line, column, value in zip(*(answer.cells[name].to_pylist() for name in ("line", "col", "value")), strict=True):
        assert str(rows[line - 1][column - 1]).replace(".", ",") == value.replace(".", ",")


def small(table: str = "12711-03-02-4") -> Wide:
    dataset = DATASETS[table]
    return wide(
        dataset,
        filled(dataset, dataset.csv["layouts"][0], times_of(dataset, [2015]), [("16051", "Erfurt")], ["1", "2", "-"]),
    )


def read(table: Wide) -> list[Cell]:
    return sorted(
        cells_of(genesis_wide.read_cells(table.data(), DATASETS[table.table], "table.csv").cells, DATASETS[table.table])
    )


def refused(table: Wide) -> str:
    with pytest.raises(ContractError) as caught:
        read(table)
    assert DATASETS[table.table].id in str(caught.value)
    assert "table.csv" in str(caught.value)
    return str(caught.value)


def test_a_renamed_heading_is_refused() -> None:
    table = small()
    table.head[0][4] = "Zuzüge über die Kreisgrenzen"
    message = refused(table)
    assert "line 5, field 5" in message
    assert "Zuzüge über die Gemeindegrenzen" in message
    assert "found 'Zuzüge über die Kreisgrenzen'" in message
    assert "catalog/datasets/regio_12711_03_02_4.yml" in message


def test_a_renamed_variable_over_a_heading_is_refused() -> None:
    table = small()
    table.head[1][6] = "Alter"
    assert "line 6, field 7: expected 'Geschlecht', found 'Alter'" in refused(table)


def test_another_unit_is_refused() -> None:
    table = small()
    table.head[3][4] = "1000"
    assert "unit 'Anzahl'" in refused(table) or "expected 'Anzahl'" in refused(table)


def test_a_missing_column_is_refused() -> None:
    table = small()
    for row in (*table.head, *table.rows):
        del row[-1]
    assert "a column Fortzüge ins Ausland über Gemeindegrenzen · weiblich, found none" in refused(table)


def test_an_additional_column_is_refused() -> None:
    table = small()
    for row in table.head:
        row.append(row[-1])
    for row in table.rows:
        row.append("7")
    assert "each column once" in refused(table)


def test_a_heading_that_became_blank_is_refused() -> None:
    table = small()
    table.head[2][5] = ""
    assert "line 7, field 6" in refused(table)


def test_two_headings_swapped_keep_their_numbers_under_them() -> None:
    table = small()
    before = read(table)
    for row in (*table.head, *table.rows):
        row[5], row[6] = row[6], row[5]
    assert read(table) == before


def test_a_header_row_too_few_is_refused() -> None:
    table = small()
    del table.head[1]
    assert "4 header rows, found 3" in refused(table)


def test_a_row_with_another_number_of_fields_is_refused() -> None:
    table = small()
    table.rows[1].append("9")
    assert "line 10: expected 16 fields, found 17" in refused(table)


def test_an_unknown_word_in_a_row_is_refused() -> None:
    table = small()
    table.rows[1][3] = "Staatenlose"
    assert "line 10, field 4: expected a known value of NAT, found 'Staatenlose'" in refused(table)


def test_a_key_that_is_none_is_refused() -> None:
    table = small()
    table.rows[0][1] = "1605"
    assert "the key of a region" in refused(table)


def test_a_time_that_is_none_is_refused() -> None:
    table = small()
    table.rows[2][0] = "2015/16"
    assert "line 11, field 1: expected a date DD.MM.YYYY or a year, found '2015/16'" in refused(table)


def test_an_unknown_quality_sign_is_refused() -> None:
    table = small("12521-0041")
    table.rows[0][5] = "q"
    assert "a quality sign" in refused(table)


def test_a_title_that_moves_its_break_changes_nothing() -> None:
    table = small("12411-03-03-4")
    before = read(table)
    table.titles = ["Ein Titel in einer Zeile", "Fortschreibung", "noch eine", "und noch eine", *table.titles[-1:]]
    assert read(table) == before


def test_a_title_that_names_another_measure_is_refused() -> None:
    table = small("12411-03-03-4")
    table.titles[-1] = "Bevölkerungsstand (1000)"
    assert "Bevölkerungsstand (Anzahl)" in refused(table)


def test_a_title_line_without_its_date_is_refused() -> None:
    table = small("13111-07-05-4")
    table.titles.pop()
    assert "Stichtag: " in refused(table)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda text: text.replace("12711-03-02-4", "12711-03-03-4", 1), "found '12711-03-03-4'"),
        (lambda text: text.split("__________")[0], "the file may be cut short"),
        (lambda text: text.replace("Stand: 10.10.2017 / 16:36:03", ""), "'Stand: DD.MM.YYYY / hh:mm:ss'"),
        (lambda text: text.replace("Stand: 10.10.2017", "Stand: 31.02.2017"), "a moment that exists"),
        (lambda text: re.sub(r"(?m)^2015;.*\n", "", text), "data rows, found none"),
        (lambda text: text.replace("   Erfurt", '"Erfurt', 1), "a quoted field that ends"),
    ],
)
def test_a_broken_file_says_what_is_wrong(spoil: Callable[[str], str], expected: str) -> None:
    table = small()
    text = spoil(table.text())
    with pytest.raises(ContractError, match=re.escape(expected)):
        genesis_wide.read_cells(text.encode(), DATASETS[table.table], "table.csv")


def explicit(words: dict[str, str] | None = None) -> bytes:
    """The header of 13211-02-05-4 over one row, with some words exchanged."""
    group = [
        "",
        "ausländisch",
        "schwerbehindert",
        "15 bis unter 20 Jahre",
        "15 bis unter 25 Jahre",
        "55 bis unter 65 Jahre",
    ]
    group += ["langzeitarbeitslos", "", "", "Männer", "Frauen", "ausländisch", "15 bis unter 25 Jahre"]
    measures = ["Arbeitslose"] * 7 + ["Arbeitslosenquote bez. abh. zivile Erwerbspers."]
    measures += ["Arbeitslosenquote bez. auf alle zivile Erwerbsp."] * 5
    units = ["Anzahl"] * 7 + ["Prozent"] * 6
    lines = ["Tabelle: 13211-02-05-4", "Arbeitslose;;;;;;;;;;;;;;;"]
    lines += [";".join(["", "", "", *row]) for row in (measures, group, units)]
    lines += ["2023;16051;Erfurt;" + ";".join(str(n) for n in range(1, 14))]
    text = "\n".join([*lines, "__________", "Stand: 09.07.2026 / 11:01:42"])
    for old, new in (words or {}).items():
        text = text.replace(old, new)
    return text.encode("iso-8859-1")


def test_the_wording_of_2021_and_of_2026_mean_the_same() -> None:
    dataset = DATASETS["13211-02-05-4"]
    now = genesis_wide.read_cells(explicit(), dataset, "x.csv").cells
    then = genesis_wide.read_cells(explicit({"ausländisch": "Ausländer"}), dataset, "x.csv").cells
    assert now.equals(then)
    rows = now.to_pylist()
    assert [row["value"] for row in rows if row["measure"] == "ERWP10" and row["a_PERGR"] == "NATA"] == ["12"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"Männer": "darunter"}, "line 4, field 13: expected 'Männer', found 'darunter'"),
        ({"langzeitarbeitslos": ""}, "expected 'langzeitarbeitslos', found an empty cell"),
        (
            {"Prozent;Prozent;Prozent;Prozent;Prozent;Prozent": "Prozent;Prozent;Prozent;Prozent;Prozent;Promille"},
            "field 16",
        ),
        ({";Frauen": ""}, "line 4: expected 16 fields, found 15"),
        ({"Frauen;": "Frauen;Frauen;"}, "line 4: expected 16 fields, found 17"),
    ],
)
def test_an_explicit_header_is_checked_label_by_label(words: dict[str, str], expected: str) -> None:
    with pytest.raises(ContractError, match=re.escape(expected)):
        genesis_wide.read_cells(explicit(words), DATASETS["13211-02-05-4"], "x.csv")


def book(change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    dataset = DATASETS["13111-01-03-4"]
    cells = filled(dataset, dataset.csv["xlsx"], ["2019-06-30"], [("16051", "Erfurt")], ["9", "5", "4", "3", "2", "-"])
    change(made := workbook(dataset, cells))
    return made.data()


def test_a_workbook_gives_cells_with_the_date_of_their_block() -> None:
    rows = genesis_xlsx.read_cells(book(), DATASETS["13111-01-03-4"], "x.xlsx").cells.to_pylist()
    assert [(r["time"], r["a_NAT"], r["a_GES"], r["value"]) for r in rows] == [
        ("30.06.2019", "", "", "9"),
        ("30.06.2019", "", "GESM", "5"),
        ("30.06.2019", "", "GESW", "4"),
        ("30.06.2019", "NATA", "", "3"),
        ("30.06.2019", "NATA", "GESM", "2"),
        ("30.06.2019", "NATA", "GESW", "-"),
    ]


def _put(row: int, column: int, value: object) -> Callable[[Workbook], object]:
    def put(made: Workbook) -> None:
        rows = made.sheets["13111-01-03-4"]
        rows.extend([] for _ in range(row - len(rows)))
        rows[row - 1].extend([None] * (column - len(rows[row - 1])))
        rows[row - 1][column - 1] = value

    return put


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_put(2, 6, "Deutsche-Insgesamt"), "line 2, field 6: expected 'Ausländer(innen)-Insgesamt'"),
        (_put(3, 1, "Juni 2019"), "a date of a block"),
        (_put(2, 1, "ags"), "('id', 'name')"),
        (_put(2, 9, "divers"), "data columns"),
        (_put(4, 3, datetime(2020, 1, 1)), "text or a number"),
        (_put(7, 1, "16052"), "nothing below row 5"),
        (lambda made: made.sheets.update(metadata=[["Beschäftigte (Wohnort) (Anzahl)"]]), "(Arbeitsort)"),
        (lambda made: made.sheets.update(footnote=[["Version 2.0."]]), "Stand"),
        (lambda made: made.sheets.update(weiteres=[]), "the sheets"),
    ],
)
def test_a_changed_workbook_is_refused(change: Callable[[Workbook], object], expected: str) -> None:
    with pytest.raises(ContractError) as caught:
        genesis_xlsx.read_cells(book(change), DATASETS["13111-01-03-4"], "x.xlsx")
    assert expected in str(caught.value)


def test_a_table_without_a_described_wide_layout_says_so() -> None:
    data = b"Tabelle: 12531-0043\nTitel;;\n;;x\n2024;16051;1\n__________\nStand: 01.01.2026 / 00:00:00"
    with pytest.raises(ContractError, match="Describe the wide layout"):
        genesis_wide.read_cells(data, DATASETS["12531-0043"], "x.csv")
