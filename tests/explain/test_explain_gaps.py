"""Why there is no number, and what must not be made of what lies beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
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


def _minors(release: Release) -> Release:
    told = {"availability": "on_order_only", "missing_de": "Zu bestellen beim Landesamt."}
    release.indicator(
        "D02", name_de="Anteil ohne Abschluss", numerator_de="Abgänge ohne", denominator_de="Abgänge", **told
    )
    release.variant(
        "abgangsjahr", "Am Schulort", 1, "D02", missing="on_order_only", missing_de="Zu bestellen beim Landesamt."
    )
    return release


def test_an_indicator_of_which_there_is_nothing_says_why_and_what_would_have_to_arrive(release: Release) -> None:
    text = _minors(release).text("D02", "16070", "2018-12-31")
    assert text.startswith("D02 Anteil ohne Abschluss: Ilm-Kreis (16070), 31.12.2018 Ergebnis keine Zahl")
    assert "Das gibt es nur als Sonderauswertung auf Bestellung. Zu bestellen beim Landesamt." in text
    assert "Was fehlt, je Variante" not in text, "the same sentence would stand there twice"
    facts = release.explain("D02", "16070", "2018-12-31")
    assert (facts["value_id"], facts["value"], facts["status"]) == (None, None, "not_recorded")
    assert (facts["availability"], facts["citation_de"]) == ("on_order_only", None)
    assert [entry["variant"] for entry in facts["missing"]] == ["abgangsjahr"]


def test_what_is_missing_everywhere_needs_neither_region_nor_time(release: Release) -> None:
    facts = _minors(release).explain("D02")
    assert (facts["region"], facts["period"]) == (None, None)
    assert release.text("D02").startswith("D02 Anteil ohne Abschluss Ergebnis keine Zahl, für keine Region")


@pytest.mark.parametrize(
    ("asked", "words_of"),
    [
        ({"region": "Ilmkreis"}, "'Ilmkreis' is no region; the nearest: Ilm-Kreis"),
        ({"period": "2018-13-31"}, "'2018-13-31': expected the last day"),
        ({"variant": "wohnort"}, "'wohnort' is no variant of D02; there are abgangsjahr"),
        ({"group": "alle"}, "'alle' is no group of D02; there are auslaender"),
    ],
)
def test_what_does_not_exist_is_refused_of_a_missing_indicator_too(
    release: Release, asked: dict[str, str], words_of: str
) -> None:
    assert words_of in _minors(release).refused("D02", **asked)


def test_a_missing_indicator_beside_which_something_stands_is_explained_by_its_rows(release: Release) -> None:
    release.indicator("E03", availability="not_recorded", missing_de="Keine Tabelle nennt das Alter.")
    release.variant("nach_alter", "Nach Alter", 1, "E03", missing="not_recorded", missing_de="Keine Tabelle.")
    release.value("3" * 16, "nach_alter", date(2015, 12, 31), indicator_id="E03", status="not_recorded")
    assert release.explain("E03", "16070", "2015")["value_id"] == "3" * 16
