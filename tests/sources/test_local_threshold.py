"""The threshold: small counts are hidden, and no sum of the file gives a hidden one away."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.sources.local_threshold import Sum, protect, tells

T = 5


def test_counts_from_one_to_below_the_threshold_are_hidden_and_zero_is_not():
    assert protect([0, 1, 4, 5, 10], [], T) == {1, 2}
    assert protect([0, 1, 4, 5, 10], [], T, hide_zero=True) == {0, 1, 2}


def test_the_smallest_other_count_hides_the_one_that_a_total_would_tell():
    counts = [103, 3, 40, 60]
    assert protect(counts, [Sum(0, (1, 2, 3))], T) == {1, 2}


def test_a_zero_does_not_protect_and_stays():
    assert protect([103, 3, 0, 100], [Sum(0, (1, 2, 3))], T) == {1, 3}


def test_a_part_that_is_all_of_its_total_hides_the_total_with_it():
    assert protect([3, 3, 0], [Sum(0, (1, 2))], T) == {0, 1}


def test_two_that_can_only_be_one_each_need_a_third():
    assert protect([62, 1, 1, 60], [Sum(0, (1, 2, 3))], T) == {1, 2, 3}


def test_two_that_can_only_be_as_large_as_can_be_need_a_third():
    assert protect([68, 4, 4, 60], [Sum(0, (1, 2, 3))], T) == {1, 2, 3}


def test_two_with_more_than_one_possibility_are_enough():
    assert protect([63, 1, 2, 60], [Sum(0, (1, 2, 3))], T) == {1, 2}


def test_a_hidden_total_that_leaves_its_parts_no_choice_needs_another():
    # of a hidden total below 3 and two hidden parts everybody knows 2 = 1 + 1; with the 90 hidden, too, nobody does
    counts = [2, 1, 1, 90, 92]
    rules = [Sum(0, (1, 2)), Sum(4, (0, 3))]
    assert tells(rules[0], counts, {0, 1, 2}, 3)
    assert protect(counts, rules, 3) >= {0, 1, 2, 3}


def test_in_a_table_with_sums_both_ways_four_cells_protect_one():
    counts = [3, 20, 23, 30, 40, 70, 33, 60, 93]  # rows and columns of 2 × 2 with their totals
    rules = [Sum(2, (0, 1)), Sum(5, (3, 4)), Sum(8, (6, 7)), Sum(6, (0, 3)), Sum(7, (1, 4)), Sum(8, (2, 5))]
    assert protect(counts, rules, T) == {0, 1, 3, 4}


def test_what_the_sender_hid_is_protected_like_our_own():
    assert protect([103, None, 40, 63], [Sum(0, (1, 2, 3))], T, secret={1}) == {1, 2}


def test_a_sum_with_a_part_that_nobody_printed_tells_nothing():
    assert protect([103, 3, None, 60], [Sum(0, (1, 2, 3))], T) == {1}


SIZES = st.integers(0, 12)


@st.composite
def tables(draw) -> tuple[list[int], list[Sum]]:
    """A table of rows and columns with their totals, as one list of counts."""
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    inner = [[draw(SIZES) for _ in range(width)] for _ in range(height)]
    full = [[*row, sum(row)] for row in inner]
    full.append([sum(column) for column in zip(*full, strict=True)])
    at = {(r, c): r * (width + 1) + c for r, c in product(range(height + 1), range(width + 1))}
    rules = [Sum(at[r, width], tuple(at[r, c] for c in range(width))) for r in range(height + 1)]
    rules += [Sum(at[height, c], tuple(at[r, c] for r in range(height))) for c in range(width + 1)]
    return [count for row in full for count in row], rules


@given(tables(), st.integers(3, 8), st.booleans())
def test_no_sum_lets_a_hidden_count_be_computed(table, threshold, hide_zero):
    """Where anything is left to hide: the only table that cannot be protected is one that holds nothing else."""
    counts, rules = table
    hidden = protect(counts, rules, threshold, hide_zero=hide_zero)
    lowest = 0 if hide_zero else 1
    assert all(place in hidden for place, count in enumerate(counts) if lowest <= count < threshold)
    for rule in rules:
        if not tells(rule, counts, hidden, threshold, hide_zero=hide_zero):
            continue
        left = [place for place in (rule.total, *rule.parts) if place not in hidden and counts[place] >= lowest]
        assert left == [], "something was left that would have protected it"


@given(tables(), st.integers(3, 8))
def test_no_hidden_count_has_only_one_possible_value_in_any_sum(table, threshold):
    """By counting the possibilities themselves, for sums in which all hidden ones are small."""
    counts, rules = table
    hidden = protect(counts, rules, threshold)
    for rule in rules:
        unseen = [place for place in (rule.total, *rule.parts) if place in hidden]
        seen = [place for place in (rule.total, *rule.parts) if place not in hidden and counts[place] > 0]
        if not seen or len(unseen) > 5 or any(counts[place] >= threshold for place in unseen):
            continue
        fitting = [
            found
            for found in product(range(1, threshold), repeat=len(unseen))
            if _holds(rule, {**dict(enumerate(counts)), **dict(zip(unseen, found, strict=True))})
        ]
        assert len(fitting) != 1 or not unseen


def _holds(rule: Sum, counts: dict[int, int]) -> bool:
    return counts[rule.total] == sum(counts[place] for place in rule.parts)


@given(tables(), st.integers(3, 8))
def test_nothing_is_hidden_where_nothing_is_small(table, threshold):
    counts, rules = table
    counts = [count * threshold for count in counts]
    assert protect(counts, rules, threshold) == set()


@given(tables(), st.integers(3, 8), st.randoms(use_true_random=False))
def test_the_order_in_which_sums_are_given_does_not_matter(table, threshold, chance: random.Random):
    counts, rules = table
    shuffled = rules[:]
    chance.shuffle(shuffled)
    assert protect(counts, rules, threshold) == protect(counts, shuffled, threshold)
