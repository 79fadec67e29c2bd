"""A value that is no longer said: the reason, and no number that could give it away."""

from __future__ import annotations

import json

from explain_support import GAP, RELEASE, SHARE, Release


def withdrawn(release: Release, flags: str = "withdrawn") -> str:
    """A share of the end of 2018 that is no longer said, of numbers that lie there for everybody."""
    value_id = "2" * 16
    release.indicator("A09")
    release.variant("fortschreibung", "Fortschreibung", 1, "A09")
    release.variant("kreisangabe", "Angabe des Kreises", 2, "A09")
    of_a09 = {"indicator_id": "A09"}
    release.value(value_id, "fortschreibung", status="withheld", flags=flags, **of_a09)
    for key, role in (("n18", "numerator"), ("e18", "denominator")):
        release.part(value_id, role, key, None, status="withheld")
    release.value("4" * 16, "kreisangabe", value=6, numerator=6504, denominator=108400, is_default=False, **of_a09)
    release.part("4" * 16, "numerator", "n18", "6504")
    release.part("4" * 16, "denominator", "e18", "108400")
    release.add("mart_correction", correction_id="x", observation_id="n18", action="replace", printed_value=6540,
                published_value=6504, reason_de="Zahlendreher", is_applied=True)  # fmt: skip
    if flags == "withdrawn":
        release.add("mart_withdrawal", value_id=value_id, reason_de="Zähler verwechselt")
    release.add("mart_indicator_vintage", value_id=value_id, axis="source", vintage_no=1, status="withheld",
                revision_kind="first", known_from="2020-07-01 10:00:00")  # fmt: skip
    return value_id


def test_a_withdrawn_value_is_told_with_our_reason_and_without_a_number(release: Release) -> None:
    facts = release.explain(withdrawn(release))
    assert facts["reason_de"] == "Nach der Veröffentlichung zurückgezogen, nicht weiter zu zitieren: Zähler verwechselt"
    assert (facts["value"], facts["inputs"][0]["printed"], facts["citation_de"]) == (None, None, None)
    text = release.text("2" * 16)
    assert "Zähler 16070, 31.12.2018: von uns zurückgehalten (line 7, field 18 von t_flat.csv)" in text
    assert "keine Zahl in" not in text


def test_beside_a_withdrawn_value_stands_no_number_to_compute_it_from(release: Release) -> None:
    facts = release.explain(withdrawn(release))
    assert (facts["instead"]["observations"], facts["instead"]["mixtures"], facts["vintages"]) == ([], [], [])
    assert [entry["text_de"] for entry in facts["instead"]["variants"]] == ["Angabe des Kreises (kreisangabe): 6,0 %"]
    told = json.dumps(facts)
    assert not [number for number in ("6504", "6540", "108742", "108400") if number in told]
    assert facts["corrections"][0]["reason_de"] == "Zahlendreher"


def test_a_release_from_before_a_withdrawal_tells_its_number_and_no_citation(release: Release) -> None:
    release.decide("withdraw", SHARE)
    for question in (SHARE, f"{SHARE}@{RELEASE}"):
        facts = release.explain(question)
        assert (facts["value"], facts["citation_de"], facts["vintages"]) == (6.2061761334, None, [])
        text = release.text(question)
        assert "Ergebnis 6,2 % (so in dieser Veröffentlichung) Hinweis zurückgezogen am " in text
        assert ": Zähler verwechselt; nicht weiter zu zitieren." in text
        assert "Zitat" not in text
    assert release.explain(GAP)["instead"]["periods"] == [], "nor is it offered in place of another"


def test_a_value_that_was_given_back_may_be_cited_again(release: Release) -> None:
    before = release.explain(SHARE)
    release.decide("withdraw", SHARE)
    release.decide("reinstate", SHARE, "doch richtig")
    assert release.explain(SHARE) == before


def test_of_a_value_that_must_stay_secret_neither_a_number_nor_a_way_to_one_is_told(release: Release) -> None:
    value_id = withdrawn(release, "sum_of_parts|confidential")
    facts = release.explain(value_id)
    assert facts["reason_de"] == "Von uns zurückgehalten, weil sich sonst eine geheime Zahl errechnen ließe."
    assert (facts["value"], facts["citation_de"], facts["withdrawal"]) == (None, None, None)
    assert (facts["instead"]["observations"], facts["instead"]["mixtures"], facts["vintages"]) == ([], [], [])
    assert not [number for number in ("6504", "6540", "108742", "108400") if number in json.dumps(facts)]
    assert "von uns zurückgehalten (line 7, field 18 von t_flat.csv)" in release.text(value_id)
