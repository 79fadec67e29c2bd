"""A number explained: what it is made of, and how it is cited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from explain_support import OWN, RELEASE, SHARE, Release


def test_a_value_is_told_with_formula_numbers_places_and_origin(release: Release) -> None:
    facts = release.explain(SHARE)
    assert (facts["value_id"], facts["status"], facts["formula"]) == (SHARE, "value", "Zähler ÷ Nenner × 100")
    assert (facts["value"], facts["quoted_de"]) == (6.2061761334, "6,2 %")
    assert facts["calculation_de"] == "6.594 ÷ 106.249 × 100 = 6,21 %"
    numerator, denominator = facts["inputs"]
    assert (numerator["role"], denominator["role"]) == ("numerator", "denominator")
    told = ("raw_sha256", "raw_locator", "printed", "column", "url", "retrieved_at", "licence")
    assert [denominator[name] for name in told] == [
        *("a" * 64, "line 7, field 18", "106.249", "value"),
        *("https://host.example/data", "2026-11-22T01:15:00Z", "dl-de/by-2-0"),
    ]
    origin = {
        "file": "wide.csv",
        "sha256": "b" * 64,
        "locator": "line 15, field 60",
        "stand": "2020-07-01T12:00:00+02:00",
    }
    assert (numerator["origin"], denominator["origin"]) == (origin, None)
    assert facts["instead"] is None


def test_the_text_holds_what_a_reader_needs(release: Release) -> None:
    text = release.text(SHARE)
    for words_of in (
        "A01 Ausländeranteil: Ilm-Kreis (16070), 31.12.2019",
        "Gerechnet 6.594 ÷ 106.249 × 100 = 6,21 %",
        "Zähler 16070, 31.12.2019: „6594“ in line 7, field 18 von t_flat.csv",
        "aufgezeichnet aus wide.csv, line 15, field 60",
        "6,3 % seit 01.07.2020: erste Fassung",
        "6,2 % seit 01.07.2021: von der Quelle berichtigt",
        "Die Grundlage wechselt.",
        "Aufgezeichnete Daten, kein Live-Abruf",
    ):
        assert words_of in text
    assert text.endswith(
        "Zitat Ausländeranteil, Variante „Fortschreibung, Zensus 2011“, Ilm-Kreis, 31.12.2019: 6,2 % "
        "(6.594 von 106.249). © Amt, Tabelle t, Stand 02.08.2019 "
        "(Lizenz dl-de/by-2-0); eigene Berechnung. Integrationsmonitor Thüringen, aufgezeichnete Daten, "
        f"Wert {SHARE}@{RELEASE}."
    ), "a Stand of half past ten in the evening, UTC, is the next day in Thüringen"


def test_a_value_is_named_by_indicator_region_and_period_too(release: Release) -> None:
    wanted = release.explain(SHARE)
    for region in ("16070", "Ilm-Kreis"):
        for period in ("2019-12-31", "2019"):
            assert release.explain("A01", region, period) == wanted
    assert release.explain(f"{SHARE}@{RELEASE}") == wanted
    assert release.explain("A01", "16070", "2018", variant="kreisangabe")["value_id"] == OWN


def test_an_adopted_rate_is_told_as_the_source_prints_it(release: Release) -> None:
    release.indicator("B01", "Zähler ÷ Nenner × 1 000", unit="je 1 000 Ausländer")
    release.variant("quote", "Veröffentlichte Quote", 1, "B01")
    release.value("d" * 16, "quote", indicator_id="B01", method="adopted", value=15, unit="je 1 000 Ausländer",
                  value_low=Decimal("14.5"), value_high=Decimal("15.5"), flags="uncertain_by_source")  # fmt: skip
    release.part("d" * 16, "numerator", "q", "1,5")
    text = release.text("d" * 16)
    assert "übernommen, wie veröffentlicht: 1,5 × 10 = 15,00 je 1 000 Ausländer" in text
    assert "15,0 je 1 000 Ausländer (wegen der Rundung der Quelle zwischen 14,5 und 15,5)" in text
    assert "Quote 16070, 31.12.2018: „1,5“ in" in text
    assert "in Klammern gedruckt: Aussagewert eingeschränkt" in text
    assert "Formel Veröffentlichte Quote × 10, übernommen Gerechnet" in text
    assert "; übernommen, mit 10 multipliziert. Integrationsmonitor" in text


def test_a_count_of_one_observation_is_passed_on_and_no_calculation_of_ours(release: Release) -> None:
    release.indicator("A00", "Zähler", unit="Personen", decimals=0)
    release.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1, "A00")
    count = {"indicator_id": "A00", "unit": "Personen", "decimals": 0, "value": 106249, "numerator": 106249}
    release.value("4" * 16, "fortschreibung", **count)
    release.part("4" * 16, "numerator", "d19", "106249")
    assert "Gerechnet übernommen: 106.249" in release.text("4" * 16)
    assert "; übernommen. Integrationsmonitor" in release.text("4" * 16)
    release.value("5" * 16, "fortschreibung", date(2017, 12, 31), flags="replaced_by_us", **count)
    release.part("5" * 16, "numerator", "d19", "106294", used_value=106249)
    assert "; von uns berichtigt. Integrationsmonitor" in release.text("5" * 16)


def test_a_count_that_is_a_sum_says_of_what_and_that_we_added(release: Release) -> None:
    release.indicator("A00", "Zähler", unit="Personen", decimals=0)
    release.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1, "A00")
    count = {"indicator_id": "A00", "unit": "Personen", "decimals": 0, "value": 19, "numerator": 19}
    sums = {"Kreisen": ("6" * 16, "16051", "16070"), "Altersgruppen": ("7" * 16, "16", "16")}
    for words_of, (value_id, *regions) in sums.items():
        release.value(value_id, "fortschreibung", **count)
        for number, region in enumerate(regions, start=1):
            member = {"is_part_of_sum": True, "part_no": number, "region_key": region}
            release.part(value_id, "numerator", f"n{number}", "9", **member)
        text = release.text(value_id)
        assert f"Gerechnet Summe von 2 {words_of}: 19" in text
        assert f"; Summe von 2 {words_of}, eigene Berechnung. Integrationsmonitor" in text


def test_a_variant_beside_the_indicator_is_never_cited_as_the_indicator(release: Release) -> None:
    assert (
        "Zitat Ausländeranteil, Variante „Angabe des Kreises“ (steht nur neben dem Indikator und ist nicht der "
        "Indikator selbst), Ilm-Kreis, 31.12.2018: 6,1 %"
    ) in release.text(OWN)


def test_a_place_that_a_number_is_quoted_from_is_named_once_and_as_a_quotation(release: Release) -> None:
    brochure = "Broschüre „Integration“, 2019"
    release.value("8" * 16, "fortschreibung", value=10, numerator=1, denominator=10)
    quoted = {"licence_id": "quotation", "attribution": brochure}
    release.part("8" * 16, "numerator", "n", "1", citation=brochure, **quoted)
    release.part("8" * 16, "denominator", "d", "10", citation=f"Pressemitteilung 81; {brochure}", **quoted)
    cited = release.explain("8" * 16)["citation_de"]
    assert cited.count(brochure) == 1
    assert f"{brochure}, Stand 02.08.2019 (Zitat); zitiert nach: Pressemitteilung 81; eigene Berechnung" in cited
    assert "quotation" not in release.text("8" * 16)


@pytest.mark.parametrize("word", ["ilm-kreis", "ILM-KREIS"])
def test_a_region_is_found_however_its_letters_are_written(release: Release, word: str) -> None:
    assert release.explain("A01", word, "2019")["value_id"] == SHARE


def test_the_day_of_a_vintage_is_a_bound_where_that_of_a_part_is(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("update mart_provenance set known_from_quality = 'upper_bound' where observation_id = 'd19'")
    assert "6,3 % spätestens seit 01.07.2020: erste Fassung" in release.text(SHARE)


def test_vintages_that_differ_read_differently_and_in_german(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("update mart_indicator_vintage set value = 6.2061 where vintage_no = 1")
        con.execute("update mart_indicator_vintage set vintage_no = 3 where vintage_no = 2")
    gone = {"status": "withheld", "revision_kind": "own_correction", "known_from": "2020-10-01 10:00:00"}
    release.add("mart_indicator_vintage", value_id=SHARE, axis="source", vintage_no=2, **gone)
    assert [vintage["text_de"].split(" seit ")[0] for vintage in release.explain(SHARE)["vintages"]] == [
        "6,2061 %",
        "keine Zahl (zurückgehalten)",
        "6,2062 %",
    ]


def test_a_sum_tells_every_member_and_cites_each_source_once(release: Release) -> None:
    release.value("e" * 16, "fortschreibung", region="16", value=Decimal("9.5"), numerator=19, denominator=200)
    release.part("e" * 16, "numerator", "n1", "9", is_part_of_sum=True, region_key="16051")
    release.part("e" * 16, "numerator", "n2", "10", is_part_of_sum=True, part_no=2)
    release.part("e" * 16, "denominator", "d", "200", region_key="16")
    facts = release.explain("e" * 16)
    assert [(part["role"], part["region_key"], part["value"]) for part in facts["inputs"]] == [
        ("numerator", "16051", 9),
        ("numerator", "16070", 10),
        ("denominator", "16", 200),
    ]
    assert facts["citation_de"].count("© Amt") == 1
    assert "Zähler (Summand) 16051" in release.text("e" * 16)
