"""The BA's Arbeitsmarktreport: every figure under its own heading and label, wherever the sheet puts them, or none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ba_report_wire import (
    CODES,
    COUNTED,
    KREISE,
    MEASURES,
    RATE,
    RATED,
    STOCK,
    Sheet,
    clean,
    figures_of,
    in_second_column,
    month_of_all,
    part,
    sheet,
)
from integrationsmonitor.errors import ConfigError, ContractError
from integrationsmonitor.night import parsing
from integrationsmonitor.sources import ba_report
from integrationsmonitor.sources.ba_report_layout import layout_of
from integrationsmonitor.sources.bundle import Part, pack
from wire import catalog

DATASET = catalog().datasets["ba_amr_kreise"]
REGIONS = catalog().regions
OTHER_BASE = "abhängige zivile Erwerbspersonen"
MAI = (date(2026, 5, 1), date(2026, 5, 31))
Spoil = Callable[[Sheet], object]
Cells = set[tuple[str, str, str, str, str]]


def made(spoil: Spoil = lambda _: None, key: str = "16051", month: str = "Mai 2026") -> Sheet:
    report = sheet(KREISE[key], figures_of(key), month)
    spoil(report)
    return report


def rows_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ba_report.read_cells(parts, DATASET, "amr_2026-05.zip", REGIONS).cells.to_pylist()
    return rows


def read(report: Sheet | bytes, key: str = "16051") -> Cells:
    body = report.data() if isinstance(report, Sheet) else report
    rows = rows_of([part(key, body)])
    return {(r["region_code"], r["region_label"], r["measure"], r["a_PERGR"], r["value"]) for r in rows}


def refused(report: Sheet | bytes, key: str = "16051") -> str:
    with pytest.raises(ContractError) as caught:
        read(report, key)
    message = str(caught.value)
    assert message.startswith("ba_amr_kreise: amr_2026-05.zip, 16051.xlsx ") or key != "16051"
    assert "\n" not in message
    return message


def test_a_rate_that_the_sheet_shows_in_percent_but_holds_as_a_share_is_refused():
    message = refused(made(lambda r: r.put(RATE, "Ausländer", 0.173)))
    assert "a figure exact to 0.05, as the dataset's file says, found 0,173" in message


def clean_cells() -> Cells:
    return read(made())


def test_every_figure_has_its_kreis_measure_group_and_place():
    answer = ba_report.read_cells([part("16051", clean("16051"))], DATASET, "amr.zip", REGIONS)
    assert (answer.layout, answer.sheet, answer.stand) == ("xlsx", "Eckwerte", None)
    found = {(r["measure"], r["a_PERGR"]): r for r in answer.cells.to_pylist()}
    assert len(found) == answer.cells.num_rows == len(COUNTED) + len(RATED)
    foreign = found["ALO", "NATA"]
    assert (foreign["value"], foreign["time"], foreign["quality"]) == ("410", "2026-05", "")
    assert (foreign["member"], foreign["line"], foreign["col"]) == ("16051.xlsx", 15, 4)
    assert (found["ALQ", ""]["value"], found["ALQ", "NATA"]["value"]) == ("5,5", "17,3")
    assert {r["region_label"] for r in found.values()} == {"Erfurt"}


@pytest.mark.parametrize(
    "move",
    [
        lambda report: report.rows.insert(0, []),
        lambda report: report.rows.insert(0, ["Ein Titel mehr"]),
        lambda report: report.rows.pop(3),
        lambda report: report.rows.insert(report.line(STOCK, "Frauen"), []),
        lambda report: report.rows.insert(report.line(RATE, "Männer"), ["darunter:"]),
        in_second_column,
        lambda report: report.rows.insert(report.line(RATE, "Ausländer") + 1, [OTHER_BASE, None, None, 6.1]),
        lambda report: (
            [row.insert(0, None) for row in report.rows] and [row.pop(2) for row in report.rows if len(row) > 4]
        ),
        lambda report: report.rows[report.line(STOCK, "Ausländer")].__setitem__(0, "  Ausländer\n"),
        lambda report: report.rows[report.line(RATE)].__setitem__(0, "Arbeitslosenquoten"),
        lambda report: report.others.append("Hinweise"),
        lambda report: report.rows[report.line(STOCK, "Männer")].__setitem__(3, "1010"),
        lambda report: report.rows[2].__setitem__(0, "Stadt Erfurt"),
        lambda report: report.rows[3].append("Berichtsmonat: Mai 2026"),
        lambda report: report.rows[3].extend(["Berichtsmonat", None, "Mai 2026"]),
        lambda report: report.rows[5].__setitem__(3, datetime(2026, 5, 1)),
        lambda report: report.rows[5].__setitem__(3, "Mai\n2026"),
    ],
)
def test_a_layout_that_moves_gives_the_same_figures(move):
    assert read(made(move)) == clean_cells()


def test_a_landkreis_may_be_called_so():
    report = made(key="16067")
    report.rows[2] = ["Landkreis Gotha"]
    assert {cell[1] for cell in read(report, "16067")} == {"Gotha"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: r.rows[2].__setitem__(0, "Gotha"), "Erfurt (16051) above the table, found Gotha"),
        (lambda r: r.rows[2].__setitem__(0, "Landkreis Erfurt"), "no Kreis among"),
        (lambda r: r.rows[2].__setitem__(0, None), "no Kreis among"),
        (lambda r: r.rows.insert(3, ["Weimar, Stadt"]), "found Erfurt, Weimar"),
        (lambda r: r.rows[2].__setitem__(0, "Eisenach, Stadt"), "found Eisenach"),
    ],
)
def test_another_kreis_than_the_one_asked_for_is_refused(spoil, words):
    assert words in refused(made(spoil))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda r: r.rows[5].__setitem__(3, "April 2026"),
            "Eckwerte row 6: expected the month 2026-05, found '2026-04'",
        ),
        (lambda r: r.rows[5].__setitem__(3, datetime(2026, 4, 1)), "found '2026-04'"),
        (lambda r: r.rows[3].append("Berichtsmonat: Mai 2025"), "row 4: expected the month 2026-05, found '2025-05'"),
        (lambda r: r.rows[3].extend(["Berichtsmonat:", "März 2026"]), "found '2026-03'"),
        (lambda r: r.rows[3].append("Berichtsmonat: Wonnemonat"), "found 'Wonnemonat'"),
        (lambda r: r.rows[3].append("Juni 2026"), "found '2026-06'"),
        (lambda r: r.rows[5].__setitem__(3, "Apr 2026"), "found '2026-04'"),
        (lambda r: r.rows[5].__setitem__(3, "Mrz. 2026"), "found '2026-03'"),
        (
            lambda r: [r.rows[5].__setitem__(3, "absolut"), r.rows[0].append("Arbeitsmarktreport, April 2026")],
            "expected the month 2026-05 above the table, found 2026-04",
        ),
        (
            lambda r: r.rows[5].__setitem__(slice(3, 5), ["Vormonat", "Mai 2026"]),
            "Eckwerte!E6: expected the month 2026-05 in column D, found it here",
        ),
    ],
)
def test_another_month_than_the_one_asked_for_is_refused(spoil, words):
    assert words in refused(made(spoil))


def test_where_no_month_is_printed_that_of_the_link_counts():
    assert read(made(lambda r: r.rows[5].__setitem__(3, "absolut"))) == clean_cells()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: r.rows.pop(r.line(STOCK)), "Eckwerte: expected a block 'Bestand an Arbeitslosen', found none"),
        (lambda r: r.rows.insert(-1, [STOCK]), "each block once, found 'Bestand an Arbeitslosen' twice"),
        (lambda r: r.rows.insert(r.line(RATE), ["Langzeitarbeitslosigkeit"]), "a known heading, found 'Langzeitarb"),
        (
            lambda r: r.rows[r.line(STOCK)].__setitem__(0, "Arbeitslosenbestand"),
            "a known heading, found 'Arbeitslosenb",
        ),
        (
            lambda r: r.rows[r.line(RATE)].__setitem__(0, None),
            "a known label under 'Bestand an Arbeitslosen', found 'alle",
        ),
        (lambda r: r.rows[6].__setitem__(0, "Arbeitsuchende"), "a known heading above the first figure, found 9090"),
        (lambda r: r.rows.insert(r.line(STOCK, "Frauen"), ["Divers", None, None, 20]), "found 'Divers'"),
        (lambda r: r.rows[r.line(STOCK, "Frauen")].__setitem__(0, "Männer"), "each label once under 'Bestand"),
        (lambda r: r.rows[r.line(STOCK, "Frauen")].__setitem__(0, None), "found none beside a figure"),
        (lambda r: r.rows.insert(r.line(RATE, "Männer"), [OTHER_BASE, None, None, 6.1]), "nothing to load under"),
        (
            lambda r: r.rows.insert(r.line(RATE) + 1, [OTHER_BASE, None, None, 6.1]),
            "'alle zivilen Erwerbspersonen' first under",
        ),
        (lambda r: r.rows.insert(r.line(STOCK) + 1, r.rows.pop(r.line(STOCK, "Männer"))), "first under 'Bestand"),
        (lambda r: r.rows[r.line(STOCK, "Frauen")].__setitem__(1, "Männer"), "one label, found 'Frauen' and 'Männer'"),
        (lambda r: r.rows[r.line(STOCK)].extend([None, None, 2030]), "found none beside a figure"),
        (
            lambda r: r.rows.insert(r.line(STOCK, "Ausländer") + 1, ["dar.", "50 Jahre und älter", None, 20]),
            "expected '50 Jahre und älter' above 'Ausländer', as in the dataset's file, found it below",
        ),
        (lambda r: r.rows.append(["Insgesamt", None, None, 7]), "no figures below the last line of the table, found 7"),
        (lambda r: r.rows.clear(), "found no Kreis among"),
    ],
)
def test_what_the_datasets_file_does_not_know_is_refused(spoil, words):
    assert words in refused(made(spoil))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "Eckwerte!D15: expected a figure or a sign, found an empty cell"),
        (True, "Eckwerte!D15: expected a figure or a sign, found True"),
        (datetime(2026, 5, 31), "Eckwerte!D15: expected a figure or a sign"),
        (410.12345678, "Eckwerte!D15: expected a number with at most 6 decimals, found 410,12345678"),
        (1e15, "at most 6 decimals"),
    ],
)
def test_a_cell_without_a_printed_figure_is_refused(value, words):
    assert words in refused(made(lambda r: r.put(STOCK, "Ausländer", value)))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: setattr(r, "name", "Eckdaten"), "a sheet 'Eckwerte', found Deckblatt, Impressum, Eckdaten"),
        (lambda r: setattr(r, "hidden", True), "a sheet that is shown, found a hidden one"),
        (lambda r: r.put(STOCK, "Insgesamt", "=D11+D12"), "expected figures, found a formula"),
    ],
)
def test_another_workbook_is_refused(spoil, words):
    assert words in refused(made(spoil))


def zipped(*members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in members:
            archive.writestr(name, b"x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><head><title>Seite nicht\n gefunden</title>", "a web page ('Seite nicht gefunden')"),
        (b"\xef\xbb\xbf\n<html>", "a web page"),
        (zipped("amr-16051-0-202605.xlsx"), "a ZIP archive of amr-16051-0-202605.xlsx"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "the binary XLSB kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "the old XLS kind, or one with a password"),
        (b"Region;Wert\n", "12 bytes that begin with b'Region;Wert"),
        (b"", "found nothing"),
        (zipped("[Content_Types].xml"), "an XLSX workbook"),
        (clean("16051")[:-200], "a whole XLSX workbook"),
        (clean("16051")[:30], "a whole XLSX workbook"),
    ],
    ids=lambda text: text if isinstance(text, str) else "body",  # a workbook's bytes hold the second it was made in
)
def test_what_is_no_workbook_is_named_with_what_to_do(body, words):
    message = refused(body)
    assert words in message
    assert "catalog/datasets" in message or "source.pattern" in message


def with_part(name: str, content: bytes) -> bytes:
    packed = io.BytesIO(clean("16051"))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return packed.getvalue()


def relation(kind: str, target: str) -> bytes:
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    told = f'<Relationship Id="r9" Type="{kind}" Target="{target}" TargetMode="External"/>'
    return f"<Relationships>{told}</Relationships>".encode()


def test_links_to_web_pages_and_formulas_in_other_sheets_are_no_harm():
    linked = with_part("xl/worksheets/_rels/sheet1.xml.rels", relation("hyperlink", "https://example.org/"))
    assert read(linked) == clean_cells()
    assert read(with_part("xl/worksheets/sheet9.xml", b"<worksheet><c><f>A1+1</f></c></worksheet>")) == clean_cells()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            with_part("xl/worksheets/_rels/sheet3.xml.rels", relation("externalLinkPath", "zahlen.xlsx")),
            "links to other",
        ),
        (
            with_part("xl/worksheets/_rels/sheet3.xml.rels", relation("hyperlink", "file:///c:/zahlen.xlsx")),
            "links to other",
        ),
        (with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "links to other"),
        (with_part("xl/vbaProject.bin", b"Sub"), "without macros"),
        (with_part("../a.xml", b"<a/>"), "plain names"),
        (with_part("xl/worksheets/sheet9.xml", b'<c r="XFD1048576"/>'), "at most 5,000,000 cells"),
        (with_part("xl/media/a.bin", bytes(40_000_000)), "packed at most"),
    ],
)
def test_a_package_that_is_more_than_a_table_is_refused(body, words):
    assert words in refused(body)


def test_a_formula_is_found_wherever_the_package_keeps_the_sheet():
    computed, moved = made(lambda r: r.put(STOCK, "Insgesamt", "=D11+D12")).data(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(computed)) as package, zipfile.ZipFile(moved, "w", zipfile.ZIP_DEFLATED) as other:
        for name in package.namelist():
            content = package.read(name).replace(b"worksheets/sheet3.xml", b"tables/sheet3.xml")
            other.writestr(name.replace("worksheets/sheet3.xml", "tables/sheet3.xml"), content)
    assert "xl/tables/sheet3.xml: expected figures, found a formula" in refused(moved.getvalue())


def test_parts_of_two_months_are_refused():
    parts = [part("16051", clean("16051")), part("16067", clean("16067"), "202604")]
    with pytest.raises(ContractError, match="the month of the others, 2026-05, found 2026-04"):
        ba_report.read_cells(parts, DATASET, "amr.zip", REGIONS)


def test_an_address_of_another_kreis_is_refused():
    wrong = Part("16067.xlsx", "16067", "", part("16051", b"").url, clean("16067"))
    with pytest.raises(ContractError, match=r"16067.xlsx the address: expected amr-16067-0-<YYYYMM>"):
        ba_report.read_cells([wrong], DATASET, "amr.zip", REGIONS)


# --- as a load does it: read, mapped, checked ------------------------------------------------------------------------


def load(body: bytes) -> Any:
    content = parsing.unpack(DATASET, body, "amr_2026-05.zip", datetime(2026, 6, 1, tzinfo=UTC))
    parsing.parse(catalog(), DATASET, content, "0" * 64, "p", MAI, None)
    return parsing.observations(catalog(), DATASET, content, "0" * 64, "p")


def test_a_month_of_all_kreise_is_accepted_on_the_territory_of_today():
    rows = load(month_of_all()).to_pylist()
    assert len(rows) == 22 * (len(COUNTED) + len(RATED))
    assert {(r["period_type"], r["period_start"], r["period_end"]) for r in rows} == {("monat", *MAI)}
    assert {(r["basis"], r["place"], r["territory_date"]) for r in rows} == {("BA_exact", "Wohnort", date(2024, 1, 1))}
    foreign = [
        r for r in rows if (r["region_key"], r["measure"], r["nationality"]) == ("16067", "arbeitslose", "auslaendisch")
    ]
    assert [(str(r["value"]), r["raw_locator"]) for r in foreign] == [("520.000000", "16067.xlsx Eckwerte!D15")]
    assert {r["age_group"] for r in rows} == {"insgesamt", "15-24", "50-64"}
    assert "16056" not in {r["region_key"] for r in rows}


def spoiled(spoil: Spoil, key: str = "16077") -> bytes:
    report = made(spoil, key)
    return month_of_all({key: report.data()})


def test_a_hidden_cell_has_no_number_and_says_so():
    rows = load(spoiled(lambda r: r.put(STOCK, "Ausländer", "*"))).to_pylist()
    hidden = [r for r in rows if r["status"] != "value"]
    assert [(r["region_key"], r["value"], r["sign"], r["status"]) for r in hidden] == [("16077", None, "*", "secret")]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: r.put(STOCK, "Frauen", 1300), "PERGR"),
        (lambda r: r.put(STOCK, "Ausländer", "n.v."), "16077.xlsx Eckwerte!D15: expected a number or a sign"),
        (lambda r: r.put(STOCK, "Ausländer", "1.010"), "16077.xlsx Eckwerte!D15: expected a number or a sign"),
        (lambda r: r.put(STOCK, "Ausländer", 410.5), "16077.xlsx Eckwerte!D15: expected a whole number"),
        (lambda r: r.put(STOCK, "Ausländer", -7), "a value that fits the status value"),
        (lambda r: r.put(RATE, "Ausländer", 173), "arbeitslosenquote_alle_zivilen of 16077"),
        (lambda r: r.rows.pop(r.line(STOCK, "Ausländer")), "a row for region 16077 with ALO, PERGR=NATA, found none"),
    ],
)
def test_a_figure_that_cannot_be_right_is_refused(spoil, words):
    with pytest.raises(ContractError) as caught:
        load(spoiled(spoil))
    assert words in str(caught.value)


def test_a_kreis_that_is_missing_is_refused():
    parts = [part(key, clean(key)) for key in KREISE if key != "16070"]
    with pytest.raises(ContractError, match="a row for region 16070"):
        load(pack(parts))


# --- properties ------------------------------------------------------------------------------------------------------

COUNTS = st.integers(0, 99_999) | st.sampled_from(["*", "-", ".", "x"])
RATES = st.integers(1, 999).map(lambda tenths: tenths / 10) | st.sampled_from(["*", "x", "."])


def printed(value: Any) -> str:
    text = value if isinstance(value, str) else f"{value:g}".replace(".", ",")
    return f"{value}" if isinstance(value, int) else text


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nothing_is_lost_or_invented_between_writing_and_reading(data):
    """Any figures and signs, at whatever rows, with labels in either column, and each at the place that it says."""
    keys = data.draw(st.lists(st.sampled_from(list(KREISE)), min_size=1, max_size=2, unique=True))
    parts, written, sheets = [], set(), {}
    for key in keys:
        figures = {(STOCK, label): data.draw(COUNTS) for label in COUNTED}
        figures |= {(RATE, label): data.draw(RATES) for label in RATED}
        report = sheet(KREISE[key], figures)
        if data.draw(st.booleans()):
            in_second_column(report)
        for place in data.draw(st.lists(st.integers(0, len(report.rows) - 1), max_size=4)):
            report.rows.insert(place, [])
        parts.append(part(key, report.data()))
        sheets[f"{key}.xlsx"] = report.rows
        written |= {(key, MEASURES[h], CODES[label], printed(figure)) for (h, label), figure in figures.items()}
    rows = rows_of(parts)
    assert {(r["region_code"], r["measure"], r["a_PERGR"], r["value"]) for r in rows} == written
    assert len(rows) == len(keys) * (len(COUNTED) + len(RATED))
    for row in rows:
        assert printed(sheets[row["member"]][row["line"] - 1][row["col"] - 1]) == row["value"]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_says_the_same(data):
    good = clean("16051")
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        found = read(bad)
    except ContractError as problem:
        assert "16051.xlsx" in str(problem)
        return
    assert found == clean_cells()


@given(st.sampled_from([b"", b"PK\x03\x04", b"<", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]), st.binary(max_size=300))
def test_whatever_comes_in_place_of_a_workbook_is_refused_in_one_line(mark, rest):
    assert "16051.xlsx" in refused(mark + rest)


# --- the dataset's file ----------------------------------------------------------------------------------------------


def changed(**source: Any) -> Any:
    return replace(DATASET, source={**DATASET.source, **source})


def test_a_month_that_must_be_printed_and_is_not_is_refused():
    report = made(lambda r: r.rows[5].__setitem__(3, "absolut"))
    with pytest.raises(ContractError, match="the month 2026-05 above the table, found none"):
        ba_report.read_cells([part("16051", report.data())], changed(month_cell="required"), "amr.zip", REGIONS)


BLOCK = {"headings": ["Bestand"], "measure": "ALO", "rows": [{"labels": ["Insgesamt"]}]}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"blocks": [{**BLOCK, "measure": "ALOX"}]}, "'ALOX', which is not declared"),
        ({"blocks": [{**BLOCK, "rows": [{"labels": ["A"], "axes": {"PERGR": "X"}}]}]}, "PERGR='X', which is not"),
        ({"blocks": [{**BLOCK, "rows": [{"labels": ["A"], "axes": {"X": ""}}]}]}, "X='', which is not declared"),
        ({"blocks": [BLOCK, BLOCK]}, "the heading 'Bestand' stands twice"),
        ({"blocks": [{**BLOCK, "ignored": ["Insgesamt"]}]}, "the label 'Insgesamt' stands twice"),
        ({"blocks": [BLOCK], "ignored_blocks": ["Insgesamt"]}, "a label and a heading or filler at once"),
    ],
)
def test_a_datasets_file_that_contradicts_itself_is_refused(source, words):
    with pytest.raises(ConfigError, match=words) as caught:
        layout_of(changed(**source))
    assert "catalog/datasets/ba_amr_kreise.yml" in str(caught.value)
