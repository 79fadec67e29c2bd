"""An attacker with the released file: no hidden cell comes out of our values that the print alone does not tell.

He knows that men and women, Germans and foreigners, and the Kreise of a day make up their totals, that a rounded figure
stands for an interval, and everything that is published: observations, numerators and denominators with the parts they
are made of, on every territory. Of our numbers he knows what mart_indicator says; the parts only tell him how far the
source's rounding reaches. He asks a linear program how small and how large each hidden cell can be. No code of the
project is used.
"""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from night_support import Night

Terms = dict[int, float]
HIDDEN = ("secret", "unknown_or_secret")
MANY = 1e7  # more than any number can be
ALMOST = 1e-4  # what a linear program may be off by; numbers are whole, or halves where they are rounded


@dataclass
class Knowledge:
    """Cells with their bounds, and weighted sums of them between two bounds."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    by_id: dict[str, int] = field(default_factory=dict)
    printed: list[tuple[Terms, float, float]] = field(default_factory=list)
    ours: list[tuple[Terms, float, float]] = field(default_factory=list)


@pytest.fixture(scope="module")
def known(recorded_home: Night) -> Knowledge:
    return read(recorded_home.warehouse)


def read(warehouse: Path) -> Knowledge:
    """All that the released file says."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        cells = con.execute(
            "select * from fct_observation semi join (select distinct dataset_id, period_end from fct_observation "
            f"where status in {HIDDEN}) using (dataset_id, period_end) order by observation_id"
        )
        names = [column[0] for column in cells.description]
        rows = [dict(zip(names, row, strict=True)) for row in cells.fetchall()]
        # a value made of two others says no more than these two, which stand in the file themselves
        parts = con.execute(
            "select value_id, role, case role when 'numerator' then numerator else denominator end as number, "
            "observation_id, weight, observation.value - observation.value_low, "
            "observation.value_high - observation.value from mart_provenance "
            "join mart_indicator using (value_id) join fct_observation as observation using (observation_id) "
            "join dim_indicator_variant using (indicator_id, variant) "
            "where number is not null and of_indicator_id is null"
        ).fetchall()
    found = Knowledge()
    for row in rows:
        found.by_id[row["observation_id"]] = len(found.low)
        if row["status"] in HIDDEN:
            found.hidden.add(len(found.low))
        found.low.append(float(row["value_low"] or 0))
        found.high.append(MANY if row["value_high"] is None else float(row["value_high"]))
    found.printed = list(additivities(found, rows))
    values: dict[tuple[str, str, Any], list[tuple[Any, ...]]] = defaultdict(list)
    for value_id, role, number, *part in parts:
        values[value_id, role, number].append(tuple(part))
    for (*_, number), members in values.items():
        if any(observation in found.by_id for observation, *_ in members):
            assert all(observation in found.by_id for observation, *_ in members), "a sum lies in one table"
            terms = {found.by_id[observation]: float(weight) for observation, weight, *_ in members}
            below = sum(weight * (reach or 0) for _, weight, reach, _ in members)
            above = sum(weight * (reach or 0) for _, weight, _, reach in members)
            found.ours.append((terms, float(number - below), float(number + above)))
    return found


def additivities(known: Knowledge, rows: list[dict[str, Any]]) -> Any:
    """Total less parts is nothing, wherever all of them stand in the table."""
    axes = {
        "sex": ("insgesamt", {"maennlich", "weiblich"}),
        "nationality": ("insgesamt", {"deutsch", "auslaendisch"}),
    }
    key = ["dataset_id", "measure", "region_key", "period_type", "period_start", "period_end", "sex", "nationality"]
    key += ["citizenship_key", "age_group", "dimensions", "unit", "basis", "place"]
    groups: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row["unit"] != "Anzahl" or row["status"] == "not_existing":
            continue
        cell = known.by_id[row["observation_id"]]
        for axis in axes:
            groups[axis, *(row[name] for name in key if name != axis)][row[axis]] = cell
        if row["region_key"].startswith("16"):
            groups["region_key", *(row[name] for name in key if name != "region_key")][row["region_key"]] = cell
    for (axis, *rest), members in groups.items():
        if axis == "region_key":
            day = rest[key.index("period_end") - 1]
            total, wanted = "16", 23 if day.isoformat() <= "2021-06-30" else 22
            parts = members.keys() - {total}
            complete = len(parts) == wanted
        else:
            total, parts = axes[axis]
            complete = parts <= members.keys()
        if total in members and complete:
            terms = {members[total]: 1.0} | {members[part]: -1.0 for part in parts}
            fits = [sum(w * (known.low if w > 0 else known.high)[c] for c, w in terms.items()),
                    sum(w * (known.high if w > 0 else known.low)[c] for c, w in terms.items())]  # fmt: skip
            if fits[0] <= 0 <= fits[1]:  # what the source itself does not add up tells nothing
                yield terms, 0.0, 0.0


def told(known: Knowledge, lines: list[tuple[Terms, float, float]]) -> set[int]:
    """The hidden cells of which only one whole number is possible."""
    above: dict[int, int] = {}

    def top(cell: int) -> int:
        while above.get(cell, cell) != cell:
            cell = above[cell]
        return cell

    open_lines = [line for line in lines if any(known.low[c] < known.high[c] for c in line[0])]
    for terms, _, _ in open_lines:
        first, *others = (cell for cell in terms if known.low[cell] < known.high[cell])
        for other in others:
            above[top(other)] = top(first)
    blocks: dict[int, list[tuple[Terms, float, float]]] = defaultdict(list)
    for line in open_lines:
        blocks[top(next(cell for cell in line[0] if known.low[cell] < known.high[cell]))].append(line)
    found: set[int] = set()
    for block in blocks.values():
        found |= told_in_block(known, block)
    return found


def inequalities(cells: list[int], lines: list[tuple[Terms, float, float]], slack: float) -> tuple[Any, list[float]]:
    """Every line twice: not above its upper bound, not below its lower one."""
    place = {cell: number for number, cell in enumerate(cells)}
    entries = [(row, place[cell], weight) for row, (terms, _, _) in enumerate(lines) for cell, weight in terms.items()]
    rows, columns, weights = zip(*entries, strict=True)
    matrix = csr_array((weights, (rows, columns)), shape=(len(lines), len(cells)))
    return vstack([matrix, -matrix]), [high + slack for *_, high in lines] + [-low + slack for _, low, _ in lines]


def told_in_block(known: Knowledge, lines: list[tuple[Terms, float, float]]) -> set[int]:
    cells = sorted({cell for terms, _, _ in lines for cell in terms})
    bounds = [(known.low[c], known.high[c]) for c in cells]
    both, limits = inequalities(cells, lines, 0)
    # what contradicts itself at the source tells nothing: the lines that must give way are left out
    slack = linprog(
        numpy.concatenate([numpy.zeros(len(cells)), numpy.ones(len(limits))]),
        A_ub=hstack([both, -eye_array(len(limits))]),
        b_ub=limits,
        bounds=[*bounds, *[(0, None)] * len(limits)],
        method="highs",
    ).x[len(cells) :]
    kept = [line for n, line in enumerate(lines) if max(slack[n], slack[n + len(lines)]) < ALMOST / 10]
    both, limits = inequalities(cells, kept, ALMOST)
    place = {cell: number for number, cell in enumerate(cells)}

    def solve(costs: Any) -> Any:
        result = linprog(costs, A_ub=both, b_ub=limits, bounds=bounds, method="highs")
        assert result.status == 0, result.message
        return result.x

    asked = sorted(place[cell] for cell in known.hidden.intersection(cells))
    points, dice = [], random.Random(1)
    for _ in range(6):  # whatever differs between two possible worlds is not told
        costs = numpy.array([dice.uniform(0.1, 1) for _ in cells])
        points += [solve(costs), solve(-costs)]
    seen = numpy.array(points)
    spread = seen.max(axis=0) - seen.min(axis=0)
    found = set()
    for column in asked:
        if spread[column] >= 1:
            continue
        costs = numpy.zeros(len(cells))
        costs[column] = 1
        smallest, largest = solve(costs), solve(-costs)
        if numpy.floor(largest[column] + ALMOST * 100) <= numpy.ceil(smallest[column] - ALMOST * 100):
            found.add(cells[column])
    return found


@pytest.mark.slow
def test_he_learns_nothing_from_us_that_the_source_does_not_tell(known: Knowledge) -> None:
    assert len(known.hidden) > 5_000
    assert len(known.printed) > 1_000
    assert len(known.ours) > 500
    by_print = told(known, known.printed)
    assert told(known, known.printed + known.ours) == by_print


def test_no_value_of_ours_is_made_of_a_hidden_cell(known: Knowledge) -> None:
    assert [terms for terms, _, _ in known.ours if known.hidden.intersection(terms)] == []


@pytest.fixture(scope="module")
def leaking(recorded_home: Night, tmp_path_factory: pytest.TempPathFactory) -> tuple[Knowledge, int]:
    """The source hides two Kreise, lest one be told by the Land; our values of both are left standing."""
    warehouse = tmp_path_factory.mktemp("leaking") / "warehouse.duckdb"
    shutil.copy(recorded_home.warehouse, warehouse)
    warehouse.chmod(0o644)
    with duckdb.connect(str(warehouse)) as con:
        ((observation,),) = con.execute(
            "select observation_id from mart_provenance join mart_indicator using (value_id) where role = 'numerator' "
            "and indicator_id = 'E02' and variant = 'arbeitsort' and mart_indicator.region_key = '16070' "
            "and territory = 'as_published' and mart_indicator.period_end = '2018-06-30'"
        ).fetchall()
        con.execute(
            "update fct_observation set value = null, value_low = null, value_high = null, status = 'secret' where "
            "(dataset_id, period_end) = (select (dataset_id, period_end) from fct_observation "
            f"where observation_id = '{observation}') and region_key in ('16070', '16051')"
        )
    found = read(warehouse)
    return found, found.by_id[observation]


def test_he_learns_a_figure_from_each_value_that_should_have_been_withheld(leaking: tuple[Knowledge, int]) -> None:
    known, cell = leaking
    of_cell = [line for line in known.ours if known.hidden.intersection(line[0]) == {cell}]
    assert len(of_cell) > 4, "as published and on other territories, by itself and in a share"
    assert [told_in_block(known, [line]) for line in of_cell] == [{cell}] * len(of_cell)


def test_what_the_print_keeps_he_learns_with_us(leaking: tuple[Knowledge, int]) -> None:
    known, cell = leaking
    planted = {other for terms, *_ in known.printed if cell in terms for other in known.hidden.intersection(terms)}
    about, ours = ([line for line in lines if planted & line[0].keys()] for lines in (known.printed, known.ours))
    assert told(known, about) == set()
    assert cell in told(known, about + ours)


def test_he_would_find_what_is_planted(known: Knowledge) -> None:
    """The program sees: with one more statement about two hidden cells of one sum it tells both."""
    terms = next(terms for terms, _, _ in known.printed if len(known.hidden.intersection(terms)) == 2)
    one, two = known.hidden.intersection(terms)
    rest = sum(weight * known.low[cell] for cell, weight in terms.items() if cell not in (one, two))
    half = -rest / (2 * terms[one]) if terms[one] == terms[two] else 7.0
    planted = ({one: 1.0, two: -1.0}, 0.0, 0.0) if terms[one] == terms[two] else ({one: 1.0}, half, half)
    assert {one, two} & told_in_block(
        known, [line for line in known.printed if {one, two} & line[0].keys()] + [planted]
    )
