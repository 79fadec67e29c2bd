"""The example queries answer what they ask, on the recorded release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrationsmonitor.release.queries import Query, load
from integrationsmonitor.shell import Session, statements
from night_support import PROJECT, Night

QUERIES = {query.number: query for query in load(PROJECT)}
Rows = list[dict[str, Any]]


@pytest.fixture
def session(recorded_home: Night) -> Iterator[Session]:
    opened = Session(recorded_home.settings)
    yield opened
    opened.close()


@pytest.fixture
def ask(session: Session) -> Callable[[int], Rows]:
    """Run a query by its number."""

    def rows(number: int) -> Rows:
        (statement,) = statements(QUERIES[number].sql)
        answer = session.ask(statement)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    return rows


def row_of(rows: Rows, **values: object) -> dict[str, Any]:
    (found,) = [row for row in rows if all(row[name] == value for name, value in values.items())]
    return found


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_each_says_what_it_asks_and_what_to_mind_and_has_an_answer(query: Query, ask: Callable[[int], Rows]) -> None:
    head = query.sql.split("\n")
    assert query.question.endswith("?")
    assert head[1].startswith("-- Zu beachten: ")
    assert all(len(line) <= 125 for line in head)
    assert ask(query.number)


def test_they_are_numbered_without_a_gap_and_lie_in_the_release(recorded_home: Night) -> None:
    assert list(QUERIES) == list(range(1, 13))
    for query in QUERIES.values():
        shipped = recorded_home.home / "current" / "exports" / "queries" / f"{query.name}.sql"
        assert shipped.read_text(encoding="utf-8") == query.sql


def test_the_newest_value_of_an_indicator_and_what_its_series_says_since(ask: Callable[[int], Rows]) -> None:
    rows = ask(1)
    share = row_of(rows, indikator="A01")
    assert (share["zeitbezug"], round(share["wert"], 1)) == (date(2022, 12, 31), Decimal("8.8"))
    employed = row_of(rows, indikator="E01")
    assert (employed["wert"], employed["in der Reihe seither"]) == (1871, "not_yet")


def test_a_series_has_a_row_for_each_year_without_a_number(ask: Callable[[int], Rows]) -> None:
    rows = ask(2)
    assert [row["zeitbezug"].year for row in rows] == list(range(2008, 2026))
    assert {row["status"] for row in rows if row["wert"] is None} == {"not_recorded"}
    assert (rows[-1]["wert"], rows[-1]["von"], rows[-1]["bis"]) == (11030, 11028, 11032)


def test_places_are_open_exactly_where_bounds_touch(ask: Callable[[int], Rows]) -> None:
    rows = [row for row in ask(3) if row["wert"] is not None]
    assert len(rows) == 22
    for row in rows:
        above = sum(other["von"] > row["bis"] for other in rows)
        below = sum(other["bis"] < row["von"] for other in rows)
        assert (row["Platz von"], row["Platz bis"]) == (1 + above, 22 - below), row["kreis"]
    equal = {row["kreis"] for row in rows if row["wert"] == Decimal("19.3")}
    assert equal == {"Saale-Holzland-Kreis", "Schmalkalden-Meiningen"}
    assert {(row["Platz von"], row["Platz bis"]) for row in rows if row["kreis"] in equal} == {(14, 15)}


def test_a_change_stands_only_where_the_rounding_of_both_values_cannot_make_it(ask: Callable[[int], Rows]) -> None:
    rows = ask(4)
    assert all(row["von"] > 0 or row["bis"] < 0 for row in rows)
    kreis = row_of(rows, kreis="Ilm-Kreis")
    assert (kreis["vorjahr"], kreis["wert"], kreis["veraenderung"]) == (
        Decimal("10.4"),
        Decimal("11.9"),
        Decimal("1.5"),
    )


def test_what_was_known_in_june_2018(ask: Callable[[int], Rows]) -> None:
    """The population by nationality of 2010 and 2015, each of 23 Kreise: nothing later had been published."""
    share = row_of(ask(5), indikator="A01")
    assert (share["Werte der Kreise"], share["neuester Zeitbezug"]) == (46, date(2015, 12, 31))
    assert share["jüngste Angabe der Quellen (UTC)"].year == 2017


def test_the_same_series_on_three_territories(ask: Callable[[int], Rows]) -> None:
    rows = {row["zeitbezug"].year: row for row in ask(6)}
    published = {year: row["wie veröffentlicht"] for year, row in rows.items()}
    assert {year: str(published[year]) for year in (2015, 2020, 2021)} == {2015: "2.35", 2020: "3.25", 2021: "5.22"}
    assert [str(rows[year]["Gebiet 31.12.2021"]) for year in (2015, 2020, 2021)] == ["3.17", "4.78", "5.22"]
    assert rows[2020]["Kennzeichen 2021"] == "territory_sum"
    assert "estimate_weak" in rows[2020]["Kennzeichen 2024"]


def test_why_there_is_no_number(ask: Callable[[int], Rows]) -> None:
    """A01 is not recorded for 2011–2014 and 2016–2018: seven years of 23 Kreise."""
    assert row_of(ask(7), indikator="A01", status="not_recorded")["zeilen"] == 7 * 23


def test_the_provenance_ends_at_what_the_source_prints(ask: Callable[[int], Rows]) -> None:
    rows = ask(8)
    assert {row["rolle"]: row["gedruckt"] for row in rows} == {"numerator": "9422", "denominator": "106776"}
    assert {row["wert"] for row in rows} == {round(Decimal(9422 * 100) / 106776, 1)}
    assert all("12411-03-03-4" in row["quellenangabe"] for row in rows)


def test_a_hint_is_a_sentence(ask: Callable[[int], Rows]) -> None:
    rows = [row for row in ask(9) if (row["region"], row["zeitbezug"]) == ("Ilm-Kreis", date(2020, 12, 31))]
    assert {row["indikator"] for row in rows} == {"E10", "E11"}
    assert "11,9 % (Jahresdurchschnitt 2020), zuvor 10,4 %" in row_of(rows, indikator="E10")["hinweis"]


def test_the_first_release_publishes_everything_and_no_source_has_revised(
    ask: Callable[[int], Rows], session: Session
) -> None:
    rows = ask(10)
    assert {row["was"] for row in rows} == {"von uns veröffentlicht"}
    counted = session.ask("select count(*) from mart_indicator where territory = 'as_published'")
    assert [(sum(row["anzahl"] for row in rows),)] == list(counted.rows)


def test_every_source_is_named_with_its_licence(ask: Callable[[int], Rows]) -> None:
    rows = ask(11)
    foreigners = row_of(rows, quellenangabe="© Statistisches Bundesamt (Destatis), GENESIS-Online, Tabelle 12521-0041")
    assert foreigners["lizenz"] == "dl-de/by-2-0"
    assert foreigners["Adresse der Lizenz"].startswith("https://www.govdata.de/")
    assert [row["lizenz"] for row in rows if row["Adresse der Lizenz"] is None] == ["quotation"]


def test_indicators_stand_beside_each_other(ask: Callable[[int], Rows]) -> None:
    rows = ask(12)
    assert len(rows) == 23
    kreis = row_of(rows, Region="Ilm-Kreis")
    assert (kreis["A01"], kreis["E10"]) == (round(Decimal(6594 * 100) / 106249, 1), Decimal("10.4"))
