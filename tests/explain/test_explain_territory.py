"""On which territory a number stands, with which shares it came there, and why it cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from explain_support import GAP, SHARE, Release

PUBLISHED, CONVERTED, LATER, RATE, MERGED = ("1a" * 8, "1b" * 8, "1c" * 8, "1d" * 8, "1e" * 8)
OF_2021, OF_2024 = date(2021, 12, 31), date(2024, 1, 1)
END = date(2015, 12, 31)
SHARE_2019 = Decimal("0.97318431")
BBSR = "BBSR, Umsteigeschlüssel Kreise 2018 → 2020"


@pytest.fixture
def wartburg(release: Release) -> Release:
    """The Wartburgkreis at the end of 2015: as published, an estimate for 2021, not convertible to 2024."""
    release.add("dim_region", region_key="16063", region_name="Wartburgkreis")
    gone = {"valid_to": date(2021, 6, 30), "successor_key": "16063"}
    release.add("dim_region", region_key="16056", region_name="Eisenach", **gone)
    for number, (step, text, source) in enumerate(
        [
            ("2019-01-01", "Gemeinden wechseln.", BBSR),
            ("2021-07-01", "Eisenach kommt dazu.", "Gesetz"),
            ("2023/2024", "In zwei Teilen.", "Abgeleitet"),
        ]
    ):
        release.add("dim_region_version", region_key="16063", version_no=number + 2, step_id=step,
                    text_de=text, source_de=source)  # fmt: skip
    at = {"end": END, "region": "16063", "region_name": "Wartburgkreis"}
    numbers = {"value": Decimal("2.3476980622"), "numerator": 2950, "denominator": 125655}
    release.value(PUBLISHED, "fortschreibung", **at, **numbers)
    numerator, denominator = 2344 + 2950 * SHARE_2019, 42417 + 125655 * SHARE_2019
    estimate = {"territory": "harmonised", "territory_date": OF_2021, "method": "estimated",
                "flags": "estimate|estimate_weak", "numerator": numerator, "denominator": denominator,
                "value": numerator * 100 / denominator, "value_low": Decimal("3.16625"),
                "value_high": Decimal("3.16626")}  # fmt: skip
    release.value(CONVERTED, "fortschreibung", **at, **estimate)
    unknown = {"territory": "harmonised", "territory_date": OF_2024, "status": "not_convertible", "flags": "no_weight"}
    release.value(LATER, "fortschreibung", **at, **unknown, is_default=False)
    for role, eisenach, wartburg in (("numerator", "2344", "2950"), ("denominator", "42417", "125655")):
        release.part(PUBLISHED, role, f"w{role}", wartburg, region_key="16063", period_end=END)
        part = {"is_part_of_sum": True, "period_end": END, "weight_kind": "population"}
        merged = {"region_key": "16056", "part_no": 1, "step_ids": "2021-07-01"}
        split = {"region_key": "16063", "part_no": 2, "step_ids": "2019-01-01|2021-07-01", "weight": SHARE_2019,
                 "weight_quality": "estimate"}  # fmt: skip
        release.part(CONVERTED, role, f"e{role}", eisenach, **part, **merged)
        release.part(CONVERTED, role, f"w{role}", wartburg, **part, **split)
        lost = {**split, "step_ids": "2019-01-01|2021-07-01|2023/2024", "weight": None}
        release.part(LATER, role, f"w{role}", wartburg, **part, **lost)
    return release


def test_without_a_territory_the_value_as_published_is_meant(wartburg: Release) -> None:
    for territory in ("", "as_published"):
        assert wartburg.explain("A01", "16063", "2015", territory=territory)["value_id"] == PUBLISHED
    facts = wartburg.explain(PUBLISHED)
    assert facts["territory"] == {
        "kind": "as_published", "date": "2015-12-31", "shares": [], "steps": [], "quality_de": "",
        "text_de": "wie veröffentlicht, Gebietsstand 31.12.2015",
    }  # fmt: skip


def test_a_territory_is_named_by_its_day_and_the_default_one_by_its_kind(wartburg: Release) -> None:
    for territory in ("harmonised", "2021-12-31"):
        assert wartburg.explain("A01", "16063", "2015", territory=territory)["value_id"] == CONVERTED
    assert wartburg.explain("A01", "Wartburgkreis", "2015", territory="2024-01-01")["value_id"] == LATER


def test_a_converted_value_tells_the_old_kreise_with_their_shares_and_the_source_of_these(wartburg: Release) -> None:
    facts = wartburg.explain(CONVERTED)
    shares = [(share["region_key"], share["weight"], share["weight_kind"]) for share in facts["territory"]["shares"]]
    assert shares == [("16056", 1, "population"), ("16063", 0.97318431, "population")]
    assert [step["step_id"] for step in facts["territory"]["steps"]] == ["2019-01-01", "2021-07-01"]
    assert [(part["weight"], part["weight_quality"]) for part in facts["inputs"]] == [
        (1, "exact"), (0.97318431, "estimate"), (1, "exact"), (0.97318431, "estimate"),
    ]  # fmt: skip
    text = wartburg.text(CONVERTED)
    for words_of in (
        "Gebiet auf den Gebietsstand 31.12.2021 umgerechnet",
        "16056 Eisenach × 1, 16063 Wartburgkreis × 0,97318431",
        f"Gemeinden wechseln. Quelle: {BBSR}.",
        "geteilt nach der Bevölkerung",
        "Die Schätzung ist schwach und taugt weder für Ränge noch für Warnungen.",
    ):
        assert words_of in text


def test_an_estimate_is_computed_of_converted_counts_and_called_one_everywhere(wartburg: Release) -> None:
    facts = wartburg.explain(CONVERTED)
    assert facts["calculation_de"] == (
        "5.214,9 ÷ 164.702,5 × 100 = 3,17 %; Zähler: 2.344 + 2.950 × 0,97318431; Nenner: 42.417 + 125.655 × 0,97318431"
    )
    text = wartburg.text(CONVERTED)
    assert "Ergebnis 3,2 %, geschätzt Grundlage" in text, "its bounds say no more than the rounding for people"
    assert "nicht den Fehler der Schätzung; der ist größer und nicht bekannt" in text
    cited = str(facts["citation_de"])
    assert "31.12.2015, Gebietsstand 31.12.2021: geschätzt 3,2 % (5.214,9 von 164.702,5)" in cited
    assert "eigene Schätzung. Integrationsmonitor" in cited


def test_a_published_value_names_the_converted_ones_beside_it_in_one_line_each(wartburg: Release) -> None:
    facts = wartburg.explain(PUBLISHED)
    assert [entry["text_de"] for entry in facts["elsewhere"]] == [
        f"Gebietsstand 31.12.2021: 3,2 %, geschätzt ({CONVERTED})",
        "Gebietsstand 01.01.2024: keine Zahl. Ein Kreis wäre zu teilen, und kein bekannter Anteil passt zu dem, was "
        f"hier gezählt wird. ({LATER})",
    ]
    assert [entry["value_id"] for entry in wartburg.explain(CONVERTED)["elsewhere"]] == [PUBLISHED, LATER]


def test_what_cannot_be_converted_says_for_want_of_what_and_what_exists_instead(wartburg: Release) -> None:
    facts = wartburg.explain(LATER)
    assert facts["reason_de"] == (
        "Ein Kreis wäre zu teilen, und kein bekannter Anteil passt zu dem, was hier gezählt wird. "
        "Ohne Anteil: 16063 Wartburgkreis."
    )
    assert (facts["instead"]["observations"], facts["citation_de"]) == ([], None)
    text = wartburg.text(LATER)
    assert "Gebiet Gebietsstand 01.01.2024, nicht umrechenbar" in text
    assert "16063 Wartburgkreis Anteil unbekannt" in text
    assert f"wie veröffentlicht, Gebietsstand 31.12.2015: 2,3 % ({PUBLISHED})" in text


@pytest.mark.parametrize(
    ("flag", "words_of"),
    [
        ("published_rate", "Eine veröffentlichte Quote wird nicht umgerechnet"),
        ("between_steps", "zwischen zwei Teilen einer Gebietsänderung"),
        ("never_converted", "auf keinen anderen Gebietsstand umgerechnet"),
        ("", "Auf diesen Gebietsstand lässt sich der Wert nicht umrechnen."),
    ],
)
def test_every_reason_for_not_converting_is_told_in_plain_words(release: Release, flag: str, words_of: str) -> None:
    release.value(RATE, "fortschreibung", territory="harmonised", territory_date=OF_2021, flags=flag,
                  status="not_convertible")  # fmt: skip
    assert words_of in str(release.explain(RATE)["reason_de"])


def test_whole_kreise_that_were_merged_give_an_exact_sum(wartburg: Release) -> None:
    wartburg.indicator("A00", "Zähler", unit="Personen", decimals=0)
    wartburg.variant("fortschreibung", "Fortschreibung", 1, "A00")
    count = {"value": 159937, "numerator": 159937, "unit": "Personen", "decimals": 0, "flags": "territory_sum"}
    wartburg.value(MERGED, "fortschreibung", date(2020, 12, 31), "16063", indicator_id="A00", territory="harmonised",
                   territory_date=OF_2021, **count)  # fmt: skip
    for number, (region, printed, step) in enumerate([("16056", "41970", "2021-07-01"), ("16063", "117967", None)]):
        part = {"is_part_of_sum": True, "part_no": number, "region_key": region, "weight_kind": step and "population"}
        wartburg.part(MERGED, "numerator", f"m{region}", printed, step_ids=step, **part)
    text = wartburg.text(MERGED)
    assert "Gerechnet 41.970 + 117.967: 159.937 Ergebnis 159.937 Personen Grundlage" in text
    assert "Genau: ganze Kreise sind zusammengelegt, keiner ist geteilt." in text
    assert "geschätzt" not in text.lower()
    assert "; 41.970 + 117.967, eigene Berechnung. Integrationsmonitor" in text


def test_a_kreis_that_no_step_touched_has_the_same_number_there(release: Release) -> None:
    later = {"numerator": 6594, "denominator": 106249, "value": Decimal("6.2061761334")}
    release.value(RATE, "fortschreibung", date(2019, 12, 31), territory="harmonised", territory_date=OF_2021, **later)
    assert "Gebietsstand 31.12.2021; das Gebiet war dasselbe, wie veröffentlicht" in release.text(RATE)
    assert (
        release.explain(SHARE)["elsewhere"][0]["text_de"] == f"Gebietsstand 31.12.2021: 6,2 %, dieselbe Zahl ({RATE})"
    )
    with duckdb.connect(str(release.file)) as con:
        con.execute("update mart_indicator set flags = 'territory_step' where value_id = ?", [RATE])
    text = release.text(RATE)
    assert "wie veröffentlicht: Das Gebiet hat sich danach geändert" in text
    assert "das Gebiet des Kreises ist nicht mehr das dieses Gebietsstands (territory_step)" in text


def test_neighbours_and_other_variants_are_of_the_same_territory(wartburg: Release) -> None:
    wartburg.value(RATE, "kreisangabe", END, "16063", territory="harmonised", territory_date=OF_2024, value=5)
    wartburg.value(MERGED, "fortschreibung", date(2016, 12, 31), "16063", territory="harmonised",
                   territory_date=OF_2024, value=4)  # fmt: skip
    instead = wartburg.explain(LATER)["instead"]
    assert [entry["value_id"] for entry in instead["variants"]] == [RATE]
    assert [entry["value_id"] for entry in instead["periods"]] == [MERGED]
    assert wartburg.explain(PUBLISHED)["variants"] == wartburg.explain(CONVERTED)["variants"] == []


def test_beside_a_withdrawn_value_no_territory_tells_its_number(wartburg: Release) -> None:
    wartburg.decide("withdraw", PUBLISHED)
    assert wartburg.explain(PUBLISHED)["elsewhere"] == []


@pytest.mark.parametrize("value_id", [CONVERTED, LATER])
def test_what_is_made_with_a_withdrawn_value_is_taken_back_with_it(wartburg: Release, value_id: str) -> None:
    wartburg.decide("withdraw", PUBLISHED)
    facts = wartburg.explain(value_id)
    assert (facts["citation_de"], facts["elsewhere"], facts["vintages"]) == (None, [], [])
    assert "Zähler verwechselt" in wartburg.text(value_id)


def test_with_a_repetition_the_published_value_is_taken_back_and_with_an_estimate_it_alone(wartburg: Release) -> None:
    later = {"numerator": 6594, "denominator": 106249, "value": Decimal("6.2061761334")}
    wartburg.value(RATE, "fortschreibung", date(2019, 12, 31), territory="harmonised", territory_date=OF_2021, **later)
    wartburg.decide("withdraw", RATE)
    assert wartburg.explain(SHARE)["citation_de"] is None
    wartburg.decide("withdraw", CONVERTED)
    assert wartburg.explain(CONVERTED)["citation_de"] is None
    assert wartburg.explain(PUBLISHED)["citation_de"] is not None


def test_what_a_kreis_gave_a_part_to_is_taken_back_with_it(wartburg: Release) -> None:
    wartburg.value(RATE, "fortschreibung", END, "16056", value=Decimal("5.526"), numerator=2344, denominator=42417)
    wartburg.decide("withdraw", RATE)
    assert wartburg.explain(CONVERTED)["citation_de"] is None
    assert wartburg.explain(PUBLISHED)["citation_de"] is not None


def test_a_kreis_that_is_gone_on_that_day_names_its_successor(wartburg: Release) -> None:
    assert wartburg.refused("A01", "Eisenach", "2015", territory="harmonised") == (
        "Eisenach (16056) is no region of the territory of 2021-12-31: it is part of 16063 there"
    )


def test_a_territory_that_nobody_converts_to_is_refused_with_those_there_are(wartburg: Release) -> None:
    told = wartburg.refused("A01", "16063", "2015", territory="2030-01-01")
    assert told == (
        "--territory '2030-01-01' is no territory of this release; there are as_published, harmonised, 2021-12-31, "
        "2024-01-01"
    )


def test_a_release_from_before_territories_is_explained_as_published(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        for table in ("mart_indicator_change", "dim_region_version", "dim_break"):
            con.execute(f"drop table {table}")
        for column in ("weight", "weight_quality", "weight_kind", "step_ids"):
            con.execute(f"alter table mart_provenance drop column {column}")
    facts = release.explain(SHARE)
    assert (facts["inputs"][0]["weight"], facts["elsewhere"], facts["changes"]) == (1, [], [])
    assert release.explain(GAP)["status"] == "not_recorded"
    assert "there are as_published" in release.refused("A01", "16070", "2019", territory="harmonised")
