"""The sums among the figures of one local file. Comes in: its cells. Goes out: sums that hold, by the cells' places.

A sum stands over an axis whose parts make up its total, and over regions that make up the one that they lie in; the
description says where this is not so. Refuses parts that do not add up to their total, and a part that is larger than
it. The error tells no figure: it is published, and a figure in it may be one to hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.region import Region
from integrationsmonitor.sources.local_threshold import Sum


class LocalCell(NamedTuple):
    """One figure; `words` are its axis words in the order of the dataset's axes, `value` None where none is printed.

    `group` names the line of the file, `place` where the cell stands in it.
    """

    time: str
    region: str
    measure: str
    words: tuple[str, ...]
    value: Decimal | None
    printed: str
    group: int
    place: int


def sums_of(
    cells: Sequence[LocalCell], counted: Sequence[int], dataset: Dataset, regions: Mapping[str, Region]
) -> list[Sum]:
    """All sums among the `counted` cells (their places)."""
    found: list[Sum] = []
    for number, axis in enumerate(dataset.axes):
        if axis.code not in dataset.local_table.overlapping:
            found += _over_axis(cells, counted, number)
    if dataset.local_table.regions_add_up:
        found += _over_regions(cells, counted, regions)
    return found


def parts_of(
    cells: Sequence[LocalCell], counted: Sequence[int], dataset: Dataset, regions: Mapping[str, Region]
) -> list[Sum]:
    """Totals with each of their parts alone ("darunter"), and with all of them, where parts do not add up."""
    axes = [n for n, axis in enumerate(dataset.axes) if axis.code in dataset.local_table.overlapping]
    rules = [rule for number in axes for rule in _over_axis(cells, counted, number)]
    if not dataset.local_table.regions_add_up:
        rules += _over_regions(cells, counted, regions)
    alone = [Sum(rule.total, (part,)) for rule in rules for part in rule.parts]
    return [*alone, *(rule for rule in rules if len(rule.parts) > 1)]


def check_parts(
    parts: Sequence[Sum],
    cells: Sequence[LocalCell],
    dataset: Dataset,
    filename: str,
    where: Callable[[LocalCell], str],
) -> None:
    """Refuse the first part that is larger than its total."""
    for rule in (rule for rule in parts if len(rule.parts) == 1):
        total, part = cells[rule.total].value, cells[rule.parts[0]].value
        if total is not None and part is not None and part > total:
            expected = f"no more than the total at {where(cells[rule.total])}"
            found = "more (figures are not repeated here)"
            raise ContractError(dataset.id, filename, where(cells[rule.parts[0]]), expected, found)


def check(
    sums: Sequence[Sum], cells: Sequence[LocalCell], dataset: Dataset, filename: str, where: Callable[[LocalCell], str]
) -> None:
    """Refuse the first sum that does not hold; `where` makes the place of a cell out of it."""
    for rule in sums:
        total, parts = cells[rule.total].value, [cells[place].value for place in rule.parts]
        if total is None or None in parts:
            continue
        if sum((part for part in parts if part is not None), Decimal(0)) != total:
            is_of_regions = any(cells[place].region != cells[rule.total].region for place in rule.parts)
            fix = "`regions_add_up: false`" if is_of_regions else "`adds_up: false` at the column of the parts"
            raise ContractError(
                dataset.id,
                filename,
                where(cells[rule.total]),
                "a total that is the sum of its parts",
                "another one (figures are not repeated here)",
                f"If they do not add up by definition, say {fix} in {dataset.local_table.description}",
            )


def _over_axis(cells: Sequence[LocalCell], counted: Sequence[int], axis: int) -> Iterator[Sum]:
    groups: dict[tuple[object, ...], dict[str, int]] = {}
    for place in counted:
        cell = cells[place]
        rest = (*cell.words[:axis], *cell.words[axis + 1 :])
        groups.setdefault((cell.time, cell.region, cell.measure, rest), {})[cell.words[axis]] = place
    for words in groups.values():
        parts = tuple(place for word, place in words.items() if word)
        if "" in words and parts:
            yield Sum(words[""], tuple(sorted(parts)))


def _over_regions(cells: Sequence[LocalCell], counted: Sequence[int], regions: Mapping[str, Region]) -> Iterator[Sum]:
    groups: dict[tuple[object, ...], dict[str, int]] = {}
    for place in counted:
        cell = cells[place]
        groups.setdefault((cell.time, cell.measure, cell.words), {})[cell.region] = place
    for places in groups.values():
        below: dict[str, list[int]] = {}
        for region, place in places.items():
            parent = regions[region].parent
            while parent and parent not in places:  # the file has no line for it: the next one above counts
                parent = regions[parent].parent if parent in regions else ""
            if parent:
                below.setdefault(parent, []).append(place)
        for parent, parts in below.items():
            yield Sum(places[parent], tuple(sorted(parts)))
