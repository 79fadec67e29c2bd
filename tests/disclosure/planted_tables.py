"""Planted tables: read from their files, and attacked by somebody who shares no code with the package.

A table is a print (`60` printed, `58..62` rounded, `?` not printed, `*` hidden, `*[1..4]` hidden with what everybody
knows of it, `* within 4` hidden at a source that rounds so), relations (`Land = K1 + K2`, `± 12` where they hold so),
and what we would say (`Land - K1 = 40`, `A / B = 6.1..6.2 %`). `withhold` are the statements that must be withheld,
`left` the cells that the source itself leaves derivable.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from scipy.optimize import linprog

from integrationsmonitor.disclosure import Cell, Form, Relation, Statement, System

Terms = dict[str, Fraction]


class Known(NamedTuple):
    """What is printed of a cell."""

    low: Fraction | None
    high: Fraction | None
    is_hidden: bool = False
    within: Fraction = Fraction(0)


class Said(NamedTuple):
    """low ≤ Σ weight · cell ≤ high."""

    terms: Terms
    low: Fraction | None
    high: Fraction | None


class Table(NamedTuple):
    """One planted table."""

    title: str
    cells: dict[str, Known]
    relations: list[Said]
    ours: dict[str, list[Said]]
    weights: dict[str, int]
    withhold: list[str]
    left: list[str]

    def package(self) -> tuple[System, list[Statement]]:
        """The table as the package reads it."""
        cells = [
            Cell(name, cell.low, cell.high, is_hidden=cell.is_hidden, tells_within=cell.within)
            for name, cell in self.cells.items()
        ]
        relations = [Relation(f"r{number}", _form(said)) for number, said in enumerate(self.relations)]
        statements = [
            Statement(name, tuple(_form(said) for said in told), self.weights.get(name, 1))
            for name, told in self.ours.items()
        ]
        return System(cells, relations), statements


def planted(name: str) -> list[Table]:
    """All tables of a file."""
    tables = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return [table_of(**table) for table in tables]


def table_of(
    title: str,
    print: dict[str, Any],
    relations: list[str] | None = None,
    ours: dict[str, str | list[str]] | None = None,
    weights: dict[str, int] | None = None,
    withhold: list[str] | None = None,
    left: list[str] | None = None,
) -> Table:
    """A table from its words."""
    said = {name: [text] if isinstance(text, str) else text for name, text in (ours or {}).items()}
    return Table(
        title,
        {name: _cell(str(text)) for name, text in print.items()},
        [_relation(text) for text in relations or []],
        {name: [form for text in texts for form in _said(text)] for name, texts in said.items()},
        weights or {},
        withhold or [],
        left or [],
    )


def attack(table: Table, said: set[str]) -> set[str]:
    """The hidden cells that follow from the print, the relations and these statements: one programme for each end."""
    return _attack(table.cells, table.relations, [form for name in said for form in table.ours[name]])


def attack_without_print(table: Table, said: set[str]) -> set[str]:
    """The hidden cells that follow from what we say alone, without what we merely repeat."""
    blank = {name: cell if cell.is_hidden else Known(Fraction(0), None) for name, cell in table.cells.items()}
    made = [
        form
        for name in said
        for form in table.ours[name]
        if len(form.terms) > 1 or table.cells[next(iter(form.terms))].is_hidden
    ]
    return _attack(blank, table.relations, made)


def _attack(cells: dict[str, Known], relations: list[Said], ours: list[Said]) -> set[str]:
    names = list(cells)
    rows, ends = [], []
    for form in (*relations, *ours):
        row = [float(form.terms.get(name, 0)) for name in names]
        if form.high is not None:
            rows.append(row)
            ends.append(float(form.high))
        if form.low is not None:
            rows.append([-value for value in row])
            ends.append(-float(form.low))
    bounds = [
        (None if cell.low is None else float(cell.low), None if cell.high is None else float(cell.high))
        for cell in cells.values()
    ]
    found = set()
    for place, (name, cell) in enumerate(cells.items()):
        if cell.is_hidden:
            low, high = (_end(place, sign, len(names), rows, ends, bounds) for sign in (1, -1))
            slack = 1e-6 * max(1, abs(low) if math.isfinite(low) else 1)
            whole = math.floor(high + slack) - math.ceil(low - slack) + 1 if math.isfinite(high - low) else math.inf
            if high - low <= float(cell.within) + slack or whole <= 1:
                found.add(name)
    return found


def _end(place: int, sign: int, size: int, rows: list[Any], ends: list[float], bounds: list[Any]) -> float:
    goal = np.zeros(size)
    goal[place] = sign
    found = linprog(goal, A_ub=np.array(rows) if rows else None, b_ub=ends or None, bounds=bounds)
    if found.status == 3:
        return -sign * math.inf
    assert found.status == 0, found.message
    return sign * float(found.fun)


def _form(said: Said) -> Form:
    return Form(tuple(said.terms.items()), said.low, said.high)


def _cell(text: str) -> Known:
    within = Fraction(0)
    if " within " in text:
        text, _, width = text.partition(" within ")
        within = Fraction(width)
    if text == "?":
        return Known(Fraction(0), None)
    if text.startswith("*"):
        low, high = _interval(text[2:-1]) if len(text) > 1 else (Fraction(0), None)
        return Known(low, high, is_hidden=True, within=within)
    return Known(*_interval(text))


def _interval(text: str) -> tuple[Fraction, Fraction]:
    low, _, high = text.strip().partition("..")
    return Fraction(low), Fraction(high or low)


def _terms(text: str, sign: int = 1) -> Terms:
    found: Terms = {}
    for mark, weight, name in re.findall(r"([+-]?) ?((?:\d+(?:\.\d+)? )?)([A-Za-zÄÖÜäöü_][\w.]*)", text):
        value = Fraction(weight.strip() or 1) * (-1 if mark == "-" else 1) * sign
        found[name] = found.get(name, Fraction(0)) + value
    return found


def _relation(text: str) -> Said:
    text, _, tolerance = text.partition("±")
    left, _, right = text.partition("=")
    terms = _terms(left)
    for name, weight in _terms(right, -1).items():
        terms[name] = terms.get(name, Fraction(0)) + weight
    give = Fraction(tolerance.strip() or 0)
    return Said(terms, -give, give)


def _said(text: str) -> list[Said]:
    left, _, right = text.partition("=")
    size = 100 if right.endswith("%") else 1000 if right.endswith("‰") else 1
    low, high = _interval(right.strip(" %‰"))
    if "/" not in left:
        return [Said(_terms(left), low, high)]
    above, below = (_terms(side) for side in left.split("/"))
    least, most = (
        {**above, **{name: above.get(name, Fraction(0)) - end / size * weight for name, weight in below.items()}}
        for end in (low, high)
    )
    return [Said(least, Fraction(0), None), Said(most, None, Fraction(0))]
