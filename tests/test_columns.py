"""Columns as words and index: combining loses nothing, and never takes two tuples for one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.columns import Column, combine, keys_of, words_of

WORDS = ["a", "b", "c", None]


def column(index: list[int], words: list[str | None] = WORDS) -> Column:
    return Column(list(words), np.array(index, dtype=np.int32))


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 3)] * n), min_size=1, max_size=30)))
def test_combined_columns_say_the_same(rows):
    columns = [column([row[place] for row in rows]) for place in range(len(rows[0]))]
    both = combine(columns)
    told = [both.words[number] for number in both.index]
    assert told == [tuple(WORDS[number] for number in row) for row in rows]
    assert [words_of(columns, int(key)) for key in keys_of(columns)] == told


def test_more_tuples_than_numbers_are_refused_not_mixed_up():
    many = [column([0], [str(number) for number in range(2**16)]) for _ in range(4)]
    assert keys_of(many[:3]).tolist() == [0]
    with pytest.raises(OverflowError, match="possible tuples of 4 columns"):
        keys_of(many)
