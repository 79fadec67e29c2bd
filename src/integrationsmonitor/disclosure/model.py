"""What is known: cells, the relations among them, and what we say. All numbers are exact.

A hidden cell is one whose number nobody may compute; an unprinted one is merely not known. A form is a weighted sum of
cells that lies between two bounds; relations are forms that everybody knows to hold; a statement is what we publish,
one or several forms. Refuses (MonitorError) ids that stand twice, cells that do not exist, bounds the wrong way round,
and a statement that costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from integrationsmonitor.errors import MonitorError

Exact = int | Fraction
Terms = tuple[tuple[str, Exact], ...]


@dataclass(frozen=True)
class Cell:
    """One number of a source: what everybody knows of it without looking at another cell.

    `tells_within`: a range of possible numbers no wider than this is as good as the number (the source's rounding);
    of a `whole` one it is enough that only one whole number is possible.
    """

    id: str
    low: Exact | None = 0
    high: Exact | None = None
    is_hidden: bool = False
    whole: bool = True
    tells_within: Exact = 0

    @property
    def is_exact(self) -> bool:
        """Whether the number itself is printed."""
        return not self.is_hidden and self.low is not None and self.low == self.high


@dataclass(frozen=True)
class Form:
    """A weighted sum of cells between two bounds, None where there is none."""

    terms: Terms
    low: Exact | None = 0
    high: Exact | None = 0


@dataclass(frozen=True)
class Relation:
    """A form that holds by definition: a total and its parts, one number in two tables, a merger."""

    id: str
    form: Form


@dataclass(frozen=True)
class Statement:
    """What we publish, and what it costs to withhold it."""

    id: str
    forms: tuple[Form, ...]
    weight: int = 1


_Named = TypeVar("_Named", Cell, Relation, Statement)


class System:
    """Cells by id and the relations among them."""

    def __init__(self, cells: Iterable[Cell], relations: Iterable[Relation] = ()) -> None:
        self.cells: Mapping[str, Cell] = _by_id("cell", cells)
        self.relations: Mapping[str, Relation] = _by_id("relation", relations)
        for cell in self.cells.values():
            _check_bounds(f"cell {cell.id}", cell.low, cell.high)
        for relation in self.relations.values():
            self._check(f"relation {relation.id}", relation.form)

    def checked(self, statements: Iterable[Statement]) -> Mapping[str, Statement]:
        """The statements by id, sorted; raises MonitorError for one that does not fit."""
        found = _by_id("statement", statements)
        for statement in found.values():
            if statement.weight <= 0:
                raise MonitorError(f"statement {statement.id}: expected a weight above 0, found {statement.weight}")
            for form in statement.forms:
                self._check(f"statement {statement.id}", form)
        return found

    def _check(self, name: str, form: Form) -> None:
        for cell, _ in form.terms:
            if cell not in self.cells:
                raise MonitorError(f"{name}: expected cells of the system, found {cell}")
        _check_bounds(name, form.low, form.high)


def known(cell: str, value: Exact) -> Cell:
    """A cell whose number is printed."""
    return Cell(cell, value, value)


def rounded(cell: str, low: Exact, high: Exact) -> Cell:
    """A cell that is printed rounded: its number lies between the bounds."""
    return Cell(cell, low, high)


def hidden(
    cell: str, low: Exact | None = 0, high: Exact | None = None, *, tells_within: Exact = 0, whole: bool = True
) -> Cell:
    """A cell that nobody may compute; the bounds are what everybody knows of it anyway."""
    return Cell(cell, low, high, is_hidden=True, whole=whole, tells_within=tells_within)


def unprinted(cell: str) -> Cell:
    """A cell that is not known and needs no protection of its own."""
    return Cell(cell)


def ratio(numerator: Terms, denominator: Terms, low: Exact | None, high: Exact | None) -> tuple[Form, ...]:
    """What is told by a quotient between two bounds: numerator − bound · denominator is not below, or not above 0."""

    def against(bound: Exact) -> Terms:
        return (*numerator, *((cell, -bound * weight) for cell, weight in denominator))

    if low is not None and low == high:
        return (Form(against(low)),)
    above = () if low is None else (Form(against(low), 0, None),)
    below = () if high is None else (Form(against(high), None, 0),)
    return (*above, *below)


def _by_id(kind: str, items: Iterable[_Named]) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for item in sorted(items, key=lambda item: item.id):
        if item.id in found:
            raise MonitorError(f"{kind} {item.id}: expected once, found twice")
        found[item.id] = item
    return found


def _check_bounds(name: str, low: Exact | None, high: Exact | None) -> None:
    if low is not None and high is not None and low > high:
        raise MonitorError(f"{name}: expected a lower bound below the upper one, found {low} above {high}")
