"""Every value that differs has exactly one reason, and what nothing explains is not explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import product
from typing import Any

import pytest

from integrationsmonitor.release.reasons import REASONS, Evidence, Vintage, hidden_because, kind_of, reason_of

RELEASED = datetime(2026, 11, 22, 1, 15)
BEFORE, AFTER = datetime(2026, 6, 1), datetime(2026, 11, 23)
DEFINITIONS: Any = ({"A01": 1}, {"A01": 1})
VARIANTS: Any = ({("A01", "azr")}, {("A01", "azr")})
NEWEST = {("A01", "azr", "auslaender"): date(2020, 12, 31)}
KNOWN = Evidence(RELEASED, DEFINITIONS, VARIANTS, newest_period=NEWEST)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "value_id": "v", "indicator_id": "A01", "variant": "azr", "group_key": "auslaender", "value": 6,
        "status": "value",
        "period_end": date(2020, 12, 31), "flags": "", "is_default": True, "definition_version": 1,
        "source_known_from": BEFORE, "recorded_at": BEFORE, **changes,
    }  # fmt: skip


def why(old: dict[str, Any] | None, new: dict[str, Any] | None, **evidence: Any) -> str:
    different = {name for name in row() if old and new and old[name] != new[name]}
    told = Evidence(**{**vars(KNOWN), **evidence})
    return reason_of(kind_of(old, new, different), old, new, told)


def vintages(kind: str, axis: str = "source", known: datetime = AFTER, **more: Any) -> Any:
    """The old release knew a first vintage; the new one knows this one."""
    first = {("v", axis): Vintage("first", BEFORE, None)}
    return (first, {("v", axis): Vintage(kind, known, more.get("ended"))})


CHANGED = row(value=7)


@pytest.mark.parametrize(
    "kind",
    ["correction", "provisional_to_final", "census_rebase", "territory_restated", "definition_change", "late_delivery"],
)
def test_a_revision_of_the_source_is_called_by_its_name(kind: str) -> None:
    assert why(row(), CHANGED, vintages=vintages(kind)) == kind


def test_a_revision_that_the_old_release_knew_explains_nothing() -> None:
    known = {("v", "source"): Vintage("correction", BEFORE, None)}
    assert why(row(), CHANGED, vintages=(known, known)) == "unknown"


def test_a_first_vintage_is_no_reason_for_a_change() -> None:
    assert why(row(), CHANGED, vintages=vintages("first")) == "unknown"


def test_our_own_correction_shows_on_the_axis_of_our_archive() -> None:
    assert why(row(), CHANGED, vintages=vintages("own_correction", "recorded")) == "own_correction"
    assert why(row(), row(value=7, flags="own_correction")) == "own_correction"
    assert why(row(flags="own_correction"), row(value=7, flags="own_correction")) == "unknown"


def test_without_vintages_only_what_the_rows_say_is_told() -> None:
    none: Any = {"vintages": ({}, {}), "has_vintages": False}
    assert why(row(), row(value=7, source_known_from=AFTER), **none) == "unknown"
    assert why(row(flags="provisional"), row(value=7, source_known_from=AFTER), **none) == "provisional_to_final"
    assert why(row(flags="provisional"), row(value=7), **none) == "unknown"


def test_the_first_release_with_vintages_knows_what_its_archive_took_since() -> None:
    new: Any = {("v", "recorded"): Vintage("own_correction", AFTER, None)}
    assert why(row(), CHANGED, vintages=({}, new), has_vintages=False) == "own_correction"
    old: Any = {("v", "recorded"): Vintage("own_correction", BEFORE, None)}
    assert why(row(), CHANGED, vintages=({}, old), has_vintages=False) == "unknown"


def test_a_decision_of_a_person_weighs_most() -> None:
    withheld = row(value=None, status="withheld", flags="withdrawn")
    correction = vintages("correction")
    assert why(row(), withheld, withdrawn=({}, {"v": "Fehler"}), vintages=correction) == "withdrawn_by_us"
    assert why(withheld, row(), withdrawn=({"v": "Fehler"}, {}), vintages=correction) == "given_back"
    assert why(withheld, row(), withdrawn=({"v": "Fehler"}, {"v": "Fehler"})) == "unknown"


def test_what_must_stay_secret_says_so_and_says_when_it_need_not_any_more() -> None:
    secret = row(value=None, status="withheld", flags="confidential")
    assert why(row(), secret, vintages=vintages("correction")) == "confidential_by_us"
    assert why(secret, row()) == "said_again"
    assert why(secret, row(), is_backwards=True) == "confidential_by_us", "the later one is the one that is silent"
    taken_back = row(value=None, status="withheld", flags="withdrawn")
    assert why(taken_back, secret) == "flags_changed", "nothing is said before, nor after"


def test_no_number_is_told_of_what_the_later_release_keeps_secret() -> None:
    secret = row(value=None, status="withheld", flags="sum_of_parts|confidential")
    backwards = replace(KNOWN, is_backwards=True)
    assert hidden_because(row(), secret, KNOWN) == "confidential"
    assert hidden_because(secret, row(), backwards) == "confidential"
    assert hidden_because(secret, row(), KNOWN) is None, "it is said again"
    assert hidden_because(row(), row(flags="withdrawn"), KNOWN) == "withdrawn"
    assert hidden_because(row(), None, KNOWN) is hidden_because(None, row(), KNOWN) is None


def test_a_known_error_of_the_source_is_told_when_it_is_handled_and_when_it_ends() -> None:
    assert why(row(), row(value=None, status="withheld", flags="dropped_by_us")) == "source_error"
    assert why(row(flags="replaced_by_us"), row(value=7)) == "source_error"


def test_a_new_definition_weighs_more_than_a_revision() -> None:
    assert why(row(), row(value=7, definition_version=2), vintages=vintages("correction")) == "definition_version"


def test_a_gap_that_is_filled_is_newly_recorded() -> None:
    gap = row(value=None, status="not_recorded")
    assert why(gap, row(recorded_at=AFTER), vintages=vintages("first")) == "newly_recorded"
    assert why(gap, row(recorded_at=AFTER), vintages=vintages("late_delivery")) == "late_delivery"
    assert why(gap, row()) == "unknown", "our archive had it already"
    assert why(None, gap) == "gap_shown"
    assert why(gap, None) == "gap_dropped"


def test_a_value_that_appears_belongs_to_a_new_period_or_was_not_there_before() -> None:
    assert why(None, row(period_end=date(2021, 12, 31), recorded_at=AFTER)) == "new_period"
    assert why(None, row(period_end=date(2019, 12, 31), recorded_at=AFTER)) == "newly_recorded"
    assert why(None, row(period_end=date(2021, 12, 31))) == "unknown", "our archive had it already"
    assert why(None, row(recorded_at=AFTER), vintages=({}, vintages("late_delivery")[1])) == "late_delivery"
    assert why(None, row(recorded_at=AFTER), vintages=({}, vintages("correction")[1])) == "newly_recorded"


def test_a_value_that_goes_was_withdrawn_by_its_source_or_nobody_knows() -> None:
    assert why(row(), None, vintages=vintages("first", known=BEFORE, ended=AFTER)) == "withdrawn"
    assert why(row(), None, vintages=vintages("first", known=BEFORE)) == "unknown"
    assert why(row(), None) == "unknown"


def test_a_value_that_becomes_a_gap_was_withdrawn_or_nobody_knows() -> None:
    gap = row(value=None, status="not_recorded", source_known_from=None, recorded_at=None)
    assert why(row(), gap, vintages=vintages("first", known=BEFORE, ended=AFTER)) == "withdrawn"
    assert why(row(), gap) == "unknown"
    assert why(gap, row(recorded_at=AFTER)) == "newly_recorded"


def test_the_catalogue_explains_what_came_with_it() -> None:
    assert why(None, row(), definitions=({}, {"A01": 1})) == "indicator_new"
    assert why(row(), None, definitions=({"A01": 1}, {})) == "indicator_removed"
    assert why(None, row(), variants=(set(), VARIANTS[1])) == "variant_new"
    assert why(row(), None, variants=(VARIANTS[0], set())) == "variant_removed"
    assert why(row(), None, definitions=({"A01": 1}, {"A01": 2})) == "definition_version"


def test_a_value_of_the_same_number_is_only_marked() -> None:
    assert why(row(), row(is_default=False, flags="provisional")) == "default_changed"
    assert why(row(), row(flags="provisional")) == "flags_changed"
    assert why(row(), row(definition_version=2, is_default=False)) == "definition_version"
    assert why(row(), row(variant="azr_neu")) == "described_anew"


def test_every_combination_has_one_reason_that_is_described() -> None:
    rows = [
        row(value=value, status=status, flags=flags, recorded_at=recorded, definition_version=version)
        for (value, status), flags, recorded, version in product(
            [(6, "value"), (7, "value"), (None, "withheld"), (None, "not_recorded")],
            ["", "provisional", "own_correction|replaced_by_us"], [BEFORE, AFTER], [1, 2],
        )
    ]  # fmt: skip
    kinds = ["first", "withdrawn", "correction", "own_correction"]
    told = {
        why(old, new, vintages=vintages(kind, axis), withdrawn=({}, withdrawn))
        for old, new in product([None, *rows], [None, *rows])
        if (old or new) and old != new
        for kind, axis, withdrawn in product(kinds, ["source", "recorded"], [{}, {"v": "Fehler"}])
    }
    assert told <= REASONS.keys()
    assert len(told) > 10
