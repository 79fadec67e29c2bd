"""One region's answer as CSV, Tabelle and Zeitreihe: the region echoed, the lines whole, the changes possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ba_api_wire import Fig, csv_bytes, dataset, part, series_lines, table_lines, unemployed
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import ba_api, ba_api_csv
from integrationsmonitor.sources.ba_figures import Figure

ALO, SERIES, WORK = dataset("ba_api_alo"), dataset("ba_api_alo_reihe"), dataset("ba_api_bst")
LAND = [fig for fig in unemployed() if fig.region == "16"]
MONTHS = ("2026-10", "2026-09", "2026-08")
REIHE = [Fig("16", m, code, "", v) for m in MONTHS for code, v in (("ALO", LAND[0].value), ("UB", LAND[3].value))]
Lines = list[str]


def read(body: bytes, found: Dataset = ALO, region: str = "16") -> list[Figure]:
    request = ba_api.request_of(region, found)
    assert request is not None
    return ba_api_csv.read_figures(part(found, region, body, "csv"), found, "night.zip", request)


def table() -> Lines:
    return table_lines(ALO, LAND, "16")


def series() -> Lines:
    return series_lines(SERIES, REIHE, "16")


def refused(change: Callable[[Lines], Any], lines: Lines | None = None, found: Dataset = ALO, **how: Any) -> str:
    made = table() if lines is None else lines
    changed = change(made)
    with pytest.raises(ContractError) as raised:
        read(csv_bytes(changed if isinstance(changed, list) else made, **how), found)
    return str(raised.value)


def swap(number: int, old: str, new: str) -> Callable[[Lines], None]:
    """Replace in one line, counted from 1; the text must stand there."""

    def change(lines: Lines) -> None:
        assert old in lines[number - 1], lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return change


def test_a_table_has_a_row_per_measure_and_a_column_per_month():
    found = read(csv_bytes(table()))
    assert found[:3] == [
        Figure(9, 2, "2026-10", "Arbeitslose insgesamt", "", "71060", "71.060"),
        Figure(9, 3, "2026-09", "Arbeitslose insgesamt", "", "71720", "71.720"),
        Figure(9, 4, "2025-10", "Arbeitslose insgesamt", "", "72380", "72.380"),
    ]
    assert len(found) == 24, "the columns of the changes are no figures"


def test_a_series_has_a_row_per_month_and_its_header_is_not_the_line_that_names_the_month():
    assert series()[2] == "Berichtsmonat:; Oktober 2026"
    found = read(csv_bytes(series()), SERIES)
    assert [(f.line, f.col, f.month, f.label) for f in found[:3]] == [
        (9, 2, "2026-08", "Arbeitslose"),
        (9, 3, "2026-08", "Unterbeschäftigung"),
        (10, 2, "2026-09", "Arbeitslose"),
    ]


@pytest.mark.parametrize("how", [{"end": "\r\n"}, {"encoding": "utf-8-sig"}, {"encoding": "cp1252"}])
def test_line_ends_bom_and_encoding_do_not_matter(how):
    assert read(csv_bytes(table(), **how)) == read(csv_bytes(table()))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (swap(1, "Thüringen", "Berlin"), "'Land:; Thüringen', the region that was asked for, found 'Berlin'"),
        (lambda lines: lines.pop(0), "'Land:; Thüringen', the region that was asked for, found 'none'"),
        (swap(1, "Land:", "Kreis:"), "line 1: expected a line of Land, Gebietsstand"),
        (swap(3, "Oktober", "August"), "expected figures up to August 2026, found Oktober 2026"),
        (swap(5, "Rechtskreis", "Geschlecht"), "16.csv line 5: expected a line of Land, Gebietsstand"),
        (lambda lines: lines.insert(1, lines[0]), "16.csv line 2: expected a line of Land"),
        (swap(8, "Ausgewählte Merkmale", "Merkmale"), "a header that begins with 'Ausgewählte Merkmale;'"),
        (swap(8, "September", "Sept."), "line 8, field 3: expected months, each once"),
        (swap(8, "September 2026", "Oktober 2026"), "line 8, field 3: expected months, each once"),
        (swap(8, "Veränderung Oktober", "Veränderung September"), "line 8, field 5: expected months"),
        (swap(8, "zum Vorjahresmonat", "zum Vorquartal"), "line 8, field 5: expected months"),
        (swap(8, "Oktober 2025", "Oktober 2024"), "line 9, field 5: expected a column of Oktober 2025, found none"),
        (swap(9, "71.060", "71,060"), "a change between"),
        (swap(9, "71.060", "71060"), "line 9, field 2: expected a number such as 226.880 or 10,6, or a sign"),
        (swap(9, "71.060", "71.06"), "line 9, field 2: expected a number such as 226.880 or 10,6, or a sign"),
        (swap(9, "71.060", ""), "line 9, field 2: expected a number such as 226.880 or 10,6, or a sign, found ''"),
        (swap(9, "71.060", "61.060"), "line 9, field 5: expected a change between -11335 and -11305"),
        (swap(9, "-1.320", "1.320"), "line 9, field 5: expected a change between -1335 and -1305, from 72380 to 71060"),
        (swap(9, ";-2;", ";2;"), "line 9, field 6: expected a change between -2.33"),
        (swap(9, ";71.060", ";71.060;71.060"), "line 9: expected 6 fields, each followed by ';'"),
        (swap(9, ";71.060", ""), "line 9: expected 6 fields, each followed by ';'"),
        (swap(10, ";-440;-2;", ";-440;-2"), "line 10: expected 6 fields, each followed by ';'"),
        (lambda lines: lines[:12], "a footer that begins with '©', found none: the file may be cut short"),
        (lambda lines: [*lines[:8], *lines[16:]], "expected figures below the header, found none"),
        (lambda lines: [*lines, "Hinweis: ohne Eisenach"], "line 20: expected a known line of the footer"),
        (lambda lines: ["<!DOCTYPE html><p>Wartung"], "a header that begins with"),
        (lambda lines: [*lines[-3:], *lines[:-3]], "a footer that begins with '©'"),
    ],
)
def test_a_table_that_is_not_the_known_one_is_refused(change, text):
    assert text in refused(change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (swap(9, "August", "August,"), "16.csv line 9, field 1: expected a German month such as Mai 2026"),
        (swap(8, "Berichtsmonat;", "Monat;"), "a header that begins with 'Berichtsmonat;'"),
        (lambda lines: lines[:10], "a footer that begins with"),
    ],
)
def test_a_series_that_is_not_the_known_one_is_refused(change, text):
    assert text in refused(change, series(), SERIES)


def test_what_the_dataset_file_names_may_stand_above_and_below():
    more = replace(ALO, source={**ALO.source, "metadata": ["Quelle"], "footer": ["Hinweis: ohne Eisenach"]})
    lines = ["Quelle:; BA", *table(), "", "Hinweis: ohne Eisenach;"]
    assert [f[1:] for f in read(csv_bytes(lines), more)] == [f[1:] for f in read(csv_bytes(table()))]


def test_changes_of_hidden_and_of_very_small_figures_are_not_judged():
    hidden = [fig._replace(value="*") if fig.measure == "UB" else fig for fig in LAND]
    assert [f.value for f in read(csv_bytes(table_lines(ALO, hidden, "16")))[9:12]] == ["*"] * 3
    lines = table()
    lines[8] = "Arbeitslose insgesamt;10;10;0;10;x;"
    assert read(csv_bytes(lines))[0].value == "10"


def test_a_change_within_the_rounding_of_both_figures_is_possible():
    lines = table()
    lines[8] = lines[8].replace("-1.320", "-1.310")
    assert read(csv_bytes(lines)) == read(csv_bytes(table()))


def test_groups_are_read_from_json_only():
    with pytest.raises(ContractError, match="JSON, whose rows name their group, found CSV"):
        read(csv_bytes(table()), WORK)


def test_neither_a_huge_file_nor_unknown_bytes_are_read():
    for body, text in ((b" " * (ba_api_csv.MAX_BYTES + 1), "at most"), (b"\x81\xff", "text in UTF-8 or cp1252")):
        with pytest.raises(ContractError, match=text):
            read(body)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60) | st.text(alphabet="Ausgewählte Merkmale;©\n\r", max_size=60).map(str.encode))
def test_no_other_bytes_bring_the_reader_down(body):
    with pytest.raises(ContractError):
        read(body)
