"""Room to vary. Comes in: a cell that is told. Goes out: cheap statements to withhold, so that it can be otherwise.

One linear programme for each direction: the cell is another number, the print holds, our statements give way by as
little as possible, weighted by what they cost. Those that give way are withheld. Cheap, not the cheapest: that is for
protect.py to say. Refuses nothing: where there is no way, nothing is named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from integrationsmonitor.disclosure.puzzle import Block, Line, Puzzle
from integrationsmonitor.disclosure.ranges import EPS, bounds_of, matrix_of, range_of


def cheapest_move(puzzle: Puzzle, column: int, lines: Sequence[Line], weights: Mapping[str, int]) -> set[str]:
    """Statements without which a told column can be another number; by how much they give way is what is kept small."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack

    told = range_of(puzzle, column, lines)
    columns = sorted({column, *(number for line in lines for number, _ in line.terms)})
    matrix, lows, highs = matrix_of(Block(columns, lines))
    ours = [number for number, line in enumerate(lines) if line.is_ours]
    count, gives = len(columns), len(ours)
    give = csr_array((np.ones(gives), (ours, range(gives))), shape=(len(lines), gives))
    cost = np.array([float(weights[lines[number].origin]) for number in ours])
    cell = puzzle.columns[column]
    step = max(float(cell.tells_within) + 1e-3, 1.0 if cell.whole else 0.0)
    best: tuple[float, set[str]] = (math.inf, set())
    for sign in (1, -1):
        lower, upper = bounds_of(puzzle, columns, math.inf)
        place = columns.index(column)
        if sign == 1:
            lower[place] = told.low + step
        else:
            upper[place] = told.high - step
        if lower[place] > upper[place]:
            continue
        found = milp(
            np.concatenate([np.zeros(count), cost, cost]),
            bounds=Bounds(
                np.concatenate([lower, np.zeros(2 * gives)]), np.concatenate([upper, np.full(2 * gives, np.inf)])
            ),
            constraints=LinearConstraint(hstack([matrix, give, -give]).tocsr(), lows - EPS, highs + EPS),
        )
        if found.x is not None:
            moved = found.x[count : count + gives] + found.x[count + gives :]
            names = {lines[number].origin for number, by in zip(ours, moved, strict=True) if by > EPS * 10}
            best = min(best, (float(sum(weights[name] for name in names)), names), key=lambda found: found[0])
    return best[1]
