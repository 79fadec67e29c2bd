"""Places of recorded lines in their origin: written short, read back whole, in the order of the lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.replay.origins import compress, expand

# As readers give them: line after line, in each the fields from left to right.
PLACES = st.lists(
    st.tuples(st.integers(1, 5000), st.sets(st.integers(1, 800), min_size=1, max_size=6)), min_size=1, max_size=30
).map(lambda lines: [(line, field) for line, fields in lines for field in sorted(fields)])


@given(PLACES)
def test_lines_and_fields_are_read_back_in_their_order(places):
    assert list(expand(compress(places))) == [f"line {line}, field {field}" for line, field in places]


@given(PLACES)
def test_cells_of_a_sheet_are_read_back_in_their_order(places):
    wanted = [f"13111-01-03-4!{get_column_letter(column)}{row}" for row, column in places]
    assert list(expand(compress(places, "13111-01-03-4"))) == wanted


def test_neighbours_are_written_as_runs():
    block = [(line, field) for line in (15, 16, 17, 20) for field in (60, 61, 62)]
    assert compress([*block, (30, 4)]) == "line 15-17,20, field 60-62; line 30, field 4"
    assert compress([*block, (30, 4)], "T") == "T!BH15:BJ17,BH20:BJ20,D30:D30"


@pytest.mark.parametrize("text", ["", "line 3", "line a, field 4", "line 3, field 4;line 5, field 4", "T!C5", "T!5:H7"])
def test_a_text_of_another_form_is_refused_with_what_to_do(text):
    with pytest.raises(ConfigError, match="make the recordings anew"):
        list(expand(text))
