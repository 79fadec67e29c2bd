"""What is new is told of the values as published; of converted ones, and of bounds, only what is true and needed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from integrationsmonitor.release import news, news_pages

CONVERTED = """insert into mart_indicator
select * replace (substr(md5(value_id || '{day}'), 1, 16) as value_id, 'harmonised' as territory,
    date '{day}' as territory_date, {more})
from mart_indicator where territory = 'as_published' and region_level = 'kreis'"""
TO_2021 = CONVERTED.format(day="2021-12-31", more="is_default as is_default")
TO_2024 = CONVERTED.format(day="2024-01-01", more="false as is_default")
IN_ERFURT = "region_key = '16051' and indicator_id = 'A01' and variant = 'fortschreibung' and period_end = '2021-12-31'"
Compare = Callable[[list[str], list[str]], dict[str, Any]]


def told(found: dict[str, Any]) -> str:
    return "\n".join([news_pages.page(found), *news.lines(found)])


def test_a_territory_that_values_are_newly_converted_to_is_one_piece_of_news(compare: Compare) -> None:
    found = compare([], [TO_2021, TO_2024])
    assert (found["values"], sum(found["counts"].values()), sum(found["converted"].values())) == ([], 0, 0)
    (first, second) = found["territories"]["new"].values()
    assert first == second > 50
    assert f"- Neue Gebietsstände: 31.12.2021 ({first} Werte), 01.01.2024 ({second} Werte)" in told(found)


def test_a_territory_that_nobody_converts_to_any_more_is_one_piece_of_news(compare: Compare) -> None:
    found = compare([TO_2021, TO_2024], [TO_2021])
    assert (found["values"], found["territories"]["new"]) == ([], {})
    assert "Entfallene Gebietsstände: 01.01.2024" in told(found)


def test_a_revision_is_told_once_and_stands_in_the_json_on_every_territory(compare: Compare) -> None:
    both = [TO_2021, TO_2024]
    found = compare(both, [*both, f"update mart_indicator set value = value + 1 where {IN_ERFURT}"])
    assert len(found["values"]) == 3
    assert (found["counts"]["changed"], found["converted"]["changed"]) == (1, 2)
    assert sum(found["reasons"].values()) == 1
    text = told(found)
    assert "1 Wert geändert.\n" in text
    assert "Auf umgerechnetem Gebietsstand: 2 Werte geändert; einzeln nur in `diff.json`." in text
    assert text.count("Erfurt, 31.12.2021: ") == 3, "by indicator, by Kreis, and in the list"
    assert "Gebietsstand 31.12.2021:" not in text
    assert sorted(value["sentence_de"].count(", Gebietsstand ") for value in found["values"]) == [0, 1, 1]


def test_where_only_the_conversion_changed_nothing_as_published_did(compare: Compare) -> None:
    other = f"update mart_indicator set value = value + 1 where territory = 'harmonised' and {IN_ERFURT}"
    text = told(compare([TO_2021], [TO_2021, other]))
    assert "Kein Wert hat sich geändert." in text
    assert "Auf umgerechnetem Gebietsstand: 1 Wert geändert" in text
    assert "## Je Indikator" not in text


def test_one_region_counts_its_converted_values_too(compare: Compare) -> None:
    found = compare([TO_2021], [TO_2021, "update mart_indicator set value = value + 1 where indicator_id = 'A01'"])
    of_erfurt = news.of_region(found, "16051", "Erfurt")
    assert of_erfurt["counts"]["changed"] == of_erfurt["converted"]["changed"] > 0


def bounded(low: str, high: str, value: str = "value") -> str:
    return f"update mart_indicator set value = {value}, value_low = {low}, value_high = {high} where {IN_ERFURT}"


def test_a_bound_that_is_the_value_itself_is_none_that_was_not_stated(compare: Compare) -> None:
    assert compare([bounded("null", "null")], [bounded("value", "value")])["values"] == []


def test_other_bounds_of_the_same_value_are_a_mark(compare: Compare) -> None:
    (value,) = compare([bounded("null", "null")], [bounded("value - 0.05", "value + 0.05")])["values"]
    assert (value["kind"], value["reason"], value["is_within_rounding"]) == ("marked", "bounds_changed", None)
    assert "10,0 % wie bisher, untere Grenze 9,95 statt keine Angabe, obere Grenze 10,05" in value["sentence_de"]


@pytest.mark.parametrize(("value", "is_within"), [("10.1", True), ("10.11", False)])
def test_two_numbers_that_rounding_could_have_made_of_one_are_no_difference(
    compare: Compare, value: str, is_within: bool
) -> None:
    now = str(Decimal(value) - Decimal("0.05")), str(Decimal(value) + Decimal("0.05"))
    (changed,) = compare([bounded("9.95", "10.05", "10")], [bounded(*now, value)])["values"]
    assert (changed["kind"], changed["is_within_rounding"]) == ("changed", is_within)
    assert ("statt 10,0 %, kein Unterschied jenseits der Rundung." in changed["sentence_de"]) is is_within


def test_two_exact_numbers_that_differ_are_a_difference(compare: Compare) -> None:
    (value,) = compare([bounded("null", "null", "10")], [bounded("11", "11", "11")])["values"]
    assert value["is_within_rounding"] is False


def test_of_what_was_taken_back_no_bound_is_compared(compare: Compare) -> None:
    taken = [
        "insert into mart_withdrawal select value_id, 'Falsch.', timestamp '2026-11-22', true "
        f"from mart_indicator where {IN_ERFURT}",
        "update mart_indicator set value = null, value_low = null, value_high = null, status = 'withheld' "
        f"where {IN_ERFURT}",
    ]
    (value,) = compare([bounded("9.95", "10.05", "10")], taken)["values"]
    assert (value["reason"], value["is_within_rounding"]) == ("withdrawn_by_us", None)
    assert not {"value_low", "value_high"} & value["columns"].keys()


def test_what_is_taken_back_with_another_value_is_not_told_again_either(compare: Compare) -> None:
    taken = "update mart_indicator set value = null, status = 'withheld', flags = 'withdrawn' where " + IN_ERFURT
    found = compare([TO_2021], [TO_2021, taken])
    assert {value["reason"] for value in found["values"]} == {"withdrawn_by_us"}
    assert [value["old"] for value in found["values"]] == [{"value": None, "status": "value"}] * 2
