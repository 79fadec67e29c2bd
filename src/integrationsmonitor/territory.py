"""Territories: from which Kreise a count of today's Kreis was made before, and with which shares.

Comes in: the steps of a territorial reform, regions, a day whose territory is wanted. Goes out: for every span of time
the shares of the old units in the new ones, through all steps between. Refuses nothing; a share that nobody knows is
none, with its reason. A step applies to what ended before it, and is never applied twice
(docs/decisions/0019-territory.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext

from integrationsmonitor.region import FIRST_DAY, LAST_DAY, Region

# What a count is divided by: people where they live, employees where they work, land; nothing where no share fits, so
# that whole units may be merged but none is split; and what is never converted (published rates).
POPULATION, EMPLOYMENT, AREA, MERGE_ONLY, NONE = "population", "employment", "area", "merge_only", "none"
KINDS = (POPULATION, EMPLOYMENT, AREA, MERGE_ONLY, NONE)
QUALITIES = ("exact", "estimate", "estimate_weak")

_DIGITS = Decimal(1).scaleb(-15)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Move:
    """The share of one unit that is part of another one afterwards, by kind; what is not named is not known."""

    from_key: str
    to_key: str
    shares: Mapping[str, Decimal]


@dataclass(frozen=True)
class Step:
    """A change of territory. Between `begins` and `effective_from` it was half done."""

    id: str
    begins: date
    effective_from: date
    quality: str
    text_de: str
    source_de: str
    moves: tuple[Move, ...]

    @property
    def units(self) -> frozenset[str]:
        """Keys of all units that it touches."""
        return frozenset(key for move in self.moves for key in (move.from_key, move.to_key))


@dataclass(frozen=True)
class Territory:
    """The steps in the order of time, and the days whose territory counts are converted to (the first: default)."""

    targets: tuple[date, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Weight:
    """What a unit of a span of time gives to a unit of the target; `share` None where nobody knows it.

    `low` and `high` are what the printed digits of the shares leave. `after` is the step since which the unit is no
    longer the one of the target.
    """

    target: date
    first: date
    last: date
    kind: str
    from_key: str
    to_key: str
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    quality: str
    steps: tuple[str, ...]
    reason: str
    after: str


@dataclass(frozen=True)
class Version:
    """A unit as it was between two changes of its territory; both days are inclusive."""

    region_key: str
    number: int
    valid_from: date
    valid_to: date
    step: str


@dataclass(frozen=True)
class _Part:
    """A part of an old unit on its way through the steps."""

    share: Decimal = Decimal(1)
    low: Decimal = Decimal(1)
    high: Decimal = Decimal(1)
    quality: str = QUALITIES[0]
    steps: tuple[str, ...] = field(default=())
    reason: str = ""


def weights(territory: Territory, regions: Mapping[str, Region]) -> Iterator[Weight]:
    """All shares, for every target, span of time and kind, of the units that any step between touches."""
    for target in territory.targets:
        touched = {key for step in territory.steps for key in step.units if _concerns(step, target)}
        for first, last in _spans(territory.steps):
            units = sorted(key for key in touched if _exists(regions[key], last))
            for kind in KINDS:
                yield from _span_weights(territory.steps, target, first, last, kind, units)


def touched_units(territory: Territory, target: date) -> frozenset[str]:
    """Keys of the units whose territory on some day differs from that of the target."""
    return frozenset(key for step in territory.steps for key in step.units if _concerns(step, target))


def versions(territory: Territory, regions: Mapping[str, Region]) -> Iterator[Version]:
    """Every Kreis with its versions: a new one begins wherever a step, or a part of one, changes its territory."""
    for region in regions.values():
        if region.level != "kreis":
            continue
        changes = {
            day: step.id
            for step in territory.steps
            if region.key in step.units
            for day in (step.begins, step.effective_from)
            if region.valid_from < day <= region.valid_to
        }
        begins = [region.valid_from, *sorted(changes)]
        for number, first in enumerate(begins, start=1):
            last = begins[number] - _ONE_DAY if number < len(begins) else region.valid_to
            yield Version(region.key, number, first, last, changes.get(first, ""))


def _concerns(step: Step, target: date) -> bool:
    """Whether a step lies between some day and the target. One that is half done on the target's day is not made."""
    return step.effective_from <= target or step.begins > target


def _spans(steps: Sequence[Step]) -> list[tuple[date, date]]:
    """The spans of time between all changes."""
    days = sorted({day for step in steps for day in (step.begins, step.effective_from)})
    begins = [FIRST_DAY, *days]
    return [(first, begins[n] - _ONE_DAY if n < len(begins) else LAST_DAY) for n, first in enumerate(begins, start=1)]


def _exists(region: Region, last: date) -> bool:
    """Whether it existed through a span of time: the end of a unit is always that of a span."""
    return region.valid_from <= last <= region.valid_to


def _span_weights(
    steps: Sequence[Step], target: date, first: date, last: date, kind: str, units: Sequence[str]
) -> Iterator[Weight]:
    """What the units of one span give to those of the target."""
    still_to_come = [step for step in steps if last < step.effective_from <= target]
    later = {key: step.id for step in steps if target < step.begins <= first for key in step.units}
    for from_key in units:
        parts = {from_key: _Part()}
        for step in still_to_come:
            parts = _through(step, parts, kind, half_done=step.begins <= first)
        for to_key, part in sorted(parts.items()):
            known = not part.reason
            yield Weight(
                target=target,
                first=first,
                last=last,
                kind=kind,
                from_key=from_key,
                to_key=to_key,
                share=_digits(part.share, ROUND_HALF_EVEN) if known else None,
                low=_digits(part.low, ROUND_FLOOR) if known else None,
                high=_digits(part.high, ROUND_CEILING) if known else None,
                quality=part.quality,
                steps=part.steps,
                reason=part.reason,
                after=later.get(to_key, ""),
            )


def _through(step: Step, parts: Mapping[str, _Part], kind: str, *, half_done: bool) -> dict[str, _Part]:
    """The parts after one step; parts of one old unit that meet again are added up."""
    found: dict[str, _Part] = {}
    for key, part in parts.items():
        moves = [move for move in step.moves if move.from_key == key]
        if half_done and key in step.units:
            found[key] = _unknown(part, step, "between_steps")
        elif not moves:
            found[key] = _joined(found.get(key), part)
        for move in moves:
            if half_done:
                found[move.to_key] = _unknown(part, step, "between_steps")
            else:
                found[move.to_key] = _joined(found.get(move.to_key), _moved(part, step, move, kind, len(moves)))
    return found


def _moved(part: _Part, step: Step, move: Move, kind: str, n_moves: int) -> _Part:
    share = Decimal(1) if kind == MERGE_ONLY and n_moves == 1 else move.shares.get(kind)
    if share is None:
        return _unknown(part, step, "never_converted" if kind == NONE else "no_weight")
    half = Decimal(0) if share == 1 else Decimal(5).scaleb(int(share.as_tuple().exponent) - 1)
    with localcontext(prec=60):
        return _Part(
            share=part.share * share,
            low=part.low * (share - half),
            high=part.high * (share + half),
            quality=_worse(part.quality, step.quality),
            steps=(*part.steps, step.id),
            reason=part.reason,
        )


def _unknown(part: _Part, step: Step, reason: str) -> _Part:
    return _Part(quality=_worse(part.quality, step.quality), steps=(*part.steps, step.id), reason=part.reason or reason)


def _joined(one: _Part | None, other: _Part) -> _Part:
    """Two parts of one old unit that meet again in one new unit."""
    if one is None:
        return other
    return _Part(
        share=one.share + other.share,
        low=one.low + other.low,
        high=one.high + other.high,
        quality=_worse(one.quality, other.quality),
        steps=tuple(dict.fromkeys((*one.steps, *other.steps))),
        reason=one.reason or other.reason,
    )


def _worse(one: str, other: str) -> str:
    return max(one, other, key=QUALITIES.index)


def _digits(number: Decimal, rounding: str) -> Decimal:
    with localcontext(prec=60):
        return min(number, Decimal(1)).quantize(_DIGITS, rounding=rounding)
