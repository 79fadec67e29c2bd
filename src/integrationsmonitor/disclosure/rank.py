"""What the equations alone determine. Comes in: lines. Goes out: the columns with one solution only.

Gaussian elimination modulo a large prime, so that nothing is lost to rounding; only the left sides matter, so that
tables that do not quite add up do not matter either. Bounds are not looked at: ranges.py does. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from integrationsmonitor.disclosure.model import Exact
from integrationsmonitor.disclosure.puzzle import Line

_PRIME = 2**61 - 1


def determined(lines: Iterable[Line]) -> set[int]:
    """The columns that the equations determine: those that stand alone in a line of the reduced system."""
    pivots: dict[int, dict[int, int]] = {}
    users: dict[int, set[int]] = {}  # column → pivots whose line holds it
    for line in sorted((line for line in lines if line.is_exact), key=lambda line: len(line.terms)):
        row = {column: value for column, weight in line.terms if (value := _modulo(weight))}
        for column in [column for column in row if column in pivots]:
            _subtract(row, pivots[column], row[column])
        if not row:
            continue
        pivot = min(row, key=lambda column: (len(users.get(column, ())), column))
        inverse = pow(row[pivot], -1, _PRIME)
        row = {column: value * inverse % _PRIME for column, value in row.items()}
        for other in users.pop(pivot, set()):
            target = pivots[other]
            before = set(target)
            _subtract(target, row, target[pivot])
            for column in before.difference(target, {pivot}):
                users[column].discard(other)
            for column in set(target) - before:
                users.setdefault(column, set()).add(other)
        pivots[pivot] = row
        for column in row:
            if column != pivot:
                users.setdefault(column, set()).add(pivot)
    return {column for column, row in pivots.items() if len(row) == 1}


def _modulo(weight: Exact) -> int:
    if isinstance(weight, Fraction):
        return weight.numerator * pow(weight.denominator, -1, _PRIME) % _PRIME
    return weight % _PRIME


def _subtract(row: dict[int, int], other: dict[int, int], times: int) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % _PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)
