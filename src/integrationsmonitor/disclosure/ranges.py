"""Which numbers are possible. Comes in: the lines of a block. Goes out: the range of a cell, and the lines that say so.

Linear programmes, solved by HiGHS (scipy): the smallest and the largest number that fit all lines. Tables that do not
add up are taken as the attacker must take them: each line is widened by as little as makes all of them fit. Where few
whole numbers are left, they are tried one by one. Refuses a programme that the solver gives up on (MonitorError).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor.disclosure.model import Cell
from integrationsmonitor.disclosure.puzzle import Block, Line, Puzzle
from integrationsmonitor.errors import MonitorError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EPS = 1e-6
FEW = 4  # whole numbers that are tried one by one
_OPTIMAL, _INFEASIBLE, _UNBOUNDED, _EITHER = 0, 2, 3, 4


class Told(NamedTuple):
    """The range that lines leave a cell, the lines that bound it so, and whether they had to give way to each other."""

    low: float
    high: float
    lines: tuple[Line, ...]
    is_widened: bool


def tells(cell: Cell, low: float, high: float) -> bool:
    """Whether a range is as good as the number."""
    slack = EPS * max(1.0, abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 0.0
    if high - low <= float(cell.tells_within) + slack:
        return True
    return cell.whole and _whole_numbers(low, high) <= 1


def range_of(puzzle: Puzzle, column: int, lines: Sequence[Line]) -> Told:
    """The range of one column by the lines of its block."""
    columns = sorted({column, *(number for line in lines for number, _ in line.terms)})
    programme = _Programme(puzzle, Block(columns, lines))
    low, of_low, least = programme.extreme(column, 1)
    high, of_high, most = programme.extreme(column, -1)
    bounding = tuple(line for number, line in enumerate(lines) if programme.is_widened or number in of_low | of_high)
    cell = puzzle.columns[column]
    if not (least and most) and cell.whole and not tells(cell, low, high) and _whole_numbers(low, high) <= FEW:
        found = programme.whole_range(column)
        if found is not None and tells(cell, *found):
            return Told(*found, tuple(lines), programme.is_widened)
    return Told(low, high, bounding, programme.is_widened)


def _whole_numbers(low: float, high: float) -> float:
    if not (math.isfinite(low) and math.isfinite(high)):
        return math.inf
    slack = EPS * max(1.0, abs(low), abs(high))
    return math.floor(high + slack) - math.ceil(low - slack) + 1


class _Programme:
    """The linear programme of one block."""

    def __init__(self, puzzle: Puzzle, block: Block) -> None:
        import numpy as np

        self._place = {column: place for place, column in enumerate(block.columns)}
        self._matrix, self._lows, self._highs = matrix_of(block)
        self._lower, self._upper = bounds_of(puzzle, block.columns, math.inf)
        self._whole = np.array([puzzle.columns[column].whole for column in block.columns], dtype=bool)
        self.is_widened = False
        self._split()

    def extreme(self, column: int, sign: int) -> tuple[float, set[int], bool]:
        """The smallest (sign 1) or largest (−1) number of a column, the lines that bound it, whether all is whole."""
        import numpy as np

        goal = self._goal(column, sign)
        found = self._solve(goal)
        if found.status == _EITHER:
            found = self._solve(goal * 0)
            if found.status == _OPTIMAL:
                return -sign * math.inf, set(), False
        if found.status == _INFEASIBLE and not self.is_widened:
            self._widen()
            return self.extreme(column, sign)
        if found.status == _UNBOUNDED:
            return -sign * math.inf, set(), False
        if found.status != _OPTIMAL:
            raise MonitorError(f"confidentiality: the solver gave up on a linear programme: {found.message}")
        used = {int(line) for line, value in zip(self._used, found.ineqlin.marginals, strict=True) if abs(value) > 1e-9}
        is_whole = bool((np.abs(found.x - np.round(found.x))[self._whole] < EPS).all())
        return sign * float(found.fun), used, is_whole

    def whole_range(self, column: int) -> tuple[float, float] | None:
        """The range in whole numbers; None where the solver finds none."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        ends = []
        for sign in (1, -1):
            found = milp(
                self._goal(column, sign),
                integrality=self._whole.astype(int),
                bounds=Bounds(self._lower, self._upper),
                constraints=LinearConstraint(self._matrix, self._lows - EPS, self._highs + EPS),
                options={"node_limit": 10_000},
            )
            if found.status != _OPTIMAL:
                return None
            ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    def _goal(self, column: int, sign: int) -> Any:
        import numpy as np

        goal = np.zeros(len(self._place))
        goal[self._place[column]] = sign
        return goal

    def _split(self) -> None:
        """The lines as upper bounds only, each of `_used` the number of a line."""
        import numpy as np
        from scipy.sparse import vstack

        above, below = np.isfinite(self._highs), np.isfinite(self._lows)
        self._used = np.concatenate([np.flatnonzero(above), np.flatnonzero(below)])
        self._left = vstack([self._matrix[above], -self._matrix[below]])
        self._right = np.concatenate([self._highs[above], -self._lows[below]])

    def _solve(self, goal: Any) -> Any:
        import numpy as np
        from scipy.optimize import linprog

        bounds = np.column_stack([self._lower, self._upper])
        found = None
        for presolve in (True, False):  # its presolve takes some unbounded programmes for infeasible ones
            found = linprog(
                goal, A_ub=self._left, b_ub=self._right, bounds=bounds, method="highs", options={"presolve": presolve}
            )
            if found.status not in (_INFEASIBLE, _EITHER):
                break
        return found

    def _widen(self) -> None:
        """Give way by as little as makes all lines fit together."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import eye_array, hstack

        count, lines = len(self._place), self._matrix.shape[0]
        gives = eye_array(lines)
        found = milp(
            np.concatenate([np.zeros(count), np.ones(2 * lines)]),
            bounds=Bounds(
                np.concatenate([self._lower, np.zeros(2 * lines)]),
                np.concatenate([self._upper, np.full(2 * lines, np.inf)]),
            ),
            constraints=LinearConstraint(hstack([self._matrix, gives, -gives]).tocsr(), self._lows, self._highs),
        )
        if found.x is None:
            raise MonitorError(f"confidentiality: the solver gave up on a linear programme: {found.message}")
        up, down = found.x[count : count + lines], found.x[count + lines :]
        self._lows = self._lows - up - (up > 0) * EPS
        self._highs = self._highs + down + (down > 0) * EPS
        self.is_widened = True
        self._split()


def matrix_of(block: Block) -> tuple[csr_array, Any, Any]:
    """The lines of a block as a matrix, with their lower and upper ends."""
    import numpy as np
    from scipy.sparse import csr_array

    place = {column: number for number, column in enumerate(block.columns)}
    data, indices, starts = list[float](), list[int](), [0]
    for line in block.lines:
        data += [float(weight) for _, weight in line.terms]
        indices += [place[column] for column, _ in line.terms]
        starts.append(len(data))
    matrix = csr_array((data, indices, starts), shape=(len(block.lines), len(block.columns)))
    lows = np.array([-math.inf if line.low is None else float(line.low) for line in block.lines])
    highs = np.array([math.inf if line.high is None else float(line.high) for line in block.lines])
    return matrix, lows, highs


def bounds_of(puzzle: Puzzle, columns: Sequence[int], far: float) -> tuple[Any, Any]:
    """What is known of each column by itself; `far` stands for infinite."""
    import numpy as np

    cells = [puzzle.columns[column] for column in columns]
    lower = np.array([-far if cell.low is None else float(cell.low) for cell in cells])
    upper = np.array(
        [max(far, low) if cell.high is None else float(cell.high) for cell, low in zip(cells, lower, strict=True)]
    )
    return lower, upper
