"""The audit: which hidden cells can be derived, and from what.

Comes in: a system and statements. Goes out: one finding per hidden cell that is derivable, with the fewest statements
and relations that do it; never the number. First by rank (rank.py), then by ranges (ranges.py). Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from integrationsmonitor.disclosure import rank
from integrationsmonitor.disclosure.looks import undecided
from integrationsmonitor.disclosure.model import Cell, Statement, System
from integrationsmonitor.disclosure.puzzle import Block, Line, Puzzle, blocks, of_ours_alone, of_print
from integrationsmonitor.disclosure.ranges import range_of, tells


class Finding(NamedTuple):
    """A hidden cell that is derivable: from the source's print alone where `statements` is empty, else with ours."""

    cell: str
    statements: tuple[str, ...]
    relations: tuple[str, ...]


def audit(system: System, statements: Iterable[Statement] = ()) -> list[Finding]:
    """The hidden cells that can be derived from the print and from what we say, by cell.

    A cell that the print alone gives away is one finding without statements, and a second one where our statements
    alone give it away, too.
    """
    ours = system.checked(statements)
    everything = of_print(system, ours)
    by_print = derivable(everything, ())
    found = findings(everything, by_print)
    if ours:
        found += findings(everything, derivable(everything, ours, everything.targets.difference(by_print)))
    if ours and by_print:
        alone, targets = ours_alone(system, ours, [everything.columns[column].id for column in by_print])
        found += findings(alone, derivable(alone, ours, targets))
    return sorted(found)


def ours_alone(system: System, ours: Mapping[str, Statement], cells: Collection[str]) -> tuple[Puzzle, set[int]]:
    """The puzzle of who reads only us, and the columns of these cells in it."""
    puzzle = of_ours_alone(system, ours)
    return puzzle, {column for column in puzzle.targets if puzzle.columns[column].id in set(cells)}


def derivable(puzzle: Puzzle, ours: Collection[str], asked: Collection[int] | None = None) -> dict[int, Block]:
    """The columns among those asked for that relations and these statements tell, each with its block."""
    targets = puzzle.targets if asked is None else puzzle.targets.intersection(asked)
    parts = [block for block in blocks(puzzle.said(ours)) if targets.intersection(block.columns)]
    found = {column for column in targets if _is_told_by_itself(puzzle.columns[column])}
    for block in parts:
        found |= targets & rank.determined(block.lines)
    place = {column: block for block in parts for column in block.columns}
    for column in undecided(puzzle, parts, targets - found):
        told = range_of(puzzle, column, place[column].lines)
        if tells(puzzle.columns[column], told.low, told.high):
            found.add(column)
    return {column: place.get(column, Block([column], [])) for column in sorted(found)}


def findings(puzzle: Puzzle, told: Mapping[int, Block]) -> list[Finding]:
    """What tells each of the derivable columns."""
    return [finding for column, block in told.items() if (finding := of_column(puzzle, column, block))]


def of_column(puzzle: Puzzle, column: int, block: Block) -> Finding | None:
    """A smallest set of statements and relations of a block that tells one column; None where the block does not."""
    lines = _fewer(puzzle, column, block.lines, relations=True)
    if lines is None:
        return None
    said = {line.origin for line in lines if line.is_ours}
    used = {line.origin for line in lines if not line.is_ours}
    return Finding(puzzle.columns[column].id, tuple(sorted(said)), tuple(sorted(used)))


def statements_of(puzzle: Puzzle, column: int, block: Block) -> frozenset[str] | None:
    """A smallest set of statements that tells one column with all relations; None where the block does not."""
    lines = _fewer(puzzle, column, block.lines, relations=False)
    return None if lines is None else frozenset(line.origin for line in lines if line.is_ours)


def around(lines: Sequence[Line], column: int) -> Block:
    """The block that a column stands in; one without lines where none speaks of it."""
    return next((block for block in blocks(lines) if column in block.columns), Block([column], []))


def _fewer(puzzle: Puzzle, column: int, lines: Sequence[Line], *, relations: bool) -> Sequence[Line] | None:
    """The lines that are left when one origin after the other is left out, as long as the rest tells the column."""
    found = _telling(puzzle, column, lines)
    if found is None:
        return None
    lines = found
    for is_relation, origin in sorted({(not line.is_ours, line.origin) for line in lines}):
        if is_relation and not relations:
            break
        rest = [line for line in lines if (not line.is_ours, line.origin) != (is_relation, origin)]
        if len(rest) < len(lines) and (found := _telling(puzzle, column, rest)) is not None:
            lines = found
    return lines


def _telling(puzzle: Puzzle, column: int, lines: Sequence[Line]) -> Sequence[Line] | None:
    """The lines that bound a column so closely that they tell it; None where it is not told."""
    told = range_of(puzzle, column, lines)
    if tells(puzzle.columns[column], told.low, told.high):
        return told.lines
    if told.is_widened and column in rank.determined(lines):
        return lines
    return None


def _is_told_by_itself(cell: Cell) -> bool:
    if cell.low is None or cell.high is None:
        return False
    return tells(cell, float(cell.low), float(cell.high))
