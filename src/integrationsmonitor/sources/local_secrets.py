"""What of a local file is hidden. Comes in: its cells and the description. Goes out: the places of the hidden ones.

Counts of persons are protected by local_threshold.py, in an order that does not depend on the file's; so is what a
total leaves beside one of its parts ("darunter"), though it is not printed. A rate is hidden with the counts of its
line, where the persons that it speaks of are too few, and where it is the only one hidden among parts that make up
100 %. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.local_description import BASE
from integrationsmonitor.region import Region
from integrationsmonitor.sources.local_sums import LocalCell, parts_of, sums_of
from integrationsmonitor.sources.local_threshold import Sum, protect

_SECRET = ("secret", "unknown_or_secret")
_ABOUT_ALL = (Decimal(99), Decimal(101))


def counted(cells: Sequence[LocalCell], dataset: Dataset) -> list[int]:
    """Places of the cells that count something, and so may add up."""
    units = {code: measure.unit for code, measure in dataset.measure_by_code.items()}
    return [place for place, cell in enumerate(cells) if units[cell.measure] == "Anzahl"]


def hidden(cells: Sequence[LocalCell], dataset: Dataset, regions: Mapping[str, Region]) -> set[int]:
    """Places of the cells to hide."""
    table = dataset.local
    if table is None or not table.threshold:
        return set()
    order = sorted(range(len(cells)), key=lambda place: cells[place][:4])
    ordered = [cells[place] for place in order]
    persons = [place for place in counted(ordered, dataset) if dataset.measure_by_code[ordered[place].measure].persons]
    signs = {rule.sign: rule.status for rule in dataset.signs}
    counts: list[int | None] = [None] * len(ordered)
    for place in persons:
        counts[place] = _count(ordered[place].value)
    sums = sums_of(ordered, persons, dataset, regions)
    for rule in parts_of(ordered, persons, dataset):
        total, part = counts[rule.total], counts[rule.parts[0]]
        if total is not None and part is not None:
            sums.append(Sum(rule.total, (rule.parts[0], len(counts))))
            counts.append(total - part)  # what is left is not printed, but whoever has both has it, too
    found = protect(
        counts,
        sums,
        table.threshold,
        hide_zero=table.hide_zero,
        secret=[place for place in persons if signs.get(ordered[place].printed) in _SECRET],
    )
    found = {place for place in found if place < len(ordered)}
    found |= _rates(ordered, found, dataset)
    return {order[place] for place in found if ordered[place].value is not None}


def _count(value: Decimal | None) -> int | None:
    """A count as a whole number; a part of one person is one."""
    if value is None:
        return None
    return max(1, int(value)) if value > 0 else 0


def _rates(cells: Sequence[LocalCell], hidden_counts: set[int], dataset: Dataset) -> set[int]:
    base = {column.code for column in dataset.local_table.of_field(BASE)}
    threshold = dataset.local_table.threshold
    shut = {cells[place].group for place in hidden_counts}
    stands_on = {cell.group: cell.value for cell in cells if cell.measure in base}
    rates = [
        place
        for place, cell in enumerate(cells)
        if (measure := dataset.measure_by_code[cell.measure]).unit != "Anzahl" and measure.persons
    ]
    found = set()
    for place in rates:
        cell = cells[place]
        persons = stands_on.get(cell.group)
        if cell.group in shut or (persons is not None and persons < threshold):
            found.add(place)
        elif persons is not None and cell.value and dataset.measure_by_code[cell.measure].unit == "Prozent":
            found |= {place} if 0 < round(persons * cell.value / 100) < threshold else set()
    while more := _single(cells, rates, found, len(dataset.axes)):
        found |= more
    return found


def _single(cells: Sequence[LocalCell], rates: Sequence[int], found: set[int], axes: int) -> set[int]:
    """A second rate to hide wherever the one that is hidden is what the others leave of 100 %."""
    for axis in range(axes):
        groups: dict[tuple[object, ...], list[int]] = {}
        for place in rates:
            cell = cells[place]
            if cell.words[axis]:
                rest = (*cell.words[:axis], *cell.words[axis + 1 :])
                groups.setdefault((cell.time, cell.region, cell.measure, rest), []).append(place)
        for places in groups.values():
            values = [cells[place].value for place in places]
            whole = sum((value for value in values if value is not None), Decimal(0))
            seen = [place for place in places if place not in found]
            if len(seen) == len(places) - 1 and seen and _ABOUT_ALL[0] <= whole <= _ABOUT_ALL[1]:
                return {min(seen, key=lambda place: (not cells[place].value, cells[place].value or 0, place))}
    return set()
