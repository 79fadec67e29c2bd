"""Personal data are refused where they can be recognised, without repeating them, and their bytes are kept nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import local_wire as wire
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.local_drop import files_of
from integrationsmonitor.sources.local_privacy import personal_cell, personal_heading
from integrationsmonitor.sources.local_table import read_cells

LINES = wire.rows({"Nord": (1010, 1020), "Süd": (1030, 1040)})


def refused(folder: Path, data: bytes, **changes: Any) -> str:
    dataset, catalog = wire.dataset(folder, **changes)
    (folder / "stadtteile_2025.csv").write_bytes(data)
    with pytest.raises(ContractError) as at_the_door:  # before the bytes are handed to anything that keeps them
        files_of(folder, dataset, catalog.regions)
    with pytest.raises(ContractError) as in_the_reader:
        read_cells(data, dataset, "stadtteile_2025.csv", catalog.regions)
    assert str(at_the_door.value) == str(in_the_reader.value)
    return str(at_the_door.value)


@pytest.mark.parametrize(
    "heading",
    [
        *("Name", "Vorname", "Nachname", "Name, Vorname", "Geburtsdatum", "geb.", "geb. am", "Adresse", "Straße"),
        *("STRASSE", "Straße / Hausnummer", "Telefon", "Tel.", "E-Mail", "eMail-Adresse", "IBAN", "AZR-Nummer"),
        *("AZR Nr.", "Aktenzeichen", "Personalnummer", "Personal-Nr.", "Steuer-ID", "Name des Kindes", "BG-Nummer"),
    ],
)
def test_headings_of_persons_are_recognised(heading):
    assert personal_heading(heading)


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Stadtteilname",
            "Name des Stadtteils",
            "Stadtteil (Name)",
            "Gemeindename",
            "Straßenverkehr",
            "Anzahl",
            "Ort",
        ),
        *("Geburten", "Geburtsland", "Adressatenkreis", "Telefonberatungen", "Vornamensstatistik", "Angebot Name"),
        *("Einwohner", "Geschlecht", "Alter", "Staatsangehörigkeit", "mobile Beratung", "Namensänderungen", "Anzahl"),
    ],
)
def test_headings_of_tables_are_let_through(heading):
    assert not personal_heading(heading)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("erika@post.example", "an e-mail address"),
        ("Rückfragen: erika.m@post.example", "an e-mail address"),
        ("+49 3641 490000", "a telephone number"),
        ("03641 / 490000", "a telephone number"),
        ("(03641) 49-0000", "a telephone number"),
        ("0151 23456789", "a telephone number"),
        ("03641490000", "a telephone number"),
        ("DE89 3704 0044 0532 0130 00", "an IBAN"),
        ("DE89370400440532013000", "an IBAN"),
    ],
)
def test_cells_of_persons_are_recognised(cell, what):
    assert personal_cell(cell) == what


@pytest.mark.parametrize(
    "cell",
    [
        *("16070001", "1.010", "0,5", "01", "2025/26", "2025-12-31", "03/2025", "31.12.2025", "DE89370400440532013001"),
        *("00 bis 03 Jahre", "06-10", "0", "001", "15 bis 64", "a@b", "1 010 020", "0-3", "16070:01"),
    ],
)
def test_cells_of_tables_are_let_through(cell):
    assert personal_cell(cell) == ""


@given(st.integers(0, 10**12), st.sampled_from(["", ".", " "]))
def test_no_figure_is_taken_for_a_telephone_number(number, mark):
    assert personal_cell(f"{number:,}".replace(",", mark)) == ""


def test_a_column_of_names_is_refused_even_where_it_is_ignored(tmp_path):
    data = wire.csv([[*line, "Erika Muster"] for line in LINES], (*wire.HEAD, "Name"))
    for changes in ({}, {"ignore": ["Name"]}):
        error = refused(tmp_path, data, **changes)
        assert "line 1, field 5: expected headings of a table of figures, found one of personal data" in error
        assert "Erika" not in error and "the file was not kept" in error


def test_days_below_a_heading_that_is_no_period_are_refused(tmp_path):
    data = wire.csv([[*line, "01.02.1999"] for line in LINES], (*wire.HEAD, "Datum"))
    error = refused(tmp_path, data, ignore=["Datum"])
    assert "line 2, field 5: expected no day in a column that is no period" in error
    assert "1999" not in error


def test_a_list_of_persons_is_refused_by_its_shape(tmp_path):
    lines = [[area, "31.12.2025", sex, 1] for area in wire.STADTTEILE.values() for sex in ("m", "w", "gesamt")]
    error = refused(tmp_path, wire.csv(lines))
    assert "found 12 rows that each count one, as a list of persons does" in error


def test_another_sheet_with_persons_is_refused_too(tmp_path):
    dataset, catalog = wire.dataset(tmp_path, sheet="Daten", files="*.xlsx")
    rows = [wire.HEAD, *LINES]
    for other, words in (
        ([["Vorname", "Alter"], ["Erika", 30]], "Roh!A1: expected sheets without personal data"),
        ([["x", "erika@post.example"]], "Roh!B1: expected figures and their words, found an e-mail address"),
    ):
        with pytest.raises(ContractError) as caught:
            read_cells(wire.workbook({"Daten": rows, "Roh": other}), dataset, "t.xlsx", catalog.regions)
        assert words in str(caught.value)
        assert "rika" not in str(caught.value)


def test_a_file_in_which_no_table_is_found_is_not_kept_since_nobody_can_say_what_it_holds(tmp_path):
    assert "expected one row with the headings" in refused(tmp_path, b"Erika;Muster\r\nMax;Muster\r\n")
