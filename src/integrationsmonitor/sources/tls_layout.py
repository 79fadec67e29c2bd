"""What stands where in the export of a TLS table. Comes in: `source` of the dataset's file. Goes out: a `Layout`.

Refuses, with file, key and fix: columns of a measure, an axis or a code that the file does not declare, a header that
stands twice, leading columns without a region, a time that nothing could tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset

YEAR = "{year}"
Header = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A data column that is loaded; `scale` is what a printed 1 stands for, where its own entry says so."""

    measure: str
    codes: tuple[str, ...]
    scale: int | None = None


@dataclass(frozen=True)
class Layout:
    """Roles of the leading columns, the data columns by their header (None: known and not loaded), and the time."""

    stub: tuple[str, ...]
    columns: Mapping[Header, Column | None]
    ignored_rows: frozenset[str]
    time_in: str
    time_after: str
    day: str
    scale: int


def layout_of(dataset: Dataset) -> Layout:
    """The layout that a dataset's file declares, checked against its measures and axes."""
    source = dataset.source
    stub, time = tuple(source["stub"]), source["time"]
    if not {"key", "name"} & set(stub):
        raise _wrong(dataset, "source.stub names neither `key` nor `name` of the region")
    if (time["in"] == "column") != ("time" in stub):
        raise _wrong(dataset, "source.time.in must be `column` exactly where source.stub names `time`")
    if time["in"] == "link" and YEAR not in str(source["link"]) and source["link"]:
        raise _wrong(dataset, f"source.time.in is `link`, but the link has no {YEAR}")
    if YEAR in str(source["link"]) and "start_year" not in source:
        raise _wrong(dataset, f"source.link has {YEAR}, but source.start_year does not say from which")
    columns: dict[Header, Column | None] = {}
    for raw in source["columns"]:
        _add(columns, tuple(raw["header"]), _column(dataset, raw), dataset)
    for header in source.get("ignored_columns", ()):
        _add(columns, tuple(header), None, dataset)
    scale = int(source.get("scale", 1))
    loaded = [column for column in columns.values() if column is not None]
    _check_scaled({column.measure for column in loaded if (column.scale or scale) > 1}, dataset)
    day = ".".join(reversed(str(time.get("day", "")).strip(".").split("."))).replace(".", "-")
    return Layout(
        stub=stub,
        columns=columns,
        ignored_rows=frozenset(source.get("ignored_rows", ())),
        time_in=str(time["in"]),
        time_after=str(time.get("after", "")),
        day=day,
        scale=scale,
    )


def _check_scaled(measures: set[str], dataset: Dataset) -> None:
    """Printed thousands are rounded: they are not exact, and add up within that."""
    for measure in sorted(measures):
        if "step" not in (dataset.measure_by_code[measure].rounding or dataset.rounding):
            raise _wrong(dataset, f"the measure {measure!r} is printed in thousands and needs `rounding` with a step")


def _add(columns: dict[Header, Column | None], header: Header, column: Column | None, dataset: Dataset) -> None:
    if header in columns:
        raise _wrong(dataset, f"the header {' / '.join(header)!r} stands twice; remove one")
    columns[header] = column


def _column(dataset: Dataset, raw: Mapping[str, Any]) -> Column:
    measure, axes = str(raw["measure"]), raw.get("axes", {})
    if measure not in dataset.measure_by_code:
        raise _wrong(dataset, f"source.columns names the measure {measure!r}, which is not declared")
    for axis, code in axes.items():
        if axis not in dataset.axis_by_code or code not in dataset.axis_by_code[axis].by_code:
            raise _wrong(dataset, f"source.columns names {axis}={code!r}, which is not declared")
    return Column(measure, tuple(axes.get(axis.code, "") for axis in dataset.axes), raw.get("scale"))


def _wrong(dataset: Dataset, problem: str) -> ConfigError:
    return ConfigError(f"catalog/datasets/{dataset.id}.yml: {problem}")
