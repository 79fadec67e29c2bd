"""What of a local file is hidden. Comes in: its cells and the description. Goes out: the places of the hidden ones.

Counts of persons are protected by local_threshold.py, in an order that does not depend on the file's; so is what is not
printed, but can be computed: what a total leaves beside its parts ("darunter"), the persons that a percentage speaks of
and those that it leaves. A rate is hidden with the counts of its line, where the persons that it stands on are too few,
and where it is the only one hidden among parts that make up 100 %. Refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.local_description import BASE
from integrationsmonitor.region import Region
from integrationsmonitor.sources.local_sums import LocalCell, parts_of, sums_of
from integrationsmonitor.sources.local_threshold import Sum, protect

_SECRET = ("secret", "unknown_or_secret")
_SHARES = {"Prozent": 100, "Promille": 1000}
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
    told = _told(ordered, dataset)
    for rule in told:
        rate, base = ordered[rule.parts[0]], counts[rule.total]
        if rate.value is not None and base is not None:
            size = _size(dataset.measure_by_code[rate.measure].unit)
            counts[rule.parts[0]] = round(base * rate.value / size)
    persons += [rule.parts[0] for rule in told]
    sums = sums_of(ordered, persons, dataset, regions)
    for rule in (*told, *parts_of(ordered, persons, dataset, regions)):
        values = [counts[place] for place in (rule.total, *rule.parts)]
        known = [value for value in values if value is not None]
        rest = known[0] - sum(known[1:]) if len(known) == len(values) else -1
        if rest >= 0:
            sums.append(Sum(rule.total, (*rule.parts, len(counts))))
            counts.append(rest)  # it is not printed, but whoever has the others has it, too
    found = protect(
        counts,
        sums,
        table.threshold,
        hide_zero=table.hide_zero,
        secret=[place for place in persons if signs.get(ordered[place].printed) in _SECRET],
        unprinted=range(len(ordered), len(counts)),
    )
    found = {place for place in found if place < len(ordered)}
    found |= _rates(ordered, found, dataset)
    return {order[place] for place in found if ordered[place].value is not None}


def _count(value: Decimal | None) -> int | None:
    """A count as a whole number; a part of one person is one."""
    if value is None:
        return None
    return max(1, int(value)) if value > 0 else 0


def _told(cells: Sequence[LocalCell], dataset: Dataset) -> list[Sum]:
    """The shares, each as a part of the persons that it stands on: both tell a count that is not printed."""
    base = _bases(cells, dataset)
    return [
        Sum(base[cells[place].group], (place,))
        for place in _rates_of_persons(cells, dataset)
        if cells[place].group in base and _size(dataset.measure_by_code[cells[place].measure].unit)
    ]


def _size(unit: str) -> int:
    """Of how many a share is given: 100 of a percentage; 0 where the unit is that of no share."""
    if unit in _SHARES:
        return _SHARES[unit]
    found = re.match(r"(?:je|pro) ([0-9][0-9 .]*)", unit)
    return int(re.sub(r"\D", "", found[1])) if found else 0


def _bases(cells: Sequence[LocalCell], dataset: Dataset) -> dict[int, int]:
    """Line → place of the number of persons that its rates stand on."""
    codes = {column.code for column in dataset.local_table.of_field(BASE)}
    return {cell.group: place for place, cell in enumerate(cells) if cell.measure in codes}


def _rates_of_persons(cells: Sequence[LocalCell], dataset: Dataset) -> list[int]:
    measures = [dataset.measure_by_code[cell.measure] for cell in cells]
    return [place for place, measure in enumerate(measures) if measure.unit != "Anzahl" and measure.persons]


def _rates(cells: Sequence[LocalCell], hidden_before: set[int], dataset: Dataset) -> set[int]:
    rates, base = _rates_of_persons(cells, dataset), _bases(cells, dataset)
    shut = {cells[place].group for place in hidden_before.difference(rates)}
    found = hidden_before.intersection(rates)
    for place in rates:
        group = cells[place].group
        persons = cells[base[group]].value if group in base else None  # not told: they may be few
        if group in shut or persons is None or persons < dataset.local_table.threshold:
            found.add(place)
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
