"""Any table: after the protection the attacker finds nothing, harmless tables lose nothing, and nothing is cheaper."""

from __future__ import annotations

import random
import time
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_tables import Known, Said, Table, attack, attack_without_print

from integrationsmonitor.disclosure import (
    Cell,
    Form,
    Relation,
    Statement,
    System,
    audit,
    hidden,
    known,
    protect,
    ratio,
    unprinted,
)
from integrationsmonitor.errors import MonitorError


@st.composite
def tables(draw) -> Table:
    """Rows and columns with totals; some cells hidden, some rounded; sums, differences and shares of them as ours."""
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    numbers = {(r, c): draw(st.integers(0, 30)) for r, c in product(range(height), range(width))}
    numbers |= {(r, width): sum(numbers[r, c] for c in range(width)) for r in range(height)}
    numbers |= {(height, c): sum(numbers[r, c] for r in range(height)) for c in range(width + 1)}
    names = {at: f"c{at[0]}{at[1]}" for at in numbers}
    cells = {}
    for at, number in numbers.items():
        kind = draw(st.sampled_from(["hidden", "hidden", "printed", "printed", "printed", "rounded", "not printed"]))
        cells[names[at]] = {
            "hidden": Known(0, None, is_hidden=True, within=draw(st.sampled_from([0, 0, 4]))),
            "printed": Known(number, number),
            "rounded": Known(max(0, number - 2), number + 2),
            "not printed": Known(0, None),
        }[kind]
    rows = [[(r, c) for c in range(width + 1)] for r in range(height + 1)]
    rows += [[(r, c) for r in range(height + 1)] for c in range(width + 1)]
    relations = [Said({names[at]: 1 for at in row[:-1]} | {names[row[-1]]: -1}, 0, 0) for row in rows]
    value = {names[at]: number for at, number in numbers.items()}
    ours: dict[str, list[Said]] = {}
    for count in range(draw(st.integers(0, 5))):
        chosen = draw(st.lists(st.sampled_from(sorted(value)), min_size=1, max_size=3, unique=True))
        terms = {name: draw(st.sampled_from([1, 1, -1])) for name in chosen}
        number, give = sum(weight * value[name] for name, weight in terms.items()), draw(st.sampled_from([0, 0, 1]))
        ours[f"s{count}"] = [Said(terms, number - give, number + give)]
    weights = {name: draw(st.integers(1, 4)) for name in ours}
    return Table("any", cells, relations, ours, weights, [], [])


def _is_safe(table: Table, said: set[str], left: set[str]) -> bool:
    return attack(table, said) <= left and not attack_without_print(table, said) & left


@given(tables())
@settings(max_examples=40, deadline=None)
def test_after_the_protection_the_attacker_finds_nothing_and_no_cheaper_choice_is_safe(table: Table):
    left = attack(table, set())
    found = protect(*table.package())
    assert {finding.cell for finding in found.left_by_source} == left
    assert _is_safe(table, set(table.ours) - set(found.statements), left)
    cost = sum(table.weights[name] for name in found.statements)
    for count in range(len(table.ours) + 1):
        for choice in combinations(sorted(table.ours), count):
            if sum(table.weights[name] for name in choice) < cost:
                assert not _is_safe(table, set(table.ours) - set(choice), left), f"{choice} would have been enough"


@given(tables())
@settings(max_examples=8, deadline=None)
def test_what_is_said_when_the_effort_is_small_is_safe_too(table: Table):
    left = attack(table, set())
    found = protect(*table.package(), effort=0)
    assert _is_safe(table, set(table.ours) - set(found.statements), left)


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_the_order_in_which_things_are_given_does_not_matter(table: Table, chance: random.Random):
    def shuffled(items):
        items = list(items)
        chance.shuffle(items)
        return items

    system, ours = table.package()
    again = System(shuffled(system.cells.values()), shuffled(system.relations.values()))
    assert protect(system, ours) == protect(again, shuffled(ours))


@given(tables())
@settings(max_examples=8, deadline=None)
def test_where_nothing_is_hidden_everything_is_said(table: Table):
    cells = {name: cell._replace(is_hidden=False) for name, cell in table.cells.items()}
    assert protect(*table._replace(cells=cells).package()) == ((), (), True)


def test_of_two_equally_cheap_choices_the_earlier_name_is_withheld():
    system = System([hidden("A"), hidden("B")])
    ours = [Statement("b", (Form((("B", 1), ("A", 1)), 9, 9),)), Statement("a", (Form((("A", 1), ("B", -1)), 1, 1),))]
    assert protect(system, ours).statements == ("a",)


def test_tables_that_do_not_add_up_still_give_their_cells_away():
    """Men and women that make one person too many: whoever reads the total knows the hidden age group within one."""
    cells = [known("m", 60), known("w", 41), known("alle", 100), hidden("u18", tells_within=2), known("ue18", 80)]
    relations = [
        Relation("sex", Form((("alle", -1), ("m", 1), ("w", 1)))),
        Relation("age", Form((("alle", -1), ("u18", 1), ("ue18", 1)))),
    ]
    assert [finding.cell for finding in audit(System(cells, relations))] == ["u18"]


def test_a_chain_of_sums_that_contradict_each_other_is_solved_as_far_as_it_goes():
    cells = [hidden("A"), hidden("B"), unprinted("C")]
    relations = [Relation("one", Form((("A", 1), ("C", 1)), 10, 10)), Relation("two", Form((("C", 1),), 12, 12))]
    assert [finding.cell for finding in audit(System(cells, relations))] == ["A"]


def test_a_finding_says_which_cell_and_never_which_number():
    system = System(
        [known("alle", 4711), known("a", 4000), hidden("d")],
        [Relation("nat", Form((("alle", -1), ("a", 1), ("d", 1))))],
    )
    assert audit(system) == [("d", (), ("nat",))]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: System([known("A", 1), known("A", 2)]), "cell A: expected once, found twice"),
        (lambda: System([Cell("A", 3, 2)]), "cell A: expected a lower bound below"),
        (lambda: System([], [Relation("r", Form((("A", 1),)))]), "relation r: expected cells of the system, found A"),
        (lambda: protect(System([]), [Statement("s", (Form((("A", 1),)),))]), "statement s: expected cells"),
        (lambda: protect(System([]), [Statement("s", (), 0)]), "statement s: expected a weight above 0"),
    ],
)
def test_a_system_that_contradicts_itself_is_refused(make, message: str):
    with pytest.raises(MonitorError, match=message):
        make()


def test_a_table_of_a_hundred_thousand_cells_is_audited_in_a_few_seconds():
    """Sums of many rows, two hidden numbers in each, and ten rows with one, which our sum gives away."""
    chance = random.Random(1)
    cells, relations, ours = [], [], []
    alone = set()
    for month, kreis in product(range(50), range(22)):
        base = f"{month}.{kreis}"
        secret = set(chance.sample(range(90), 1 if kreis == 7 and month < 10 else 2))
        alone |= {f"{base}.{n}" for n in secret} if len(secret) == 1 else set()
        cells += [
            unprinted(base),
            *(hidden(f"{base}.{n}") if n in secret else known(f"{base}.{n}", n) for n in range(90)),
        ]
        relations.append(Relation(base, Form(((base, -1), *((f"{base}.{n}", 1) for n in range(90))))))
        ours.append(Statement(base, (Form(((base, 1),), 4005, 4005),)))
        ours.append(Statement(f"{base}.share", ratio(((f"{base}.1", 1),), ((base, 1),), None, 1)))
    started = time.perf_counter()
    found = audit(System(cells, relations), ours)
    assert time.perf_counter() - started < 10
    assert len(cells) > 100_000
    assert {finding.cell for finding in found} == alone
