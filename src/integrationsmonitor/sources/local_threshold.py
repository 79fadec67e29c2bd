"""Which counts are hidden. Comes in: counts and the sums among them. Goes out: the places of those to hide.

Hidden is every count above 0 and below the threshold (0 itself where asked), and then few persons more (in small
tables the fewest), until all sums of the file together leave every hidden count at least two possibilities
(disclosure/). It is as if everybody knew which of the hidden counts are small; only where small counts alone would then
tell each other (a hidden 2 = 1 + 1) it is not, and a larger one is hidden beside them. Zeros are shown and hide
nothing, unless they are to be hidden themselves. The result does not depend on the order of the sums. What an earlier
or another delivery tells is not looked at. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from integrationsmonitor.disclosure import Cell, Form, Relation, Statement, System, audit, hidden, known, withheld

_PROVEN = 60  # figures of which the fewest persons are proven; of more, few are found cell by cell
_ROUNDS = 12


@dataclass(frozen=True, order=True)
class Sum:
    """A total and its parts, by their places in the list of counts."""

    total: int
    parts: tuple[int, ...]


def protect(
    counts: Sequence[int | None],
    sums: Collection[Sum],
    threshold: int,
    *,
    hide_zero: bool = False,
    secret: Collection[int] = (),
    unprinted: Collection[int] = (),
) -> set[int]:
    """Places to hide. A count is None where none is printed; the `secret` ones among them are hidden by the sender.

    The `unprinted` ones are known to us and stand in no file: they need protection, and give none.
    """
    lowest = 0 if hide_zero else 1
    small = {place for place, count in enumerate(counts) if count is not None and lowest <= count < threshold}
    found = small | set(secret)
    if not found:
        return found
    shown = {
        place: count
        for place, count in enumerate(counts)
        if count is not None and count >= lowest and place not in found and place not in unprinted
    }
    cells = [_cell(place, counts[place], found, small, lowest, threshold) for place in range(len(counts))]
    relations = [
        Relation(f"{number:06}", Form(((_id(rule.total), -1), *((_id(part), 1) for part in rule.parts))))
        for number, rule in enumerate(sorted(set(sums)))
    ]
    totals = {rule.total for rule in sums}
    said = [
        Statement(_id(place), (Form(((_id(place), 1),), count, count),), 2 * count + 1 + (place in totals))
        for place, count in shown.items()
    ]
    effort = _ROUNDS if len(said) <= _PROVEN else 0
    return found | {int(name) for name in withheld(_loosened(cells, relations), said, effort)}


def _cell(
    place: int, count: int | None, found: Collection[int], small: Collection[int], lowest: int, threshold: int
) -> Cell:
    if place in small:
        return hidden(_id(place), lowest, threshold - 1)
    if place in found:
        return hidden(_id(place))
    if count is None:
        return Cell(_id(place))
    return known(_id(place), 0) if count < lowest else Cell(_id(place), lowest)


def _loosened(cells: Sequence[Cell], relations: Sequence[Relation]) -> System:
    """The system in which no small counts tell each other by being small: of those that do, nobody knows they are."""
    system = System(cells, relations)
    while findings := audit(system):
        told = {cell for finding in findings for name in finding.relations for cell, _ in _terms(system, name)}
        told |= {finding.cell for finding in findings}
        if not any(cell.high is not None for cell in system.cells.values() if cell.is_hidden and cell.id in told):
            break  # a printed zero tells them
        loose = [
            replace(cell, high=None) if cell.is_hidden and cell.id in told else cell for cell in system.cells.values()
        ]
        system = System(loose, relations)
    return system


def _terms(system: System, relation: str) -> Sequence[tuple[str, object]]:
    return system.relations[relation].form.terms


def _id(place: int) -> str:
    return f"{place:06}"
