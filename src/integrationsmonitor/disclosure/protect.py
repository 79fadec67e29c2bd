"""The cheapest protection: which statements are withheld, so that no hidden cell can be derived.

Comes in: a system and statements with weights. Goes out: those to withhold, each with what it would tell together with
what, and the hidden cells that the source itself leaves derivable. Nothing is withheld that need not be.

Two rules. A hidden cell that the source keeps must not be derivable from print and ours together. A cell that the
source itself gives away is reported; what it printed stays as printed, but our statements alone must not say it.

Method: implicit hitting sets. Every smallest set of statements that gives a cell away must lose one of its members; the
cheapest choice that hits all known sets is tried, the audit finds the next set, until it finds none. So the last choice
is the cheapest of all. Where that takes more rounds than `effort`, each cell in turn is given room to vary (moves.py):
safe, too, but not proven cheapest. Refuses (MonitorError) what cannot be protected at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from integrationsmonitor.disclosure.audit import Finding, around, derivable, findings, ours_alone, statements_of
from integrationsmonitor.disclosure.model import Statement, System
from integrationsmonitor.disclosure.moves import cheapest_move
from integrationsmonitor.disclosure.puzzle import Block, Puzzle, blocks, of_print
from integrationsmonitor.errors import MonitorError

_EFFORT = 200
_SAID_AGAIN = 100  # statements that a choice of cell by cell may turn out not to need


class Withheld(NamedTuple):
    """A statement that is withheld: said, it would tell `cell` together with the other statements and relations."""

    statement: str
    cell: str
    others: tuple[str, ...]
    relations: tuple[str, ...]


class Protection(NamedTuple):
    """What is withheld, what the source leaves derivable, and whether no cheaper choice is possible."""

    withheld: tuple[Withheld, ...]
    left_by_source: tuple[Finding, ...]
    is_optimal: bool

    @property
    def statements(self) -> tuple[str, ...]:
        """The ids of the withheld statements."""
        return tuple(item.statement for item in self.withheld)


class _Threat(NamedTuple):
    """A puzzle and the columns of it that become derivable when everything is said."""

    puzzle: Puzzle
    columns: frozenset[int]


def protect(system: System, statements: Iterable[Statement], effort: int = _EFFORT) -> Protection:
    """The cheapest statements to withhold, each with its reason."""
    ours, left, threats = _looked_at(system, statements)
    withheld, is_optimal = _chosen(threats, ours, effort)
    return Protection(tuple(_reasons(threats, ours, withheld)), tuple(left), is_optimal)


def withheld(system: System, statements: Iterable[Statement], effort: int = _EFFORT) -> set[str]:
    """The same statements without their reasons, which take long to find."""
    ours, _, threats = _looked_at(system, statements)
    return _chosen(threats, ours, effort)[0]


def _looked_at(
    system: System, statements: Iterable[Statement]
) -> tuple[Mapping[str, Statement], list[Finding], list[_Threat]]:
    ours = system.checked(statements)
    everything = of_print(system, ours)
    by_print = derivable(everything, ())
    left = findings(everything, by_print)
    threats = list(_threats(everything, ours, everything.targets.difference(by_print)))
    if by_print and ours:
        alone, targets = ours_alone(system, ours, [everything.columns[column].id for column in by_print])
        threats += _threats(alone, ours, targets)
    return ours, left, threats


def _chosen(threats: Sequence[_Threat], ours: Mapping[str, Statement], effort: int) -> tuple[set[str], bool]:
    names: set[str] = set()
    is_optimal = True
    for group in _connected(threats):
        own = {line.origin for threat in group for line in threat.puzzle.lines if line.is_ours}
        chosen, proven = _hit(group, {name: ours[name] for name in own}, effort)
        names |= chosen
        is_optimal = is_optimal and proven
    return names, is_optimal


def _threats(puzzle: Puzzle, ours: Collection[str], targets: Collection[int]) -> Iterable[_Threat]:
    """One threat per block of the puzzle in which something becomes derivable."""
    told = derivable(puzzle, ours, targets)
    for block in blocks(puzzle.lines) if told else ():
        if columns := set(told).intersection(block.columns):
            yield _Threat(puzzle._replace(lines=block.lines), frozenset(columns))


def _connected(threats: Iterable[_Threat]) -> list[list[_Threat]]:
    """Threats that share a statement are one problem."""
    groups: list[tuple[set[str], list[_Threat]]] = []
    for threat in threats:
        names, members = {line.origin for line in threat.puzzle.lines if line.is_ours}, [threat]
        apart = []
        for other in groups:
            if names.isdisjoint(other[0]):
                apart.append(other)
            else:
                names |= other[0]
                members = other[1] + members
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _hit(threats: Iterable[_Threat], ours: Mapping[str, Statement], effort: int) -> tuple[set[str], bool]:
    """The statements to withhold, and whether they are proven to be the cheapest."""
    from integrationsmonitor.disclosure.cover import cheapest

    sets: list[frozenset[str]] = []
    withheld: set[str] = set()
    for _ in range(effort):
        found = _sets_left(threats, set(ours) - withheld)
        if not found:
            return withheld, True
        sets += found
        chosen = cheapest(sets, ours)
        if chosen is None:
            break
        withheld = chosen
    return _cell_by_cell(threats, ours), False


def _cell_by_cell(threats: Iterable[_Threat], ours: Mapping[str, Statement]) -> set[str]:
    """A safe choice, not proven cheapest: each cell in turn gets room to vary, then what need not be kept is said."""
    withheld: set[str] = set()
    for threat in threats:
        for column in _told(threat, ours):
            alone = threat._replace(columns=frozenset([column]))
            while told := _told(alone, set(ours) - withheld):
                withheld |= _room(threat.puzzle, column, told[column], ours)
    dearest = sorted(withheld, key=lambda name: (-ours[name].weight, name))[:_SAID_AGAIN]
    for name in dearest:
        if not any(_told(threat, set(ours) - withheld | {name}) for threat in threats):
            withheld.discard(name)
    return withheld


def _room(puzzle: Puzzle, column: int, block: Block, ours: Mapping[str, Statement]) -> set[str]:
    """Statements to withhold, so that a column can vary: a cheap way, or the cheapest of what tells it."""
    weights = {name: statement.weight for name, statement in ours.items()}
    move = cheapest_move(puzzle, column, block.lines, weights)
    if not move:
        members = statements_of(puzzle, column, block)
        if not members:
            cell = puzzle.columns[column].id
            raise MonitorError(
                f"confidentiality: nothing that can be withheld protects {cell}: nothing may be released"
            )
        move = {min(members, key=lambda name: (ours[name].weight, name))}
    return move


def _sets_left(threats: Iterable[_Threat], said: set[str]) -> list[frozenset[str]]:
    """Sets of statements, none with a member of another, that still give a cell away."""
    found: list[frozenset[str]] = []
    for threat in threats:
        left = set(said)
        for column in sorted(_told(threat, said)):
            while members := statements_of(threat.puzzle, column, around(threat.puzzle.said(left), column)):
                found.append(members)
                left -= members
    return found


def _told(threat: _Threat, said: Collection[str]) -> dict[int, Block]:
    return derivable(threat.puzzle, said, threat.columns)


def _reasons(threats: Iterable[_Threat], ours: Mapping[str, Statement], withheld: set[str]) -> Iterable[Withheld]:
    """Why each statement is withheld: what it would tell if it alone were said after all."""
    for name in sorted(withheld):
        said = set(ours) - withheld | {name}
        for threat in threats:
            if any(line.origin == name for line in threat.puzzle.lines) and (told := _told(threat, said)):
                finding = findings(threat.puzzle, told)[0]
                others = tuple(other for other in finding.statements if other != name)
                yield Withheld(name, finding.cell, others, finding.relations)
                break
