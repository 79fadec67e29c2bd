"""Why there is no number, and what must not be made of what lies beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from explain_support import GAP, OWN, Release


def test_where_nothing_is_recorded_the_reason_and_what_exists_instead(release: Release) -> None:
    facts = release.explain("A01", "16070", "2018-12-31")
    assert (facts["value_id"], facts["value"], facts["status"]) == (GAP, None, "not_recorded")
    assert facts["inputs"] == []
    assert facts["citation_de"] is None
    text = release.text("A01", "16070", "2018-12-31")
    assert "Ergebnis keine Zahl Grund Dafür liegt uns keine Zahl vor" in text
    assert "Angabe des Kreises (kreisangabe): 6.504 ÷ 106.402 × 100 = 6,11 %, zitiert als 6,1 %" in text
    assert "31.12.2019: Fortschreibung, Zensus 2011 (fortschreibung): 6.594 ÷ 106.249 × 100 = 6,21 %" in text


def test_numbers_of_two_bases_are_named_as_a_mixture_that_is_not_formed(release: Release) -> None:
    instead = release.explain(GAP)["instead"]
    assert [entry["text_de"] for entry in instead["mixtures"]] == [
        "6.504 ÷ 108.742 × 100 = 5,98 % mischt zwei Grundlagen (Kreisangabe und Fortschreibung_Zensus2011): Dieser "
        "Quotient wird nicht gebildet und steht in keiner Tabelle."
    ]
    ready = {(entry["role"], entry["value"], entry["basis"]) for entry in instead["observations"]}
    assert ready == {
        ("numerator", 6504, "Kreisangabe"),
        ("denominator", 106402, "Kreisangabe"),
        ("denominator", 108742, "Fortschreibung_Zensus2011"),
    }


def test_a_quotient_that_a_mart_holds_is_no_forbidden_mixture(release: Release) -> None:
    release.value("f" * 16, "fortschreibung", value=Decimal("5.981130"), numerator=6504, denominator=108742,
                  is_default=False, indicator_id="B09")  # fmt: skip
    assert release.explain(GAP)["instead"]["mixtures"] == []


def test_a_variant_that_never_speaks_for_the_indicator_says_why(release: Release) -> None:
    assert "Angabe des Kreises (kreisangabe). Steht nur daneben: Die Grundlage ist nicht genannt." in release.text(OWN)


def test_where_no_dataset_holds_what_is_needed_the_catalogue_says_so(release: Release) -> None:
    release.variant("nach_alter", "Nach Alter", 2, missing_de="Keine Tabelle nennt das Alter.")
    release.value("3" * 16, "nach_alter", date(2015, 12, 31), status="not_recorded")
    assert str(release.explain("3" * 16)["reason_de"]).endswith(" Keine Tabelle nennt das Alter.")


def test_one_basis_alone_is_no_mixture(release: Release) -> None:
    release.value("1" * 16, "fortschreibung", date(2017, 12, 31), status="secret", numerator_status="secret",
                  denominator_status="value")  # fmt: skip
    at = {"period_start": date(2017, 12, 31), "period_end": date(2017, 12, 31)}
    release.observation("d17", "insgesamt", 107000, "Fortschreibung_Zensus2011", **at)
    facts = release.explain("1" * 16)
    assert facts["instead"]["mixtures"] == []
    assert [entry["value"] for entry in facts["instead"]["observations"]] == [107000]
    assert facts["reason_de"] == "Die Quelle hält die Zahl geheim (statistische Geheimhaltung). Es fehlt der Zähler."


def test_what_an_index_is_made_of_lies_ready_as_its_numerator_only(release: Release) -> None:
    release.indicator("A04", unit="Index")
    release.variant("azr", "Register", 1, "A04")
    index = {"indicator_id": "A04", "unit": "Index", "region": "16", "basis": "AZR"}
    start, gap = date(2010, 12, 31), date(2015, 12, 31)
    release.value("4" * 16, "azr", start, value=100, numerator=35220, denominator=35220, **index)
    release.value("5" * 16, "azr", gap, status="not_recorded", **index)
    for role in ("numerator", "denominator"):
        release.part("4" * 16, role, "a10", "35220", region_key="16", period_end=start)
    for key, end in (("a10", start), ("a15", gap)):
        release.observation(key, "auslaendisch", 35220, "AZR", region_key="16", period_start=end, period_end=end)
    ready = release.explain("5" * 16)["instead"]["observations"]
    assert [(entry["role"], entry["value"]) for entry in ready] == [("numerator", 35220)]
