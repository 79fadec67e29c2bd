"""From cells to observations. Comes in: the cells of a reader. Goes out: an Arrow table in the shape of observation.py.

The words of each column are judged one by one, strictly; a line costs a few look-ups (columns.py). Refuses: a time
that does not fit the dataset's period, an unknown Kreis of Thüringen, a region whose name does not belong to its key,
a quality mark that is not known, a Land that differs under its two keys 16 and 160, and what statuses.py refuses.
Regions outside the catalogue are left out.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor.columns import Column, combine, constant
from integrationsmonitor.dataset import LAST_DAY
from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import AXIS_FIELDS, COLUMNS, STATED, STATUSES, STATUSES_WITH_VALUE, schema
from integrationsmonitor.sources.cells import NUMBER, QUALITIES
from integrationsmonitor.sources.periods import period_of
from integrationsmonitor.sources.statuses import NOTHING_THERE, Statuses
from integrationsmonitor.spreadsheet import column_letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import numpy as np
    import pyarrow as pa

    from integrationsmonitor.catalog import Region
    from integrationsmonitor.dataset import Dataset, Measure

_LAND, _LAND_AGAIN = "16", "160"
_SEVERAL_IN_A_LINE = ("csv", "ba_csv", "tls_csv", "table")


class Origin(NamedTuple):
    """Where the cells came from: for error messages, locators and keys."""

    filename: str
    layout: str
    sheet: str | None
    known_from: datetime
    raw_sha256: str
    parse_key: str


class Mapped(NamedTuple):
    """Observations, and the period of every printed time."""

    observations: pa.Table
    periods: Mapping[str, tuple[date, date]]


def map_cells(cells: pa.Table, dataset: Dataset, regions: Mapping[str, Region], origin: Origin) -> Mapped:
    """Map the cells of one answer; the first thing that is wrong rejects it with a ContractError naming the line."""
    return _Mapper(cells, dataset, regions, origin).run()


class _Mapper:
    def __init__(self, cells: pa.Table, dataset: Dataset, regions: Mapping[str, Region], origin: Origin) -> None:
        self.dataset, self.regions, self.origin = dataset, regions, origin
        self.cells = cells
        self.lines = cells["line"].to_numpy()
        self.fields = cells["col"].to_numpy()
        names = ["time", "region_code", "measure", "value", "quality", *(f"a_{axis.code}" for axis in dataset.axes)]
        self.columns = {name: Column.of(cells[name]) for name in names}
        self.member = Column.of(cells["member"]) if "member" in cells.column_names else None
        self.printed = Column.of(cells["printed"]) if "printed" in cells.column_names else self.columns["value"]

    def run(self) -> Mapped:
        import numpy as np

        self._check_region_names()
        self._check_land_twice()
        known = self.columns["region_code"].look_up([code in self.regions for code in self._codes()], bool)
        if not known.all():
            rows = np.flatnonzero(known)
            self.columns = {name: column.kept(rows) for name, column in self.columns.items()}
            self.lines, self.fields = self.lines[rows], self.fields[rows]
            self.member = None if self.member is None else self.member.kept(rows)
            self.printed = self.printed.kept(rows)
        self._check_quality()
        time = self.columns["time"]
        periods, bases = self._periods()
        gone = self._gone(periods)
        refuse = partial(self._refuse, cell=True)
        judge = Statuses(self.columns, self.dataset, self.regions, self.origin.layout, refuse)
        statuses = judge.judge(periods, gone)
        combos = combine([self.columns["measure"], *(self.columns[f"a_{axis.code}"] for axis in self.dataset.axes)])
        fields = self._fields(combos)
        table = self._table(combos, fields, periods, bases, statuses)
        return Mapped(table, {word: periods[number] for number, word, _ in time.used()})

    def _refuse(self, place: int, expected: str, found: str, hint: str = "", *, cell: bool = False) -> ContractError:
        """The error for a line, or, where several numbers stand in one, for its `cell`."""
        where = f"line {int(self.lines[place])}" if place < len(self.lines) else "the file"
        if cell and self.origin.layout in _SEVERAL_IN_A_LINE:
            where += f", field {int(self.fields[place])}"
        elif cell and self.origin.sheet is not None:
            where = f"{self.origin.sheet}!{column_letters(int(self.fields[place]))}{int(self.lines[place])}"
        if self.member is not None and place < len(self.lines):
            where = f"{self.member.words[self.member.index[place]]} {where}"
        return ContractError(self.dataset.id, self.origin.filename, where, expected, found, hint)

    def _codes(self) -> list[str]:
        return self.columns["region_code"].words

    def _check_region_names(self) -> None:
        """Key and name must belong together: a shifted column would otherwise pass."""
        pairs = combine([self.columns["region_code"], Column.of(self.cells["region_label"])])
        for _, (code, label), place in pairs.used():
            region = self.regions.get(code)
            name = (label or "").strip()
            if region is None:
                if not code or re.fullmatch(r"16\d{3}", code):
                    hint = "A new Kreis must first be entered in catalog/regions.yml"
                    raise self._refuse(place, "a known Kreis of Thüringen", f"{code!r} ({name})", hint)
            elif name.split(",", 1)[0].strip() != region.name:
                raise self._refuse(place, f"the name {region.name!r} for region {code}", repr(name))

    def _check_land_twice(self) -> None:
        """16 and 160 are the same Land in tables with levels (sources differ in which they print)."""
        if _LAND_AGAIN not in self._codes():
            return
        names = [name for name in self.columns if name not in ("region_code", "value", "quality")]
        keys = combine([self.columns[name] for name in names])
        codes, values = self.columns["region_code"], self.columns["value"]
        land: dict[int, int] = {}
        again: dict[int, int] = {}
        wanted = {codes.words.index(_LAND_AGAIN): again}
        if _LAND in codes.words:
            wanted[codes.words.index(_LAND)] = land
        for number, found in wanted.items():
            places = (codes.index == number).nonzero()[0]
            found.update({int(keys.index[place]): int(place) for place in places})
        for key, place in again.items():
            here = values.words[values.index[place]]
            if key in land and here not in (NOTHING_THERE, values.words[values.index[land[key]]]):
                expected = f"the value of region 16, {values.words[values.index[land[key]]]}, for region 160"
                raise self._refuse(place, expected, here)

    def _check_quality(self) -> None:
        for _, quality, place in self.columns["quality"].used():
            if quality not in QUALITIES:
                known = ", ".join(sorted(QUALITIES - {""}))
                raise self._refuse(place, f"a quality mark of {known}", repr(quality), cell=True)

    def _periods(self) -> tuple[list[tuple[date, date]], list[str]]:
        """First and last day, and basis, of every time."""
        time = self.columns["time"]
        periods: list[Any] = [None] * len(time.words)
        bases = [""] * len(time.words)
        for number, text, place in time.used():
            period = period_of(text, self.dataset.period_type)
            if period is None:
                raise self._refuse(place, f"a time of the kind {self.dataset.period_type}", repr(text))
            periods[number], bases[number] = period, self._basis(period[1], place)
        return periods, bases

    def _basis(self, period_end: date, place: int) -> str:
        known = self.origin.known_from.date()
        for rule in self.dataset.basis:
            if rule.first <= period_end <= rule.last and known < rule.known_before:
                return rule.basis
        hint = f"Add one to catalog/datasets/{self.dataset.id}.yml"
        raise self._refuse(place, f"a rule under `basis` for {period_end}", "none", hint)

    def _gone(self, periods: list[tuple[date, date]]) -> np.ndarray[Any, Any]:
        """Per line: 0 the region existed throughout the period, 1 only for a part of it, 2 not at all.

        Where the source restates its history, what counts is whether the region exists today.
        """
        import numpy as np

        region, time = self.columns["region_code"], self.columns["time"]
        table: Any = np.zeros((len(region.words), len(time.words)), dtype=np.int8)
        for row, code in enumerate(region.words):
            found = self.regions.get(code)
            for column, period in enumerate(periods):
                if found is not None and period is not None:
                    start, end = (LAST_DAY, LAST_DAY) if self.dataset.is_restated else period
                    outside = start > found.valid_to or end < found.valid_from
                    table[row, column] = 2 if outside else int(end > found.valid_to or start < found.valid_from)
        found_per_line: np.ndarray[Any, Any] = table[region.index, time.index]
        return found_per_line

    def _fields(self, combos: Column) -> list[dict[str, str]]:
        """Per combination of measure and axis values: the fields that it sets."""
        found: list[dict[str, str]] = [{} for _ in combos.words]
        for number, (code, *codes), place in combos.used():
            measure = self.dataset.measure_by_code.get(code)
            values = [axis.by_code.get(word) for axis, word in zip(self.dataset.axes, codes, strict=True)]
            if measure is None or None in values:
                raise self._refuse(place, "codes of the dataset's file", repr((code, *codes)))
            found[number] = self._set(measure, [value.sets for value in values if value is not None])
        return found

    def _set(self, measure: Measure, settings: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """Axis fields, and the remaining dimensions ("insgesamt" is left out: not split by it)."""
        fields = {**AXIS_FIELDS}
        dimensions: dict[str, str] = {}
        for setting in (self.dataset.constants, measure.constants, *settings):
            for name, value in setting.items():
                if name not in fields:
                    dimensions[name] = value
                elif value != AXIS_FIELDS[name]:
                    fields[name] = value
        others = "|".join(f"{name}={value}" for name, value in sorted(dimensions.items()) if value != "insgesamt")
        own = {"measure": measure.measure, "unit": measure.unit, "basis": measure.basis}
        return {**fields, "dimensions": others, **own}

    def _table(
        self,
        combos: Column,
        fields: list[dict[str, str]],
        periods: list[tuple[date, date]],
        bases: list[str],
        statuses: np.ndarray[Any, Any],
    ) -> pa.Table:
        import numpy as np
        import pyarrow as pa

        region, time, value = (self.columns[name] for name in ("region_code", "time", "value"))
        rows = len(region.index)
        numbers = Column(list(STATUSES), statuses)
        has_value = np.isin(statuses, [STATUSES.index(status) for status in STATUSES_WITH_VALUE])
        is_sign = statuses != STATUSES.index("value")
        if any(field["basis"] for field in fields):
            both = combine([Column(bases, time.index), Column([field["basis"] for field in fields], combos.index)])
            basis = both.mapped(lambda number: both.words[number][1] or both.words[number][0])
        else:
            basis = time.mapped(lambda number: bases[number])
        days = [
            pa.array([period[side] if period else None for period in periods], pa.date32()).take(pa.array(time.index))
            for side in (0, 1)
        ]
        signs = value.mapped(lambda number: value.words[number])
        printed = self.printed
        territory = self.dataset.territory_date
        columns = {
            "dataset_id": constant(self.dataset.id, rows),
            "region_key": region.mapped(lambda number: region.words[number]),
            "region_level": region.mapped(lambda number: self._level(region.words[number])),
            "period_type": constant(self.dataset.period_type, rows),
            "period_start": days[0],
            "period_end": days[1],
            "value": self._values(has_value),
            "sign": pa.DictionaryArray.from_arrays(
                pa.array(signs.indices.to_numpy(zero_copy_only=False), mask=~is_sign), signs.dictionary
            ),
            "printed": signs if printed.words is value.words else printed.mapped(lambda n: printed.words[n]),
            "status": numbers.mapped(lambda number: STATUSES[number]),
            "quality": self.columns["quality"].mapped(lambda n: self.columns["quality"].words[n] or None),
            "basis": basis,
            "place": constant(self.dataset.place, rows),
            "territory_date": days[1] if territory is None else pa.repeat(pa.scalar(territory, pa.date32()), rows),
            "raw_sha256": constant(self.origin.raw_sha256, rows),
            "raw_locator": self._locators(),
            "parse_key": constant(self.origin.parse_key, rows),
        }
        for name in ("measure", *AXIS_FIELDS, "dimensions", "unit"):
            columns[name] = combos.mapped([field.get(name, "") for field in fields].__getitem__)
        for name in STATED:
            columns[name] = pa.nulls(rows, schema(STATED).field(name).type)
        return pa.table({name: columns[name] for name in (*COLUMNS, *STATED)})

    def _level(self, code: str) -> str | None:
        return self.regions[code].level if code in self.regions else None

    def _values(self, has_value: Any) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        value = self.columns["value"]
        texts = [word.replace(",", ".") if NUMBER.fullmatch(word or "") else "0" for word in value.words]
        numbers = pc.cast(pa.array(texts, pa.string()), pa.decimal128(18, 6))
        return numbers.take(pa.array(value.index, mask=~has_value))

    def _locators(self) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        lines = pc.cast(pa.array(self.lines), pa.string())
        member = self.member
        members = "" if member is None else member.mapped(lambda n: f"{member.words[n]} ").cast(pa.string())
        if self.origin.sheet is not None:
            letters = Column.of(pa.chunked_array([pa.array(self.fields)]))
            prefix = letters.mapped(lambda number: f"{self.origin.sheet}!{column_letters(letters.words[number])}")
            return pc.binary_join_element_wise(members, prefix.cast(pa.string()), lines, "")
        fields = pc.cast(pa.array(self.fields), pa.string())
        return pc.binary_join_element_wise(members, "line ", lines, ", field ", fields, "")
