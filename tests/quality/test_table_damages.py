"""Every damage of the registry is caught by the expectation that is meant for it; a sound candidate by none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sample_candidate
from table_damage_runner import Bench, bench, problem_of
from table_damages import DAMAGES


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("damages")
    with bench(sample_candidate.build(folder / "sample.duckdb"), folder) as tried:
        yield tried


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda name: name.replace(" ", "_"))
def test_a_damage_is_caught_by_what_is_meant_for_it(damage: str, sample: Bench) -> None:
    assert problem_of(DAMAGES[damage], sample.execute(DAMAGES[damage])) == ""


def test_nothing_is_found_on_the_sound_candidate(sample: Bench) -> None:
    """After all damages, too: each was rolled back."""
    found = {
        name: [vars(outcome) for outcome in sample.look(name).outcomes if not outcome.success] for name in sample.suites
    }
    assert {name: outcomes for name, outcomes in found.items() if outcomes} == {}


def test_every_suite_catches_a_damage(sample: Bench) -> None:
    assert {damage.suite for damage in DAMAGES.values()} == set(sample.suites)
    assert {damage.table for damage in DAMAGES.values()} == set(sample_candidate.TABLES)
