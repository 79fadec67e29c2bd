"""The contract check. Comes in: the observations of one answer and its cells. Goes out: nothing, or a ContractError.

Refuses: other periods than asked for, a cell that stands twice, fewer rows than the dataset's minimum, missing cells
where the dataset's file says that answers are complete, a status without a value that carries one (or the other way
round), negative counts, figures beyond the bounds of the dataset's file, and totals that are not the sum of their
parts within the source's rounding. Completeness is what the dataset declares: `all` (every required region × every
combination of its axes), `listed` (the combinations under `listed`), `none`. Everything is done on numbers that stand
for words (columns.py): a million lines take a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from integrationsmonitor.columns import Column, keys_of, words_of
from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import AXIS_FIELDS, CELL_KEY, STATUSES_WITH_VALUE

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog, Dataset, SumRule

Periods = Mapping[str, tuple[date, date]]
_THUERINGEN = "16"


def check(
    observations: pa.Table,
    cells: pa.Table | None,
    periods: Periods,
    dataset: Dataset,
    catalog: Catalog,
    filename: str,
    scope: tuple[date, date],
) -> int:
    """Check observations (for tables with axes also their cells) against the contract; returns the number of rows.

    `periods` gives the first and last day of every printed time in the cells; they must lie in the `scope` that was
    asked for: a host that ignores the years would otherwise answer every request with its latest figures.
    """
    for time, (_, end) in sorted(periods.items()):
        if not scope[0] <= end <= scope[1]:
            expected = f"figures for {scope[0]} to {scope[1]}, as asked for"
            raise ContractError(dataset.id, filename, f"time {time}", expected, "another period")
    minimum, rows = dataset.contract.minimum_rows, int(observations.num_rows)
    if rows < minimum:
        hint = "Half an answer is refused; ask again tomorrow"
        expected = f"at least {minimum} rows in scope"
        raise ContractError(dataset.id, filename, "the whole file", expected, f"{rows}", hint)
    _check_unique(observations, dataset, filename)
    _check_values(observations, dataset, filename)
    _check_plausible(observations, dataset, filename)
    if cells is not None:
        answer = _Answer(cells, dataset, filename)
        if dataset.contract.complete != "none":
            answer.check_complete(periods, catalog)
        for rule in dataset.contract.sums:
            answer.check_sum(rule)
    return rows


def _check_unique(observations: pa.Table, dataset: Dataset, filename: str) -> None:
    import numpy as np

    columns = [Column.of(observations[name]) for name in CELL_KEY if name not in ("dataset_id", "place")]
    keys = keys_of([column for column in columns if len(column.words) > 1] or columns[:1])
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if len(twice):
        first, second = sorted(order[[twice[0], twice[0] + 1]].tolist())
        places = " and ".join(observations["raw_locator"][row].as_py() for row in (first, second))
        found = f"region {observations['region_key'][first]}, {observations['period_end'][first]} twice or more"
        raise ContractError(dataset.id, filename, places, "every cell once", found)


def _check_values(observations: pa.Table, dataset: Dataset, filename: str) -> None:
    import numpy as np
    import pyarrow.compute as pc

    status, unit = Column.of(observations["status"]), Column.of(observations["unit"])
    promised = status.look_up([word in STATUSES_WITH_VALUE for word in status.words], bool)
    has_value = pc.is_valid(observations["value"]).to_numpy()
    is_negative = pc.fill_null(pc.less(observations["value"], 0), False).to_numpy()
    counts = unit.look_up([word == "Anzahl" for word in unit.words], bool)
    wrong = np.flatnonzero((promised != has_value) | (is_negative & counts))
    if len(wrong):
        row = int(wrong[0])
        place, found = (observations[name][row].as_py() for name in ("raw_locator", "value"))
        expected = f"a value that fits the status {status.words[status.index[row]]}"
        raise ContractError(dataset.id, filename, place, expected, f"{found}")


def _check_plausible(observations: pa.Table, dataset: Dataset, filename: str) -> None:
    """Bounds from the dataset's file: they need no figure of before, so they hold on a first load too."""
    import numpy as np

    if not dataset.contract.plausible:
        return
    region, measure = Column.of(observations["region_key"]), Column.of(observations["measure"])
    values = observations["value"].cast("double").to_numpy()  # NaN where there is none: within all bounds
    is_total: Any = np.ones(len(values), dtype=bool)
    for name, total in {**AXIS_FIELDS, "dimensions": ""}.items():
        if name != "citizenship_scheme":
            column = Column.of(observations[name])
            is_total &= column.look_up([word == total for word in column.words], bool)
    for bounds in dataset.contract.plausible:
        concerned = measure.look_up([word == bounds.measure for word in measure.words], bool)
        concerned &= region.look_up([_is_in(word, bounds.regions) for word in region.words], bool)
        if bounds.only_totals:
            concerned &= is_total
        wrong = np.flatnonzero(concerned & ((values < bounds.low) | (values > bounds.high)))
        if len(wrong):
            row = int(wrong[0])
            place, key, day = (observations[name][row].as_py() for name in ("raw_locator", "region_key", "period_end"))
            expected = f"{bounds.measure} of {key} at {day} between {bounds.low:,.15g} and {bounds.high:,.15g}"
            hint = f"If the figure is right, widen contract.plausible in catalog/datasets/{dataset.id}.yml"
            raise ContractError(dataset.id, filename, place, expected, f"{values[row]:,.15g}", hint)


def _is_in(region_key: str, regions: str) -> bool:
    if regions == "kreise":
        return len(region_key) == 5 and region_key.startswith(_THUERINGEN)
    return region_key == regions


class _Answer:
    """The cells of an answer, as words and numbers."""

    def __init__(self, cells: pa.Table, dataset: Dataset, filename: str) -> None:
        self.dataset, self.filename = dataset, filename
        self.lines = cells["line"].to_numpy()
        self.axes = {axis.code: Column.of(cells[f"a_{axis.code}"]) for axis in dataset.axes}
        self.time, self.region, self.measure, self.value = (
            Column.of(cells[name]) for name in ("time", "region_code", "measure", "value")
        )

    def check_complete(self, periods: Periods, catalog: Catalog) -> None:
        """Every promised cell must stand there, with a value or a sign."""
        import numpy as np

        columns = [self.region, self.measure, *self.axes.values()]
        size = int(np.prod([len(column.words) for column in columns], dtype=np.int64))
        present = np.sort(self.time.index.astype(np.int64) * size + keys_of(columns))
        known: dict[tuple[str, ...], Any] = {}
        for time, (_, end) in sorted(periods.items()):
            kreise = tuple(catalog.kreise_at(end))
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
        import numpy as np

        axis = self.axes[rule.over]
        wanted = self.region.look_up([code.startswith(_THUERINGEN) for code in self.region.words], bool)
        wanted &= axis.look_up([word == rule.total or word in rule.parts for word in axis.words], bool)
        if rule.measures:
            wanted &= self.measure.look_up([word in rule.measures for word in self.measure.words], bool)
        numbers = self.value.look_up([_number(word) for word in self.value.words], float)
        rows = np.flatnonzero(wanted & ~np.isnan(numbers))
        others = [self.time, self.region, self.measure, *(c for code, c in self.axes.items() if code != rule.over)]
        keys, groups = np.unique(keys_of([column.kept(rows) for column in others]), return_inverse=True)
        is_total = axis.look_up([word == rule.total for word in axis.words], bool)[rows]
        sign = np.where(is_total, -1.0, 1.0)
        difference = np.bincount(groups, weights=sign * numbers[rows], minlength=len(keys))
        whole = np.bincount(groups, minlength=len(keys)) == len(rule.parts) + 1
        broken = np.flatnonzero(whole & (np.abs(difference) > rule.tolerance + 1e-6))
        if len(broken):
            group = int(broken[np.argmin([rows[groups == number][0] for number in broken])])
            self._refuse_sum(rule, rows[groups == group], numbers, is_total[groups == group])

    def _refuse_sum(self, rule: SumRule, rows: Any, numbers: Any, is_total: Any) -> None:
        first, total = int(rows[0]), numbers[rows[is_total]].sum()
        expected = f"parts of {rule.over} that add up to the total {total:.15g} within {rule.tolerance:g}"
        columns = (self.time, self.region, self.measure)
        row = ", ".join(str(column.words[column.index[first]]) for column in columns)
        raise ContractError(
            self.dataset.id,
            self.filename,
            f"line {self.lines[first]}",
            expected,
            f"{numbers[rows[~is_total]].sum():.15g}",
            f"Row: {row}",
        )


def _number(word: str) -> float:
    """The number that a cell adds to a sum: "-" is nothing, any other sign is unknown."""
    if word == "-":
        return 0.0
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return float("nan")


def _expected(dataset: Dataset, catalog: Catalog, end: date) -> Iterator[tuple[str, ...]]:
    """Region, measure code and axis codes of every cell that must be there for a period ending on that day."""
    entries: tuple[Mapping[str, Any], ...] = dataset.contract.listed if dataset.contract.complete == "listed" else ({},)
    for entry in entries:
        keys = _regions(entry.get("regions", dataset.contract.regions), catalog, end)
        measures = entry.get("measures", [measure.code for measure in dataset.measures])
        named = entry.get("axes", {})
        axes = [named.get(axis.code, [value.code for value in axis.values]) for axis in dataset.axes]
        yield from product(keys, measures, *axes)


def _regions(words: Any, catalog: Catalog, end: date) -> list[str]:
    keys: list[str] = []
    for word in words:
        if word == "kreise":
            keys += catalog.kreise_at(end)
        elif word == "laender":
            keys += catalog.of_level("land")
        else:
            keys.append(str(word))
    return keys
