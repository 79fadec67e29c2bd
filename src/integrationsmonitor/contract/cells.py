"""What the cells of one answer promise together. Comes in: cells, periods, the dataset. Goes out: nothing, or an error.

Refuses: missing cells where the dataset's file says that answers are complete (`all`: every required region × every
combination of its axes; `listed`: the combinations under `listed`; `none`), totals that are not the sum of their parts,
and a Land that is not that of its Kreise. Every figure stands for an interval, as wide as its source rounds: parts and
total fit where the intervals meet. What the source changed at random (cell key) is not added up.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from integrationsmonitor import outages
from integrationsmonitor.columns import Column, keys_of, words_of
from integrationsmonitor.dataset import OVER_MEASURES
from integrationsmonitor.errors import ContractError

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset, RegionSum, SumRule

Periods = Mapping[str, tuple[date, date]]
THUERINGEN = "16"
_NOTHING = ("zero", "rounded_to_zero")


def check_cells(cells: pa.Table, periods: Periods, dataset: Dataset, catalog: Catalog, filename: str) -> None:
    """Check completeness, sums over axes and sums over Kreise; the first that does not hold is refused."""
    answer = _Cells(cells, periods, dataset, filename)
    if dataset.contract.complete != "none":
        answer.check_complete(catalog)
    for rule in dataset.contract.sums:
        answer.check_sum(rule)
    for region_rule in dataset.contract.region_sums:
        answer.check_region_sum(region_rule, catalog)


class _Cells:
    """The cells of an answer, as words and numbers."""

    def __init__(self, cells: pa.Table, periods: Periods, dataset: Dataset, filename: str) -> None:
        self.periods, self.dataset, self.filename = periods, dataset, filename
        self.lines = cells["line"].to_numpy()
        self.members = cells["member"] if "member" in cells.column_names else None
        self.axes = {axis.code: Column.of(cells[f"a_{axis.code}"]) for axis in dataset.axes}
        names = ("time", "region_code", "measure", "value")
        self.time, self.region, self.measure, self.value = (Column.of(cells[name]) for name in names)
        self.numbers = self.value.look_up([_number(word, dataset) for word in self.value.words], float)
        columns = dict(zip(names, (self.time, self.region, self.measure, self.value), strict=True))
        columns |= {f"a_{code}": column for code, column in self.axes.items()}
        for rule in dataset.outages:
            self.numbers[outages.lines(columns, rule)] = math.nan  # no figures, whatever is printed there
        self.lows, self.highs = self._bounds()

    def _bounds(self) -> tuple[Any, Any]:
        """Per line the least and the most that its number may stand for; neither where nothing adds up."""
        import numpy as np

        around: Any = np.full((len(self.measure.words), len(self.time.words), 2), math.nan)
        for row, code in enumerate(self.measure.words):
            measure = self.dataset.measure_by_code.get(code)
            for column, time in enumerate(self.time.words):
                end = self.periods[time][1] if time in self.periods else None
                if measure is not None and end is not None and end < measure.perturbed_from:
                    around[row, column] = self.dataset.bounds_of(measure, end)
        below, above = np.moveaxis(around[self.measure.index, self.time.index], -1, 0)
        return np.maximum(self.numbers - below, 0), self.numbers + above

    def check_complete(self, catalog: Catalog) -> None:
        """Every promised cell must stand there, with a value or a sign."""
        import numpy as np

        columns = [self.region, self.measure, *self.axes.values()]
        size = int(np.prod([len(column.words) for column in columns], dtype=np.int64))
        present = np.sort(self.time.index.astype(np.int64) * size + keys_of(columns))
        known: dict[tuple[str, ...], Any] = {}
        for time, (_, end) in sorted(self.periods.items()):
            kreise = tuple(catalog.kreise_of(self.dataset, end))
            if kreise not in known:
                known[kreise] = self._keys(list(_expected(self.dataset, catalog, end)), columns)
            wanted = known[kreise] + self.time.words.index(time) * size
            nearest = np.minimum(np.searchsorted(present, wanted), len(present) - 1)
            missing = wanted[present[nearest] != wanted]
            if len(missing):
                self._refuse_missing(time, words_of(columns, int(missing[0]) % size))

    def _keys(self, cells: Sequence[tuple[str, ...]], columns: Sequence[Column]) -> Any:
        """Numbers of the expected cells; a word that occurs nowhere is missing at once."""
        import numpy as np

        places = [{word: number for number, word in enumerate(column.words)} for column in columns]
        keys: Any = np.empty(len(cells), dtype=np.int64)
        for row, cell in enumerate(cells):
            key = 0
            for word, numbers, column in zip(cell, places, columns, strict=True):
                if word not in numbers:
                    self._refuse_missing(self.time.words[0], cell)
                key = key * len(column.words) + numbers[word]
            keys[row] = key
        return keys

    def _refuse_missing(self, time: str, cell: Sequence[str]) -> None:
        region, measure, *codes = cell
        axes = [f"{axis.code}={code or 'total'}" for axis, code in zip(self.dataset.axes, codes, strict=True)]
        expected = f"a row for region {region} with {', '.join([measure, *axes])}"
        hint = f"The answer is incomplete by `contract.complete: {self.dataset.contract.complete}`"
        raise ContractError(self.dataset.id, self.filename, f"time {time}", expected, "none", hint)

    def check_sum(self, rule: SumRule) -> None:
        """Parts against total in Thüringen's rows, where all of them carry a number.

        Germany and the other Länder are comparators: their printed parts do differ from their totals at the source
        (e.g. 22221 Hessen 2013, 12711 Deutschland 2005), and that must not keep Thüringen's figures out.
        """
        axis = self.measure if rule.over == OVER_MEASURES else self.axes[rule.over]
        wanted = self.region.look_up([code.startswith(THUERINGEN) for code in self.region.words], bool)
        wanted &= axis.look_up([word == rule.total or word in rule.parts for word in axis.words], bool)
        if rule.measures:
            wanted &= self._is_one_of(self.measure, rule.measures)
        columns = [self.time, self.region, self.measure, *self.axes.values()]
        others = [column for column in columns if column is not axis]
        is_total = axis.look_up([word == rule.total for word in axis.words], bool)
        self._compare(wanted, is_total, others, len(rule.parts), (rule.tolerance, rule.over))

    def check_region_sum(self, rule: RegionSum, catalog: Catalog) -> None:
        """Kreise against their Land: on a first load nothing else notices a wrong figure of a single Kreis.

        Compared are cells of which the Land and every Kreis of that day print a number; a Land whose Kreise are all `-`
        has not delivered them.
        """
        import numpy as np

        times_by_kreise: dict[tuple[str, ...], list[str]] = {}
        for time, (_, end) in self.periods.items():
            if rule.first <= end <= rule.last:
                known = catalog.kreise_of(self.dataset, end)
                kreise = tuple(code for code in self.region.words if code in known)
                times_by_kreise.setdefault(kreise, []).append(time)
        is_land = self.region.look_up([code == THUERINGEN for code in self.region.words], bool)
        chosen: Any = np.ones(len(self.lines), dtype=bool)
        for axis, codes in rule.axes.items():
            chosen &= self._is_one_of(self.axes[axis], codes)
        if rule.measures:
            chosen &= self._is_one_of(self.measure, rule.measures)
        others, limits = [self.time, self.measure, *self.axes.values()], (rule.tolerance, "the Kreise")
        for kreise, times in times_by_kreise.items():
            wanted = chosen & self._is_one_of(self.time, times) & (self._is_one_of(self.region, kreise) | is_land)
            self._compare(wanted, is_land, others, len(kreise), limits, skip_empty=True)

    def _is_one_of(self, column: Column, words: Collection[str]) -> Any:
        return column.look_up([word in words for word in column.words], bool)

    def _compare(
        self,
        wanted: Any,
        is_total: Any,
        others: Sequence[Column],
        parts: int,
        limits: tuple[float, str],
        *,
        skip_empty: bool = False,
    ) -> None:
        """Add up the wanted lines per combination of the other columns; whole ones must agree with their total.

        `skip_empty` passes over sums of which no part prints anything but "-".
        """
        import numpy as np

        tolerance, what = limits
        rows = np.flatnonzero(wanted & ~np.isnan(self.highs))
        if not len(rows):
            return
        keys, groups = np.unique(keys_of([column.kept(rows) for column in others]), return_inverse=True)
        total = is_total[rows]

        def added(numbers: Any, which: Any) -> Any:
            return np.bincount(groups, weights=np.where(which, numbers[rows], 0.0), minlength=len(keys))

        too_many = added(self.lows, ~total) - added(self.highs, total)
        too_few = added(self.lows, total) - added(self.highs, ~total)
        whole = np.bincount(groups, minlength=len(keys)) == parts + 1
        whole &= np.bincount(groups, weights=total, minlength=len(keys)) == 1
        if skip_empty:
            is_dash = self.value.look_up([word == "-" for word in self.value.words], bool)[rows]
            whole &= np.bincount(groups, weights=~total & ~is_dash, minlength=len(keys)) > 0
        broken = np.flatnonzero(whole & (np.maximum(too_many, too_few) > tolerance + 1e-6))
        if len(broken):
            group = int(broken[np.argmin([rows[groups == number][0] for number in broken])])
            difference = abs(added(self.numbers, total)[group] - added(self.numbers, ~total)[group])
            allowed = difference - max(too_many[group], too_few[group]) + tolerance
            self._refuse_sum(what, allowed, rows[groups == group], total[groups == group])

    def _refuse_sum(self, what: str, tolerance: float, rows: Any, is_total: Any) -> None:
        first, total = int(rows[0]), self.numbers[rows[is_total]].sum()
        expected = f"parts of {what} that add up to the total {total:.15g} within {tolerance:g}"
        columns = (self.time, self.region, self.measure, *self.axes.values())
        row = ", ".join(str(column.words[column.index[first]]) or "total" for column in columns)
        raise ContractError(
            self.dataset.id,
            self.filename,
            f"line {self.lines[first]}" if self.members is None else f"{self.members[first]} line {self.lines[first]}",
            expected,
            f"{self.numbers[rows[~is_total]].sum():.15g}",
            f"Row: {row}",
        )


def _number(word: str, dataset: Dataset) -> float:
    """The number that a cell adds to a sum: "-" is nothing, any other sign is unknown.

    A `0` may be a sign, too. Where it always stands for nothing, or for so little that it was rounded away, it adds
    nothing, and the tolerance allows for it; else it is unknown like any other sign.
    """
    meant = {rule.status for rule in dataset.signs if rule.sign == word}
    if word == "-":
        return 0.0
    if not meant <= {"value", *_NOTHING}:
        return math.nan
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return float("nan")


def _expected(dataset: Dataset, catalog: Catalog, end: date) -> Iterator[tuple[str, ...]]:
    """Region, measure code and axis codes of every cell that must be there for a period ending on that day."""
    entries: tuple[Mapping[str, Any], ...] = dataset.contract.listed if dataset.contract.complete == "listed" else ({},)
    for entry in entries:
        keys = _regions(entry.get("regions", dataset.contract.regions), dataset, catalog, end)
        measures = entry.get("measures", [measure.code for measure in dataset.measures])
        named = entry.get("axes", {})
        axes = [named.get(axis.code, [value.code for value in axis.values]) for axis in dataset.axes]
        yield from product(keys, measures, *axes)


def _regions(words: Any, dataset: Dataset, catalog: Catalog, end: date) -> list[str]:
    keys: list[str] = []
    for word in words:
        if word == "kreise":
            keys += catalog.kreise_of(dataset, end)
        elif word == "laender":
            keys += catalog.of_level("land")
        else:
            keys.append(str(word))
    return keys
