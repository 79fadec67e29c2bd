"""One region's answer as JSON (`dia`). Comes in: the bytes. Goes out: its figures, in the order of the list.

The list has one object per month and metric: `attributes` (`0` the month, `1` the group where the table has groups),
`value`, `showValue`, `metricName`, `index` (0 is the latest month). Refuses: anything but this shape, keys that the
dataset's file does not name, a key twice in one object, NaN, a value that is not what its `showValue` prints, a null
without a sign, an index that does not fit the order of the months, an empty list.
"""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import ba_printed
from integrationsmonitor.sources.ba_figures import Figure
from integrationsmonitor.sources.ba_months import german, month_of

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.sources.bundle import Part

MAX_BYTES = 16 * 1024 * 1024
MAX_OBJECTS = 200_000
_KEYS = ("attributes", "value", "showValue", "metricName", "index")
_DESC = "DESC"


def read_figures(part: Part, dataset: Dataset, filename: str) -> list[Figure]:
    """The figures of one answer; metrics that the dataset's file calls changes are read, but not handed on."""
    return _Reader(part, dataset, filename).read()


class _Reader:
    def __init__(self, part: Part, dataset: Dataset, filename: str) -> None:
        self.part, self.dataset, self.filename = part, dataset, filename
        self.more_keys = frozenset(dataset.source.get("more_keys", ()))
        self.changes = frozenset(dataset.source.get("change_metrics", ()))
        self.indexes: dict[str, int] = {}

    def read(self) -> list[Figure]:
        found = self._parsed()
        if not isinstance(found, list) or not found:
            raise self._refuse(0, "a list of figures", "an empty list" if found == [] else type(found).__name__)
        if len(found) > MAX_OBJECTS:
            raise self._refuse(0, f"at most {MAX_OBJECTS:,} figures", f"{len(found):,}")
        figures = [figure for line, entry in enumerate(found, start=1) if (figure := self._figure(line, entry))]
        if not figures:
            raise self._refuse(0, "figures", "changes only")
        self._check_indexes()
        return figures

    def _parsed(self) -> Any:
        if len(self.part.body) > MAX_BYTES:
            raise self._refuse(0, f"at most {MAX_BYTES:,} bytes", f"{len(self.part.body):,}")
        try:
            text = self.part.body.decode("utf-8-sig")
            return json.loads(text, parse_float=_decimal, parse_constant=_no_number, object_pairs_hook=_once)
        except (ValueError, RecursionError) as problem:
            start = self.part.body[:40].decode("utf-8", "replace")
            raise self._refuse(0, "JSON", f"{str(problem)[:100]} in {start!r}") from None

    def _figure(self, line: int, entry: Any) -> Figure | None:
        self._check_keys(line, entry, _KEYS)
        month, group = self._attributes(line, entry["attributes"])
        label, index = entry["metricName"], entry["index"]
        if not isinstance(label, str):
            raise self._refuse(line, "a metricName that is text", repr(label)[:80])
        if type(index) is not int or not 0 <= index <= MAX_OBJECTS:
            raise self._refuse(line, "an index from 0", repr(index)[:80])
        if self.indexes.setdefault(month, index) != index:
            raise self._refuse(line, f"index {self.indexes[month]} for {german(month)}", str(index))
        if label in self.changes:
            return None
        value = self._value(line, label, entry["value"], entry["showValue"])
        return Figure(line, 1, month, label, group, value, entry["showValue"].strip())

    def _check_keys(self, line: int, entry: Any, keys: tuple[str, ...]) -> None:
        if not isinstance(entry, dict):
            raise self._refuse(line, "an object", type(entry).__name__)
        for key in keys:
            if key not in entry:
                raise self._refuse(line, f"the key {key}", ", ".join(entry)[:80] or "none")
        for key in entry:
            if key not in keys and key not in self.more_keys:
                expected = f"the keys {', '.join(keys)} and those under source.more_keys"
                raise self._refuse(line, expected, repr(key)[:80])

    def _attributes(self, line: int, attributes: Any) -> tuple[str, str]:
        """The month and the group ("" where the table has none)."""
        wanted = [str(number) for number in range(1 + len(self.dataset.axes))]
        if not isinstance(attributes, dict) or sorted(attributes) != wanted:
            found = ", ".join(map(str, attributes)) if isinstance(attributes, dict) else type(attributes).__name__
            raise self._refuse(line, f"the attributes {', '.join(wanted)}", found[:80] or "none")
        words = []
        for number in wanted:
            self._check_keys(line, attributes[number], (_DESC,))
            words.append(attributes[number][_DESC])
        month = month_of(words[0]) if isinstance(words[0], str) else None
        if month is None:
            raise self._refuse(line, "a German month such as Mai 2026", repr(words[0])[:80])
        if not all(isinstance(word, str) for word in words):
            raise self._refuse(line, "a group that is text", repr(words[1])[:80])
        return month, words[1] if len(words) > 1 else ""

    def _value(self, line: int, label: str, value: Any, shown: Any) -> str:
        """The printed value without thousands marks, or the sign in place of a value."""
        if not isinstance(shown, str) or not shown.strip():
            raise self._refuse(line, f"a showValue for {label!r}", repr(shown)[:80])
        printed = ba_printed.plain(shown.strip())
        if value is None:
            if any(char.isdigit() for char in shown):
                raise self._refuse(line, "a sign beside a value of null", repr(shown)[:80])
            return shown.strip()
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._refuse(line, "a value that is a number or null", repr(value)[:80])
        if printed is None:
            raise self._refuse(line, "a showValue such as 2.950.460 or 10,6", repr(shown)[:80])
        number = ba_printed.decimal(printed)
        allowed = ba_printed.half_unit(printed) if "," in printed else Decimal(0)
        if number is None or abs(number - value) > allowed:
            raise self._refuse(line, f"the value that showValue prints, {shown}", str(value)[:80])
        return printed

    def _check_indexes(self) -> None:
        """The months from new to old must have rising indexes from 0 on."""
        newest_first = sorted(self.indexes, reverse=True)
        numbers = [self.indexes[month] for month in newest_first]
        if numbers[0] != 0 or any(one >= other for one, other in itertools.pairwise(numbers)):
            found = ", ".join(f"{german(month)} {self.indexes[month]}" for month in newest_first)
            raise self._refuse(0, "index 0 for the latest month, rising into the past", found[:200])

    def _refuse(self, line: int, expected: str, found: str) -> ContractError:
        where = f"{self.part.name} line {line}" if line else self.part.name
        hint = f"If the BA changed it, say so in catalog/datasets/{self.dataset.id}.yml"
        return ContractError(self.dataset.id, self.filename, where, expected, found, hint)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for word in found.values():
        if isinstance(word, str):
            word.encode()  # half a character (\ud800) is no text: a ValueError
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _decimal(word: str) -> Decimal:
    if "e" in word.lower() or len(word) > 30:
        raise ValueError(f"{word[:30]} is no plain number")
    return Decimal(word)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")
