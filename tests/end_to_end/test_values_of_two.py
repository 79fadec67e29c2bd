"""Values made of two others: what they are made of stands beside them, as far as the bytes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from night_support import Night


def explained(night: Night, indicator: str, period: str, *more: str) -> dict[str, Any]:
    outcome = night.monitor("explain", indicator, "--region", "16070", "--period", period, "--json", *more)
    assert outcome.code == 0, outcome.err
    return dict(json.loads(outcome.out))


def test_a_gap_between_two_published_rates_shows_both_and_what_their_rounding_leaves(recorded_home: Night) -> None:
    """13211-02-05-4, Ilm-Kreis 2023: 16.8 % of the foreigners, 5.4 % of all."""
    told = explained(recorded_home, "E11", "2023-12-31")
    assert told["calculation_de"] == "16,80 % − 5,40 % = 11,40 Prozentpunkte"
    assert (told["value"], told["value_low"], told["value_high"]) == (11.4, 11.3, 11.5)
    assert [(part["role"], part["printed"]) for part in told["inputs"]] == [
        ("numerator", "16,8"),
        ("against_numerator", "5,4"),
    ]
    assert "eigene Berechnung" in told["citation_de"]


def test_a_balance_is_that_of_the_persons_over_all_inhabitants(recorded_home: Night) -> None:
    """12711-03-02-4 and 12411-01-01-4, Ilm-Kreis 2015: 1,287 came, 753 went, 109,620 lived there."""
    told = explained(recorded_home, "A11", "2015-12-31")
    assert (told["numerator"], told["denominator"]) == (1287 - 753, 109_620)
    assert told["calculation_de"] == "534 ÷ 109.620 × 1.000 = 4,87 je 1 000 Einwohner"
    assert Decimal(str(told["value"])).quantize(Decimal("0.001")) == Decimal("4.871")
    roles = ["numerator", "denominator", "against_numerator", "against_denominator"]
    assert [part["role"] for part in told["inputs"]] == roles
    assert [part["printed"] for part in told["inputs"]] == ["1287", "109620", "753", "109620"]


@pytest.mark.parametrize("territory", ["2021-12-31", "2024-01-01"])
def test_what_is_made_of_a_published_rate_is_converted_nowhere(recorded_home: Night, territory: str) -> None:
    told = explained(recorded_home, "E11", "2023-12-31", "--territory", territory)
    assert (told["value"], told["status"]) == (None, "not_convertible")
    assert "veröffentlichte Quote" in told["reason_de"]


def test_only_differences_are_ever_negative(recorded_home: Night) -> None:
    negative = "select distinct indicator_id, formula from mart_indicator join dim_indicator_variant "
    assert recorded_home.query(negative + "using (indicator_id, variant) where value < 0") == [("A11", "difference")]
