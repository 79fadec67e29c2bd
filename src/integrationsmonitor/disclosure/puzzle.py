"""The attacker's puzzle: what is not known, and the lines that speak of it.

Comes in: a system and statements. Goes out: unknown cells as columns, and one line per form, with all that is known
moved to its bounds; and the parts that have nothing to do with each other. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from integrationsmonitor.disclosure.model import Cell, Exact, Form, Statement, System


class Line(NamedTuple):
    """low ≤ Σ weight · column ≤ high, said by a relation or, where `is_ours`, by a statement."""

    terms: tuple[tuple[int, Exact], ...]
    low: Exact | None
    high: Exact | None
    origin: str
    is_ours: bool

    @property
    def is_exact(self) -> bool:
        """Whether it is an equation."""
        return self.low is not None and self.low == self.high


class Puzzle(NamedTuple):
    """Unknown cells, the lines among them, and the columns that nobody may solve."""

    columns: Sequence[Cell]
    lines: Sequence[Line]
    targets: frozenset[int]

    def said(self, ours: Collection[str]) -> list[Line]:
        """The lines of the relations and of these statements."""
        return [line for line in self.lines if not line.is_ours or line.origin in ours]


class Block(NamedTuple):
    """A part of a puzzle that no line connects with another."""

    columns: Sequence[int]
    lines: Sequence[Line]


def of_print(system: System, statements: Mapping[str, Statement]) -> Puzzle:
    """The puzzle of who reads the source and us."""
    return _puzzle(system, statements)


def of_ours_alone(system: System, statements: Mapping[str, Statement]) -> Puzzle:
    """The puzzle of who reads only us: the source's print is not known, and what we repeat of it does not count."""
    blank = [
        cell if cell.is_hidden else replace(cell, low=None if cell.low is None or cell.low < 0 else 0, high=None)
        for cell in system.cells.values()
    ]
    made = {
        name: replace(statement, forms=tuple(form for form in statement.forms if not _repeats(form, system)))
        for name, statement in statements.items()
    }
    return _puzzle(System(blank, system.relations.values()), made)


def blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """The parts of a puzzle, in the order of their first columns."""
    parent: dict[int, int] = {}

    def root(column: int) -> int:
        parent.setdefault(column, column)
        while parent[column] != column:
            parent[column] = column = parent[parent[column]]
        return column

    for line in lines:
        first = root(line.terms[0][0])
        for column, _ in line.terms[1:]:
            parent[root(column)] = first
    columns: dict[int, list[int]] = {}
    for column in sorted(parent):
        columns.setdefault(root(column), []).append(column)
    own: dict[int, list[Line]] = {key: [] for key in columns}
    for line in lines:
        own[root(line.terms[0][0])].append(line)
    return (Block(columns[key], own[key]) for key in columns)


def _repeats(form: Form, system: System) -> bool:
    """Whether a form tells no more than one printed cell."""
    return len(form.terms) == 1 and not system.cells[form.terms[0][0]].is_hidden


def _puzzle(system: System, statements: Mapping[str, Statement]) -> Puzzle:
    columns = [cell for cell in system.cells.values() if not cell.is_exact]
    place = {cell.id: number for number, cell in enumerate(columns)}
    told = [(relation.id, False, relation.form) for relation in system.relations.values()]
    told += [(statement.id, True, form) for statement in statements.values() for form in statement.forms]
    lines = []
    for origin, is_ours, form in told:
        line = _line(form, system, place, origin, is_ours=is_ours)
        if line.terms:
            lines.append(line)
    return Puzzle(columns, lines, frozenset(n for n, cell in enumerate(columns) if cell.is_hidden))


def _line(form: Form, system: System, place: Mapping[str, int], origin: str, *, is_ours: bool) -> Line:
    terms: dict[int, Exact] = {}
    moved: Exact = 0
    for cell, weight in form.terms:
        column = place.get(cell)
        if column is None:
            moved += weight * (system.cells[cell].low or 0)
        else:
            terms[column] = terms.get(column, 0) + weight
    kept = tuple((column, weight) for column, weight in sorted(terms.items()) if weight)
    low = None if form.low is None else form.low - moved
    high = None if form.high is None else form.high - moved
    return Line(kept, low, high, origin, is_ours)
