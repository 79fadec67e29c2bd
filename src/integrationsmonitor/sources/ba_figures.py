"""What a reader of one region's answer hands on, and what the answers of all regions must keep.

Comes in: figures, in the order in which they stand in an answer. Goes out: the code of each figure's measure, and
nothing more where all is well. A label that stands under several parents is known by the last parent before it in its
month. Refuses: a label or group that the dataset's file does not know, a figure that stands twice, a count that is not
rounded as the dataset's file says (it would be of another basis), a month missing or not yet come, answers of two
regions that are the same (the host ignored the region), regions with other months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.ba_months import distance, earlier, german, last_day

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset, Measure
    from integrationsmonitor.sources.bundle import Part

Refuse = Callable[[str, str, str], ContractError]
_SERIES = "Zeitreihe"
_KREIS_DIGITS = 5
_CHANCE = 2  # so many Kreise


class Figure(NamedTuple):
    """One figure: where it stands, its month (`2026-05`), label and group, its plain and its printed value."""

    line: int
    col: int
    month: str
    label: str
    group: str
    value: str
    printed: str


class Known(NamedTuple):
    """A figure with the code of its measure and, where the table has groups, of its group."""

    figure: Figure
    measure: str
    group: str


class Labels:
    """The measures of a dataset by the labels under which they are printed."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def _by_label(self) -> Mapping[str, Sequence[Measure]]:
        found: dict[str, list[Measure]] = {}
        for measure in self.dataset.measures:
            for label in measure.labels:
                found.setdefault(label, []).append(measure)
        return found

    def measure(self, label: str, parent: str) -> Measure | None:
        """The measure of a label after a parent (its code); None where the dataset's file knows none."""
        return next((m for m in self._by_label.get(label, ()) if m.parent in ("", parent)), None)

    def parents(self, label: str) -> str:
        """Under which parents a label is known, in words for an error."""
        words = [m.parent for m in self._by_label.get(label, ())]
        return (
            f"{label!r} after its parent ({' or '.join(words)})"
            if words
            else "a metric under measures or source.change_metrics"
        )


def known(
    figures: Iterable[Figure], dataset: Dataset, refuse: Callable[[Figure, str, str], ContractError]
) -> list[Known]:
    """Every figure of one region with its codes; a figure that cannot be told from another is refused."""
    labels, parents, found = Labels(dataset), dict[tuple[str, str], str](), list[Known]()
    seen: set[tuple[str, str, str]] = set()
    axis = dataset.axes[0] if dataset.axes else None
    for figure in figures:
        series = (figure.month, figure.group)
        measure = labels.measure(figure.label, parents.get(series, ""))
        if measure is None:
            raise refuse(figure, labels.parents(figure.label), repr(figure.label))
        if not measure.parent:
            parents[series] = measure.code
        group = axis.by_label.get(figure.group) if axis else None
        if axis and group is None:
            raise refuse(figure, f"a known group of {axis.code}", repr(figure.group))
        entry = (figure.month, measure.code, group.code if group else "")
        if entry in seen:
            raise refuse(figure, "every figure once", f"{figure.label!r} of {german(figure.month)} twice")
        seen.add(entry)
        if (step := _step(measure, dataset)) and figure.value.lstrip("-").isdecimal() and int(figure.value) % step:
            raise refuse(figure, f"a multiple of {step}, as this source rounds", figure.value)
        found.append(Known(figure, measure.code, entry[2]))
    return found


def _step(measure: Measure, dataset: Dataset) -> int:
    """To multiples of what a measure is rounded; 0 where it is not."""
    return int((measure.rounding or dataset.rounding).get("step", 0))


def check_months(months: Iterable[str], dataset: Dataset, today: date, refuse: Refuse, member: str) -> list[str]:
    """The months of one answer, newest first: those of the dataset's file, or a series without a gap, none to come."""
    newest_first = sorted(set(months), reverse=True)
    newest, oldest = newest_first[0], newest_first[-1]
    if distance(f"{today:%Y-%m}", newest) < 0:
        raise refuse(member, f"no month after {german(f'{today:%Y-%m}')}", german(newest))
    if dataset.source["form"] == _SERIES:
        wanted = [earlier(newest, back) for back in range(distance(newest, oldest) + 1)]
    else:
        wanted = [earlier(newest, back) for back in dataset.source.get("months_back", ())] or newest_first
    for month in wanted:
        if month not in newest_first:
            raise refuse(member, f"figures of {german(month)}", "none")
    for month in newest_first:
        if month not in wanted:
            raise refuse(
                member, f"{len(wanted)} months before {german(newest)} as in the dataset's file", german(month)
            )
    return newest_first


def check_together(answers: Sequence[tuple[Part, list[Known], list[str]]], refuse: Refuse) -> None:
    """Answers of several regions must speak of the same months, and must not all be the answer for one region.

    Two Kreise may have the same few rounded figures by chance: that is for a person to say (jumps.py).
    """
    first, _, months = answers[0]
    said: dict[tuple[tuple[str, ...], ...], list[Part]] = {}
    for part, entries, own in answers:
        if own != months:
            other = min(set(own) ^ set(months))
            raise refuse(part.name, f"the months of {first.name}, {len(months)}", f"{len(own)}, other {german(other)}")
        what = tuple(sorted((e.figure.month, e.measure, e.group, e.figure.value) for e in entries))
        alike = said.setdefault(what, [])
        alike.append(part)
        is_chance = len(alike) <= _CHANCE and all(len(other.region_key) == _KREIS_DIGITS for other in alike)
        if len(alike) > 1 and not is_chance:
            same = f"the very figures of {alike[0].name}: the host ignored the region"
            raise refuse(part.name, f"figures of {part.region_name or part.region_key}", same)


def is_provisional(month: str, months: int, today: date) -> bool:
    """Whether a month's figures are still provisional: so many months have not passed since its last day."""
    return months > 0 and today < last_day(earlier(month, -months))
