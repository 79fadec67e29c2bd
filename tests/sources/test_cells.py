"""Numbers of workbooks, as their sheets print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.sources.cells import printed


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (10.600000000000001, "10,6"),
        (410.00000000000006, "410"),
        (2030.0, "2030"),
        (-0.0, "0"),
        (0.00001, "0,00001"),
        (17.35, "17,35"),
        (1 / 3, "0,333333333333333"),
    ],
)
def test_what_binary_numbers_leave_behind_is_no_digit(number, text):
    assert printed(number) == text


@given(st.integers(-(10**9), 10**9), st.integers(0, 5))
def test_a_number_with_few_decimals_is_printed_with_just_these(number, decimals):
    wanted = f"{number / 10**decimals:.{decimals}f}"
    wanted = (wanted.rstrip("0").rstrip(".") if decimals else wanted).replace(".", ",")
    assert printed(number / 10**decimals) == wanted
