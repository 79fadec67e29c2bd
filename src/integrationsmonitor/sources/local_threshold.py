"""Which counts are hidden. Comes in: counts and the sums among them. Goes out: the places of those to hide.

Hidden is every count above 0 and below the threshold (0 itself where asked), and then, sum by sum until nothing
changes, another one wherever a sum lets the single hidden count be computed, or leaves the hidden ones only one
possibility (all as small, or all as large as can be). The other one is the smallest that is large enough not to be
small itself, the first of its like: the result does not depend on how often or in which order one asks. Zeros are not
chosen: a hidden 0 would tell of its neighbour. What several sums tell together is not looked at, nor what an earlier or
another delivery tells. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


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
) -> set[int]:
    """Places to hide. A count is None where none is printed; the `secret` ones among them are hidden by the sender."""
    lowest = 0 if hide_zero else 1
    hidden = {place for place, count in enumerate(counts) if count is not None and lowest <= count < threshold}
    hidden |= set(secret)
    waiting = True
    while waiting:
        waiting = False
        for rule in sorted(sums):
            if tells(rule, counts, hidden, threshold, hide_zero=hide_zero):
                other = _other(rule, counts, hidden, hide_zero=hide_zero)
                if other is not None:
                    hidden.add(other)
                    waiting = True
    return hidden


def tells(
    rule: Sum, counts: Sequence[int | None], hidden: Collection[int], threshold: int, *, hide_zero: bool = False
) -> bool:
    """Whether one sum, with these counts hidden, lets a hidden count be computed."""
    places = (rule.total, *rule.parts)
    unseen = [place for place in places if place in hidden]
    if not unseen or any(counts[place] is None for place in places if place not in hidden):
        return False
    if len(unseen) == 1:
        return True
    lowest, highest = 0 if hide_zero else 1, threshold - 1
    values = [counts[place] for place in unseen]
    if any(value is None or not lowest <= value <= highest for value in values):
        return False  # at least one is larger than the threshold tells, so that nobody can know which
    parts = [place for place in unseen if place != rule.total]
    seen = sum(counts[place] or 0 for place in rule.parts if place not in hidden)
    if rule.total not in hidden:
        return (counts[rule.total] or 0) - seen in (len(parts) * lowest, len(parts) * highest)
    # the total is hidden, too: it lies between both bounds and is what the hidden parts leave it
    first, last = max(lowest, seen + len(parts) * lowest), min(highest, seen + len(parts) * highest)
    return first == last and first - seen in (len(parts) * lowest, len(parts) * highest)


def _other(rule: Sum, counts: Sequence[int | None], hidden: Collection[int], *, hide_zero: bool) -> int | None:
    """The count to hide beside those of a sum; None where nothing is left that would help."""

    def smallest(places: Collection[int], lowest: int) -> int | None:
        seen = [(count, place) for place in places if place not in hidden and (count := counts[place]) is not None]
        return min((place for place in seen if place[0] >= lowest), default=(0, None))[1]

    choices = ((rule.parts, 1), ((rule.total,), 1), (rule.parts, 0 if hide_zero else 1))
    return next((place for places, lowest in choices if (place := smallest(places, lowest)) is not None), None)
