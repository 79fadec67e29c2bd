"""Planted tables: what must be withheld, and what may not."""

from __future__ import annotations

import pytest
from planted_tables import Table, attack, attack_without_print, planted

from integrationsmonitor.disclosure import audit, protect

PLANTED, HARMLESS = planted("planted.yml"), planted("harmless.yml")


def test_there_are_at_least_thirty_of_each():
    assert len(PLANTED) >= 30
    assert len(HARMLESS) >= 30
    assert all(table.withhold for table in PLANTED)
    assert not any(table.withhold for table in HARMLESS)


@pytest.mark.parametrize("table", PLANTED, ids=lambda table: table.title)
def test_exactly_what_would_tell_a_hidden_cell_is_withheld(table: Table):
    everything, rest = set(table.ours), set(table.ours) - set(table.withhold)
    left = set(table.left)
    assert attack(table, set()) == left, "what the source itself leaves derivable"
    assert (attack(table, everything) - left) | attack_without_print(table, everything), "an attacker finds something"
    found = protect(*table.package())
    assert list(found.statements) == sorted(table.withhold)
    assert found.is_optimal
    assert {finding.cell for finding in found.left_by_source} == left
    assert attack(table, rest) == left
    assert not attack_without_print(table, rest)


@pytest.mark.parametrize("table", HARMLESS, ids=lambda table: table.title)
def test_what_tells_no_hidden_cell_is_said(table: Table):
    assert attack(table, set(table.ours)) == set(table.left)
    found = protect(*table.package())
    assert found.statements == ()
    assert [finding.cell for finding in found.left_by_source] == table.left
    system, _ = table.package()
    assert [finding.cell for finding in audit(system)] == table.left


@pytest.mark.parametrize("table", PLANTED, ids=lambda table: table.title)
def test_each_withheld_statement_says_which_cell_it_would_tell_with_what(table: Table):
    """Said after all, together with what is named beside it, it tells the cell; without it, it is not told."""
    for item in protect(*table.package()).withheld:
        others = set(item.others)
        assert item.statement not in others
        only = table._replace(
            relations=[relation for number, relation in enumerate(table.relations) if f"r{number}" in item.relations]
        )
        told = attack(only, others | {item.statement}) | attack_without_print(only, others | {item.statement})
        assert item.cell in told
        assert item.cell in table.left or item.cell not in attack(table, others)
