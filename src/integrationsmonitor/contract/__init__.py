"""The contract check. Comes in: the observations of one answer and its cells. Goes out: nothing, or a ContractError.

Refuses: other periods than asked for, a cell that stands twice, fewer rows than the dataset's minimum, a status without
a value that carries one (or the other way round), negative counts, figures beyond the bounds of the dataset's file,
and what cells.py refuses: missing cells, totals that are not the sum of their parts. Everything is done on numbers that
stand for words (columns.py): a million lines take a second.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from integrationsmonitor.columns import Column, keys_of
from integrationsmonitor.contract.cells import THUERINGEN, Periods, check_cells
from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import AXIS_FIELDS, CELL_KEY, STATUSES_WITH_VALUE

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset


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
        check_cells(cells, periods, dataset, catalog, filename)
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
        return len(region_key) == 5 and region_key.startswith(THUERINGEN)
    return region_key == regions
