"""A few looks. Comes in: the parts of a puzzle. Goes out: the cells that might be told, since no look showed otherwise.

Two possible solutions that differ in a cell prove that it is not told; most cells are cleared so, many at a time, and
only the others need programmes of their own (ranges.py). The looks are the same ones every time. Refuses nothing.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any

from integrationsmonitor.disclosure.puzzle import Block, Puzzle
from integrationsmonitor.disclosure.ranges import EPS, FEW, bounds_of, matrix_of

_LOOKS = 12


def undecided(puzzle: Puzzle, parts: Sequence[Block], asked: Collection[int]) -> set[int]:
    """The asked columns of which a few looks at possible solutions do not show that they vary."""
    asked = set(asked)
    waiting = [[block for block in parts if asked.intersection(block.columns)]]
    left: set[int] = set()
    while waiting:
        group = waiting.pop()
        own = asked.intersection(column for block in group for column in block.columns)
        if not own:
            continue
        still = _still(puzzle, group, own)
        if still is not None:
            left |= still
        elif len(group) == 1:
            left |= own
        else:
            middle = len(group) // 2
            waiting += [group[:middle], group[middle:]]
    return left


def _still(puzzle: Puzzle, group: Sequence[Block], asked: Collection[int]) -> set[int] | None:
    """The asked columns that do not vary in a few solutions, looked for where they might; None without a solution."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    block = Block(
        [column for part in group for column in part.columns], [line for part in group for line in part.lines]
    )
    part_of: Any = np.repeat(np.arange(len(group)), [len(part.columns) for part in group])
    cells = [puzzle.columns[column] for column in block.columns]
    is_whole = np.array([cell.whole for cell in cells])
    within = np.array([float(cell.tells_within) for cell in cells])
    matrix, lows, highs = matrix_of(block)
    known = np.concatenate([lows[np.isfinite(lows)], highs[np.isfinite(highs)], [0.0]])
    lower, upper = bounds_of(puzzle, block.columns, 1000.0 + 4 * float(np.abs(known).max()))
    chance = random.Random(0)  # noqa: S311 - directions to look in, the same ones every time
    still = np.isin(block.columns, sorted(asked))
    anywhere, in_whole_numbers = _Seen(len(cells)), _Seen(len(cells))
    for _ in range(_LOOKS):
        goal = np.where(still, [chance.uniform(-1, 1) for _ in cells], 0.0)
        found = milp(goal, bounds=Bounds(lower, upper), constraints=LinearConstraint(matrix, lows, highs))
        if found.x is None:
            return None
        broken = np.unique(part_of[is_whole & (np.abs(found.x - np.round(found.x)) > EPS)])
        anywhere.add(found.x, np.full(len(cells), fill_value=True))
        in_whole_numbers.add(found.x, ~np.isin(part_of, broken))
        slack = EPS * np.maximum(1.0, np.abs(found.x))
        varies = anywhere.spread() > within + np.where(is_whole, FEW, 0) + slack
        varies |= in_whole_numbers.spread() > np.maximum(within, np.where(is_whole, 0.5, 0)) + slack
        still &= ~varies
        if not still.any():
            break
    return {column for column, is_still in zip(block.columns, still.tolist(), strict=True) if is_still}


class _Seen:
    """The smallest and the largest number that was seen of each column."""

    def __init__(self, size: int) -> None:
        import numpy as np

        self._least, self._most = np.full(size, np.inf), np.full(size, -np.inf)

    def add(self, numbers: Any, where: Any) -> None:
        import numpy as np

        self._least = np.where(where, np.minimum(self._least, numbers), self._least)
        self._most = np.where(where, np.maximum(self._most, numbers), self._most)

    def spread(self) -> Any:
        return self._most - self._least
