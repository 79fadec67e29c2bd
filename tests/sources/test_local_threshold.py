"""The threshold: small counts are hidden, and all sums of the file together give no hidden one away."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from integrationsmonitor.sources.local_threshold import Sum, protect

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
    assert protect(counts, rules, 3) >= {0, 1, 2, 3}


def test_in_a_table_with_sums_both_ways_four_cells_protect_one():
    counts = [3, 20, 23, 30, 40, 70, 33, 60, 93]  # rows and columns of 2 × 2 with their totals
    rules = [Sum(2, (0, 1)), Sum(5, (3, 4)), Sum(8, (6, 7)), Sum(6, (0, 3)), Sum(7, (1, 4)), Sum(8, (2, 5))]
    assert protect(counts, rules, T) == {0, 1, 3, 4}


def test_what_the_sender_hid_is_protected_like_our_own():
    assert protect([103, None, 40, 63], [Sum(0, (1, 2, 3))], T, secret={1}) == {1, 2}


def test_a_sum_with_a_part_that_nobody_printed_tells_nothing():
    assert protect([103, 3, None, 60], [Sum(0, (1, 2, 3))], T) == {1}


def test_what_two_sums_tell_together_is_hidden_too():
    """Rows tell a + b and c + d, columns a + c and b + d; with another pair's sum, a − b follows, and so a."""
    counts = [3, 20, 23, 30, 40, 70, 33, 60, 93, 33, 60]  # 2 × 2 with totals, and Nord + Süd once more by halves
    rules = [Sum(2, (0, 1)), Sum(5, (3, 4)), Sum(8, (6, 7)), Sum(6, (0, 3)), Sum(7, (1, 4)), Sum(8, (2, 5))]
    rules += [Sum(9, (0, 3)), Sum(10, (1, 4))]
    hidden = protect(counts, rules, T)
    assert not told(counts, rules, hidden, T)
    assert {0, 1, 3, 4} <= hidden


def test_a_difference_of_two_totals_does_not_tell_a_small_count():
    """All less adults is youth; youth less girls is boys: neither sum holds two hidden counts alone."""
    counts = [100, 90, 10, 7, 3]
    rules = [Sum(0, (1, 2)), Sum(2, (3, 4))]
    hidden = protect(counts, rules, T)
    assert hidden == {3, 4}
    assert not told(counts, rules, hidden, T)


def test_what_stands_in_no_file_is_protected_and_protects_nothing():
    counts = [12, 11, 1]  # 12 persons, 11 of them women: the man is not printed
    assert protect(counts, [Sum(0, (1, 2))], T, unprinted={2}) == {1, 2}


def told(counts, rules, hidden, threshold, *, hide_zero: bool = False) -> set[int]:
    """By linear programmes of our own: the small counts with one possible value, for who knows they are small."""
    lowest = 0 if hide_zero else 1
    bounds = [
        (count, count) if place not in hidden
        else (lowest, threshold - 1) if lowest <= count < threshold
        else (lowest, None)
        for place, count in enumerate(counts)
    ]  # fmt: skip
    left = np.zeros((len(rules), len(counts)))
    for number, rule in enumerate(rules):
        left[number, rule.total] = -1
        left[number, list(rule.parts)] += 1
    found = set()
    for place in (place for place in hidden if lowest <= counts[place] < threshold):
        goal = np.zeros(len(counts))
        goal[place] = 1
        ends = [linprog(sign * goal, A_eq=left, b_eq=np.zeros(len(rules)), bounds=bounds) for sign in (1, -1)]
        if round(ends[0].fun) == round(-ends[1].fun):
            found.add(place)
    return found


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
@settings(max_examples=50, deadline=None)
def test_all_sums_together_let_no_hidden_count_be_computed(table, threshold, hide_zero):
    """Only what the small counts tell each other by being small is not told by who does not know that they are."""
    counts, rules = table
    hidden = protect(counts, rules, threshold, hide_zero=hide_zero)
    lowest = 0 if hide_zero else 1
    small = {place for place, count in enumerate(counts) if lowest <= count < threshold}
    everything = {place for place, count in enumerate(counts) if count >= lowest}
    assert small <= hidden <= everything
    by_themselves = told(counts, rules, everything, threshold, hide_zero=hide_zero)
    if not by_themselves:
        assert not told(counts, rules, hidden, threshold, hide_zero=hide_zero)
    elif hidden == small:
        assert all(len(_unseen(rule, hidden)) != 1 for rule in rules)


def _unseen(rule: Sum, hidden: set[int]) -> list[int]:
    return [place for place in (rule.total, *rule.parts) if place in hidden]


@given(tables(), st.integers(3, 8))
@settings(deadline=None)
def test_nothing_is_hidden_where_nothing_is_small(table, threshold):
    counts, rules = table
    counts = [count * threshold for count in counts]
    assert protect(counts, rules, threshold) == set()


@given(tables(), st.integers(3, 8), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_sums_are_given_does_not_matter(table, threshold, chance: random.Random):
    counts, rules = table
    shuffled = rules[:]
    chance.shuffle(shuffled)
    assert protect(counts, rules, threshold) == protect(counts, shuffled, threshold)
