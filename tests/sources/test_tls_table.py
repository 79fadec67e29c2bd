"""Web tables of the TLS: every figure under its own header and in its own Kreis, with sign and mark, or none."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.dataset_file import load_dataset
from integrationsmonitor.errors import ConfigError, ContractError
from integrationsmonitor.night import parsing
from integrationsmonitor.sources import tls_table
from integrationsmonitor.sources.german_time import time_of
from integrationsmonitor.sources.tls_figures import figure_of, scale_in
from tls_wire import KREISE, Table, table
from wire import catalog

DATASET = catalog().datasets["tls_kr000108"]
REGIONS = catalog().regions
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
Cells = set[tuple[str, str, str, str, str, str]]
Spoil = Callable[[Table], object]


def changed(**source: Any) -> Dataset:
    """The dataset with other keys under `source`; None for a key takes it away."""
    both = {**DATASET.source, **source}
    return replace(DATASET, source={key: value for key, value in both.items() if value is not None})


def in_thousands(**source: Any) -> Dataset:
    """A dataset whose figures are printed in thousands with one decimal, with what that asks of its file."""
    return replace(changed(scale=1000, **source), rounding={"step": 100, "low": 50, "high": 50})


def made(spoil: Spoil = lambda _: None) -> Table:
    written = table()
    spoil(written)
    return written


def read(data: bytes | Table, dataset: Dataset = DATASET, filename: str = "kr000108.csv") -> Cells:
    data = data.csv() if isinstance(data, Table) else data
    rows = tls_table.read_cells(data, dataset, filename, REGIONS).cells.to_pylist()
    found = {(r["time"], r["region_code"], r["region_label"], r["a_GES"], r["value"], r["quality"]) for r in rows}
    assert len(found) == len(rows)
    return found


def clean() -> Cells:
    return read(table())


def refused(data: bytes | Table, dataset: Dataset = DATASET) -> str:
    with pytest.raises(ContractError) as caught:
        read(data, dataset)
    message = str(caught.value)
    assert message.startswith("tls_kr000108: kr000108.csv, ")
    assert "\n" not in message
    return message


def test_every_figure_has_its_kreis_group_time_and_place():
    answer = tls_table.read_cells(table().csv(), DATASET, "kr000108.csv", REGIONS)
    rows = answer.cells.to_pylist()
    assert (answer.layout, answer.sheet, len(rows)) == ("tls_csv", None, 23 * 3)
    women = next(r for r in rows if r["region_code"] == "16070" and r["a_GES"] == "W")
    assert (women["value"], women["time"], women["region_label"], women["measure"]) == (
        *("42140", "2023-12-31"),
        *("Ilm-Kreis", "BEV"),
    )
    assert (women["line"], women["col"]) == (18, 4)
    assert {r["region_label"] for r in rows if r["region_code"] == "16"} == {"Thüringen"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_encoding_and_marks_between_fields_make_no_difference(delimiter, encoding, end):
    written = table()
    written.rows[0][0] = "Erfurt, Stadt"
    assert read(written.csv(delimiter, encoding, end)) == clean()


def test_a_workbook_says_the_same_and_where():
    answer = tls_table.read_cells(table().xlsx(), DATASET, "kr000108.xlsx", REGIONS)
    assert (answer.layout, answer.sheet) == ("xlsx", "Tabelle")
    assert read(table().xlsx()) == clean()


def test_of_several_sheets_the_dataset_s_file_names_one():
    book = table().xlsx(["Hinweise"])
    assert "one sheet, or its name under source.sheet, found Tabelle, Hinweise" in refused(book)
    assert read(book, changed(sheet="Tabelle")) == clean()
    assert "a sheet 'Tab' that is shown" in refused(book, changed(sheet="Tab"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t.titles.insert(0, "Noch ein Titel"),
        lambda t: t.titles.insert(0, "Thüringen"),
        lambda t: t.head.append([]),
        lambda t: t.rows.insert(3, []),
        lambda t: t.rows.insert(5, ["Planungsregion Nordthüringen", "1", "1", "1"]),
        lambda t: t.rows.insert(0, ["Planungsregion Mittelthüringen", "1", "1", "1"]),
        lambda t: t.rows.reverse(),
        lambda t: t.notes.append("1) Eine Fußnote; mit Strichpunkt"),
        lambda t: (
            [row.reverse() for row in t.head]
            and [row.insert(0, row.pop()) for row in t.head]
            and [row.__setitem__(slice(1, 4), row[3:0:-1]) for row in t.rows]
        ),
        lambda t: [row.append("") for row in (*t.head, *t.rows)],
        lambda t: (
            [row.append(text) for row, text in zip(t.head, ["Veränderung zum Vorjahr", ""], strict=True)]
            and [row.append("0,5") for row in t.rows]
        ),
        lambda t: [row.__setitem__(1, row[1].replace(" ", "\u202f")) for row in t.rows],
        lambda t: [row.__setitem__(1, row[1].replace(" ", "\u00a0")) for row in t.rows],
        lambda t: [row.__setitem__(1, row[1].replace(" ", "")) for row in t.rows],
        lambda t: [
            t.row("Gotha").__setitem__(0, "Landkreis Gotha"),
            t.row("Thüringen").__setitem__(0, "Land Thüringen"),
        ],
        lambda t: t.row("Stadt Erfurt").__setitem__(0, "Erfurt"),
        lambda t: t.titles.__setitem__(0, "Bevölkerung am 31. Dezember 2023, nach Kreisen"),
    ],
)
def test_what_moves_or_is_spelled_otherwise_gives_the_same_figures(spoil):
    assert read(made(spoil)) == clean()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.rows.insert(3, ["Stadt Eisenach neu", "1", "2", "3"]), "a Kreis with its figures, or a row of"),
        (lambda t: t.row("Gotha").__delitem__(slice(1, None)), "found 'Gotha'"),
        (lambda t: t.rows.insert(3, ["Kreisfreie Städte"]), "found 'Kreisfreie Städte'"),
        (lambda t: t.rows.append(["Ostthüringen", "1", "2", "3"]), "no figures below the table, found '1'"),
        (lambda t: t.rows.append(list(t.rows[0])), "Erfurt once, found it again, after line 4"),
        (lambda t: t.rows.append(["Erfurt", *t.rows[0][1:]]), "Erfurt once"),
        (lambda t: t.row("Gotha").__setitem__(0, "Stadt Gotha"), "found 'Stadt Gotha'"),
        (lambda t: t.row("Gotha").__setitem__(0, "Gotha 1)"), "found 'Gotha 1)'"),
        (lambda t: t.rows.clear(), "rows that name the Kreise in their leading columns, found none"),
        (
            lambda t: t.head[1].__setitem__(2, "Männer"),
            "line 3, field 3: expected a header of the dataset's file, found 'M",
        ),
        (lambda t: t.head[1].__setitem__(2, "weiblich"), "each column once, found 'weiblich'"),
        (lambda t: t.head[1].__setitem__(2, ""), "a header above a figure, found '41 000'"),
        (lambda t: [row.pop() for row in (*t.head, *t.rows)], "a column 'weiblich', found none"),
        (lambda t: t.head.pop(0), "a header of the dataset's file, found 'insgesamt'"),
        (lambda t: t.row("Gotha").pop(), "field 4: expected a number"),
        (lambda t: t.row("Gotha").append("7"), "a header above a figure, found '7'"),
        (lambda t: t.titles.clear(), "one time after 'am '"),
        (lambda t: t.titles.append("Stand am 30.06.2024"), "found 2023-12-31, 2024-06-30"),
        (lambda t: t.titles.__setitem__(0, "am 31.02.2023"), "one time after 'am '"),
        (
            lambda t: t.titles.__setitem__(0, "Gebietsstand am 01.01.2024, Bevölkerung am 31.12.2023"),
            "one time after 'am ', found 2023-12-31, 2024-01-01",
        ),
    ],
)
def test_what_the_datasets_file_does_not_know_is_refused(spoil, words):
    assert words in refused(made(spoil))


@pytest.mark.parametrize(
    ("printed", "text", "quality"),
    [
        ("1 234 567", "1234567", ""),
        ("- 12 530", "-12530", ""),
        ("-7", "-7", ""),
        ("10,6", "10,6", ""),
        ("1\u202f234,5", "1234,5", ""),
        ("(12)", "12", "()"),
        ("( 1 234 )", "1234", "()"),
        ("12 p", "12", "p"),
        ("1 234p", "1234", "p"),
        ("12 r", "12", "r"),
        ("-", "-", ""),
        (".", ".", ""),
        ("...", "...", ""),
        ("x", "x", ""),
        ("/", "/", ""),
        ("0", "0", ""),
    ],
)
def test_a_printed_figure_is_read_with_its_mark(printed, text, quality):
    assert figure_of(printed) == (text, quality)
    cells = read(made(lambda t: t.row("Gotha").__setitem__(1, printed)))
    assert [cell[4:] for cell in cells if cell[1] == "16067" and cell[3] == ""] == [(text, quality)]


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "12 53",
        "1 2345",
        "0 123",
        "007",
        "1 23 456",
        "12 345 67",
        "(12) p",
        "(-)",
        "12 s",
        "1.234",
        "p 12",
        "((12))",
        "12 p r",
        "1 234,",
        "n12",
    ],
)
def test_what_is_no_figure_for_sure_is_refused(printed):
    assert "expected a number with its thousands in threes" in refused(
        made(lambda t: t.row("Gotha").__setitem__(1, printed))
    )


@given(
    st.integers(-(10**11), 10**11),
    st.sampled_from(["", ",5", ",25"]),
    st.sampled_from([" ", "\u00a0", "\u2009", "\u202f"]),
)
def test_any_number_in_threes_is_read_as_it_is(number, decimals, blank):
    printed = f"{number:,}".replace(",", blank) + decimals
    assert figure_of(printed) == (f"{number}{decimals}", "")


@given(st.text(alphabet="0123456789 ,.-()prx/", max_size=12))
def test_no_text_becomes_another_number(printed):
    figure = figure_of(printed)
    if figure is not None and figure.is_number:
        assert [c for c in figure.text if c.isdigit()] == [c for c in printed if c.isdigit()]
        assert "." not in printed


# --- thousands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "header", "title"),
    [
        ("1 000 Personen", 1000, 1),
        ("in 1 000", 1000, 1000),
        ("in 1\u00a0000 EUR", 1000, 1000),
        ("in Tsd. EUR", 1000, 1000),
        ("Mill. EUR", 1_000_000, 1),
        ("in 1 000 000", 1_000_000, 1_000_000),
        ("je 1 000 Einwohner", 1, 1),
        ("pro 1.000 Einwohner", 1, 1),
        ("21 000 bis 31 000", 1, 1),
        ("Anzahl", 1, 1),
        ("Gemeinden mit 1 000 Einwohnern", 1000, 1),
    ],
)
def test_a_unit_in_words_says_what_a_one_stands_for(text, header, title):
    assert (scale_in(text, is_title=False), scale_in(text, is_title=True)) == (header, title)


def thousands(t: Table) -> None:
    t.titles.append("Angaben in 1 000")
    for row in t.rows:
        row[1:] = [f"{int(cell.replace(' ', '')) / 1000:.1f}".replace(".", ",") for cell in row[1:]]


def test_figures_in_thousands_are_scaled_where_the_file_says_so():
    found = {cell[1:] for cell in read(made(thousands), in_thousands())}
    assert ("16051", "Erfurt", "M", "41000", "") in found


@pytest.mark.parametrize(
    ("spoil", "dataset", "words"),
    [
        (thousands, DATASET, "figures in 1, as the dataset's file says, found a header or title in 1,000"),
        (
            lambda t: None,
            in_thousands(),
            "figures in 1,000, as the dataset's file says, found a header or title in 1",
        ),
    ],
)
def test_thousands_that_only_one_side_knows_are_refused(spoil, dataset, words):
    assert words in refused(made(spoil), dataset)


def in_header(t: Table) -> None:
    t.head.append(["", "1 000", "1 000", "1 000"])


def test_a_header_in_thousands_is_refused_even_where_the_file_lists_its_words():
    columns = [{**column, "header": [*column["header"], "1 000"]} for column in DATASET.source["columns"]]
    assert "figures in 1, as" in refused(made(in_header), changed(columns=columns))
    assert ("16051", "83000000") in {cell[1:5:3] for cell in read(made(in_header), in_thousands(columns=columns))}


def test_a_rate_beside_thousands_keeps_its_own_scale():
    def with_rate(t: Table) -> None:
        thousands(t)
        for row, text in zip((*t.head, *t.rows), ["Anteil", "", *["5,5"] * 23], strict=True):
            row.append(text)

    rate = {"header": ["Anteil"], "measure": "BEV", "axes": {"GES": "M"}}
    columns = [column for column in DATASET.source["columns"] if column["header"] != ["männlich"]]
    more = {"ignored_columns": [["männlich"]]}
    found = read(made(with_rate), in_thousands(columns=[*columns, {**rate, "scale": 1}], **more))
    assert {cell[4] for cell in found if cell[3] == "M"} == {"5,5"}


def test_a_nought_in_thousands_is_no_zero():
    nought = made(thousands)
    nought.row("Gotha")[1] = "0,0"
    assert "a rule under `signs` for '0,0'" in refused(nought, in_thousands())


# --- region and time -------------------------------------------------------------------------------------------------


def keyed(t: Table) -> None:
    keys = {region.name: region.key for region in REGIONS.values()}
    for row in t.head:
        row.insert(0, "")
    for row in t.rows:
        row.insert(0, keys[row[0].removeprefix("Stadt ")])


def test_a_key_may_stand_beside_the_name_or_alone():
    assert read(made(keyed), changed(stub=["key", "name"])) == clean()
    assert read(made(keyed), changed(stub=["key", "skip"])) == clean()


@pytest.mark.parametrize("key", ["16052", "051", "", "16099"])
def test_a_key_that_does_not_belong_to_the_name_is_refused(key):
    wrong = made(keyed)
    wrong.rows[0][0] = key
    assert "a key and a name that belong together" in refused(wrong, changed(stub=["key", "name"]))


def test_the_time_may_stand_in_a_column():
    def timed(t: Table) -> None:
        for row in (*t.head, *t.rows):
            row.insert(0, "" if row in t.head else "2023")
        t.rows += [["2024", *row[1:]] for row in t.rows]

    dataset = changed(stub=["time", "name"], time={"in": "column", "day": "31.12."})
    found = read(made(timed), dataset)
    assert {cell[0] for cell in found} == {"2023-12-31", "2024-12-31"}
    assert {cell for cell in found if cell[0] == "2023-12-31"} == clean()

    def untimed(t: Table) -> None:
        timed(t)
        t.rows[7][0] = "vorläufig"

    assert "field 1: expected a time, found 'vorläufig'" in refused(made(untimed), dataset)


def test_the_time_may_be_that_of_the_link():
    dataset = changed(link="x?zeit={year}", time={"in": "link", "day": "31.12."})
    assert read(table().csv(), dataset, "kr000108_2023.csv") == clean()
    assert "the year that was asked for" in refused(table(), dataset)
    assert read(made(lambda t: t.titles.clear()).csv(), dataset, "kr000108_2023.csv") == clean()


def test_a_title_of_another_year_than_that_of_the_link_is_refused():
    dataset = changed(link="x?zeit={year}", time={"in": "link", "day": "31.12."})
    with pytest.raises(ContractError, match="the year 2024 that was asked for, found 2023"):
        read(table().csv(), dataset, "kr000108_2024.csv")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("31.12.2023", "2023-12-31"),
        ("31. Dezember 2023", "2023-12-31"),
        ("März 2026", "2026-03"),
        ("1. Quartal 2026", "2026-Q1"),
        ("2023", "2023"),
        ("2023-12-31", "2023-12-31"),
        ("31.02.2023", None),
        ("Mrz 2026", None),
        ("31.12.23", None),
        ("5. Quartal 2026", None),
    ],
)
def test_a_printed_time_has_one_form(text, time):
    assert time_of(text) == time


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><head><title>Fehler</title>", "a web page ('Fehler')"),
        (b"\n<table><tr><td>Erfurt</td></tr></table>", "a web page"),
        (b"", "found nothing"),
        (table().csv(encoding="utf-16"), "text in UTF-8 or cp1252"),
        (b"\x81\x8d\x8f", "text in UTF-8 or cp1252"),
        (table().csv().replace(b"Stadt Gera", b'"Stadt Gera', 1), "fields in CSV"),
        (table().csv(delimiter="|"), "rows that name the Kreise"),
        (b"PK\x03\x04nichts", "a whole XLSX workbook"),
        (table().xlsx()[:-100], "a whole XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a whole workbook"),
    ],
)
def test_what_is_no_table_is_refused(data, words):
    assert words in refused(data)


def test_a_workbook_that_makes_the_library_panic_is_refused_like_any_other(monkeypatch):
    class PanicException(BaseException):  # as the library's own is called
        pass

    class Panics:
        @staticmethod
        def from_filelike(_: object) -> None:
            raise PanicException

    monkeypatch.setattr("python_calamine.CalamineWorkbook", Panics)
    assert "expected a whole workbook, found one that cannot be read" in refused(table().xlsx())
    monkeypatch.setattr(Panics, "from_filelike", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        read(table().xlsx())


def test_a_formula_or_a_day_for_a_figure_is_refused():
    assert "a formula" in refused(made(lambda t: t.row("Gotha").__setitem__(1, "=C5+D5")).xlsx())


# --- as a load does it -----------------------------------------------------------------------------------------------


def load(data: bytes) -> list[dict[str, Any]]:
    content = parsing.unpack(DATASET, data, "kr000108.csv", datetime(2026, 6, 1, tzinfo=UTC))
    parsing.parse(catalog(), DATASET, content, "0" * 64, "p", YEAR, None)
    return mapped(data)


def mapped(data: bytes) -> list[dict[str, Any]]:
    """Observations, whatever the contract would say of them."""
    content = parsing.unpack(DATASET, data, "kr000108.csv", datetime(2026, 6, 1, tzinfo=UTC))
    rows: list[dict[str, Any]] = parsing.observations(catalog(), DATASET, content, "0" * 64, "p").to_pylist()
    return rows


def test_a_table_of_all_kreise_is_accepted():
    rows = load(table().csv())
    assert len(rows) == 69
    assert {(r["period_end"], r["basis"], r["place"]) for r in rows} == {
        (date(2023, 12, 31), "Fortschreibung_Zensus2022", "Wohnort")
    }
    assert next(r for r in rows if r["region_key"] == "16051")["raw_locator"] == "line 4, field 2"
    assert next(r for r in load(table().xlsx()) if r["region_key"] == "16051")["raw_locator"] == "Tabelle!B4"


def test_signs_and_marks_arrive_as_the_office_means_them():
    def spoil(t: Table) -> None:
        t.row("Gotha")[1:] = ["0", ".", "..."]
        t.row("Sömmerda")[1:] = ["/", "x", "-"]
        t.row("Greiz")[2] = f"({t.row('Greiz')[2]})"
        t.row("Greiz")[3] += " p"

    rows = {(r["region_key"], r["sex"]): r for r in mapped(made(spoil).csv())}
    statuses = [rows["16067", sex]["status"] for sex in ("insgesamt", "maennlich", "weiblich")]
    assert statuses == ["rounded_to_zero", "unknown_or_secret", "not_yet"]
    statuses = [rows["16068", sex]["status"] for sex in ("insgesamt", "maennlich", "weiblich")]
    assert statuses == ["unreliable", "not_meaningful", "zero"]
    assert rows["16067", "insgesamt"]["value"] is None
    assert [rows["16076", sex]["quality"] for sex in ("insgesamt", "maennlich", "weiblich")] == [None, "()", "p"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.rows.remove(t.row("Greiz")), "a row for region 16076"),
        (lambda t: t.row("Greiz").__setitem__(2, "41 999"), "GES"),
        (lambda t: t.row("Greiz").__setitem__(2, "41 999,5"), "a whole number, since it counts"),
        (lambda t: t.titles.__setitem__(0, "Bevölkerung am 31.12.2022"), "figures for 2023-01-01 to 2023-12-31"),
        (lambda t: t.row("Greiz").__setitem__(2, "**"), "expected a number or a sign explained"),
        (lambda t: t.rows.append(["Eisenach", "42 000", "21 000", "21 000"]), "which did not exist in that period"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(spoil, words):
    with pytest.raises(ContractError) as caught:
        load(made(spoil).csv())
    assert words in str(caught.value)


# --- properties ------------------------------------------------------------------------------------------------------

PRINTED = st.integers(0, 10**8).map(lambda n: f"{n:,}".replace(",", " ")) | st.sampled_from(
    ["-", ".", "...", "x", "/", "0", "(12)", "1 234 p", "12 r", "- 12 530", "10,6"]
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_is_lost_or_invented_between_writing_and_reading(data):
    """Any figures, signs and marks in any order of rows and columns, each at the place that it says."""
    names = data.draw(st.lists(st.sampled_from(KREISE), min_size=1, max_size=5, unique=True))
    values = data.draw(st.lists(PRINTED, min_size=1, max_size=15))
    order = data.draw(
        st.permutations([("", ["Bevölkerung", "insgesamt"]), ("M", ["", "männlich"]), ("W", ["", "weiblich"])])
    )
    turn = itertools.cycle(values)
    rows = [[name, *(next(turn) for _ in order)] for name in names]
    head = [["Kreis", *(texts[0] for _, texts in order)], ["", *(texts[1] for _, texts in order)]]
    written = Table(["Bevölkerung am 31.12.2023"], head, rows)
    as_book = data.draw(st.booleans())
    marks = st.sampled_from([";", "\t", ","])
    body = (
        written.xlsx()
        if as_book
        else written.csv(data.draw(marks), data.draw(st.sampled_from(["utf-8-sig", "cp1252"])))
    )
    cells = tls_table.read_cells(body, DATASET, "t.csv", REGIONS).cells.to_pylist()
    assert len(cells) == len(names) * 3
    for cell in cells:
        printed = written.lines[cell["line"] - 1][cell["col"] - 1]
        assert figure_of(printed) == (cell["value"], cell["quality"])
        assert order[cell["col"] - 2][0] == cell["a_GES"]
        assert written.lines[cell["line"] - 1][0].removeprefix("Stadt ") == cell["region_label"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_says_the_same(data):
    good = BOOK
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        found = read(bad)
    except ContractError:
        return
    assert found == clean()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_character_is_refused_or_changes_what_is_printed_there_only(data):
    """One byte of a CSV may be another digit, which sums are there to find; it never moves a figure elsewhere."""
    good = table().csv()
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([data.draw(st.integers(0, 255))]) + good[place + 1 :]
    try:
        found = read(bad)
    except ContractError:
        return
    keys = {cell[:4] for cell in found} ^ {cell[:4] for cell in clean()}
    assert len(found - clean()) <= 1 or len({key[0] for key in keys}) == 2  # another digit in a figure, or in the date


@given(
    st.sampled_from([b"", b"PK\x03\x04", b"<", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Stadt Erfurt;"]),
    st.binary(max_size=300),
)
def test_whatever_comes_in_place_of_a_table_is_refused_in_one_line(mark, rest):
    assert refused(mark + rest)


BOOK = table().xlsx()


# --- the dataset's file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"stub": ["skip"]}, "neither `key` nor `name`"),
        ({"stub": ["time", "name"]}, "`column` exactly where"),
        ({"time": {"in": "column"}}, "`column` exactly where"),
        ({"time": {"in": "link"}, "link": "a.csv"}, "has no {year}"),
        ({"link": "a.asp?zeit={year}", "start_year": None}, "source.start_year does not say from which"),
        ({"columns": [{"header": ["a"], "measure": "X"}]}, "the measure 'X', which is not declared"),
        ({"columns": [{"header": ["a"], "measure": "BEV", "axes": {"GES": "X"}}]}, "GES='X', which is not declared"),
        ({"ignored_columns": [["männlich"]]}, "the header 'männlich' stands twice"),
    ],
)
def test_a_datasets_file_that_contradicts_itself_is_refused(source, words):
    with pytest.raises(ConfigError, match=r"catalog/datasets/tls_kr000108\.yml") as caught:
        read(table(), changed(**source))
    assert words in str(caught.value)


def test_a_file_that_takes_printed_thousands_for_exact_is_refused():
    with pytest.raises(ConfigError, match="'BEV' is printed in thousands and needs `rounding` with a step"):
        read(made(thousands), replace(in_thousands(), rounding={}))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scale: 1 ", "scala: 1 ", "scala"),
        ("scale: 1 ", "scale: 100 ", "100"),
        ('link: ""', 'link: "https://example.org/x"', "https://example.org/x"),
        ('link: ""', "link: /datenbank/x", "/datenbank/x"),
    ],
)
def test_a_file_that_the_schema_does_not_know_is_refused(tmp_path, old, new, words):
    folder = catalog().path
    text = (folder / "datasets" / "tls_kr000108.yml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "tls_kr000108.yml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        load_dataset(file, folder / "schemas" / "dataset.schema.json")


def test_a_table_without_a_link_must_be_off(tmp_path):
    folder = catalog().path
    text = (folder / "datasets" / "tls_kr000108.yml").read_text(encoding="utf-8")
    head, rest = text.split("off_de: >\n")
    file = tmp_path / "tls_kr000108.yml"
    file.write_text(head + rest[rest.index("source:") :], encoding="utf-8")
    schema = folder / "schemas" / "dataset.schema.json"
    with pytest.raises(ConfigError, match="'off_de' is a required property"):
        load_dataset(file, schema)
    file.write_text(file.read_text(encoding="utf-8").replace('link: ""', "link: datenbank/x.asp?a=b"), encoding="utf-8")
    assert not load_dataset(file, schema).off_de
