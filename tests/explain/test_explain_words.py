"""The German of explanations, and values in their queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.vocabulary import FLAGS, NO_NUMBER


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_a_number_is_rounded_half_away_from_zero_as_the_exports_round_it(number: Decimal, decimals: int) -> None:
    read = Decimal(words.number(number, decimals).replace(".", "").replace(",", "."))
    assert abs(read - number) <= Decimal(5).scaleb(-decimals - 1)
    assert -read == Decimal(words.number(-number, decimals).replace(".", "").replace(",", "."))
    whole = words.number(number)
    assert Decimal(whole.replace(".", "").replace(",", ".")) == number


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@settings(deadline=None, max_examples=30)
@given(TEXTS, st.dates(), st.decimals(0, 10**9, places=6))
def test_a_value_in_a_query_is_only_ever_a_value(text: str, day: date, number: Decimal) -> None:
    with duckdb.connect() as con:
        found = rows(con, "select $text as text, $day as day, $number as number, $all as all_of_them",
                     {"text": text, "day": day, "number": number, "all": [text, "x"]})  # fmt: skip
    assert found == [{"text": text, "day": day, "number": number, "all_of_them": [text, "x"]}]


@pytest.mark.parametrize("known", [NO_NUMBER, FLAGS, words.CHANGES])
def test_every_word_of_the_marts_has_german(known: dict[str, str]) -> None:
    assert all(text and word not in text for word, text in known.items())


def test_reasons_are_told_for_every_status_without_a_value() -> None:
    from integrationsmonitor.observation import STATUSES, STATUSES_WITH_VALUE

    assert {*STATUSES, "not_recorded"} - set(NO_NUMBER) == set(STATUSES_WITH_VALUE)
