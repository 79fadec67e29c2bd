"""What a printed value or sign means. Comes in: the columns of one answer. Goes out: per line the number of its status.

A number is a value; a sign means what the dataset's file says of it, and what that calls a sign is one, even a `0`.
Three meanings do not come from the sign alone and go first: a region that did not exist (`not_existing`), a Land that
has not delivered its Kreise (`not_yet`), a Träger that delivered nothing (`outage`). Refuses: a value for a region that
did not exist, a count with a comma, a sign that the dataset's file does not explain, anything else that is no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrationsmonitor import outages
from integrationsmonitor.columns import Column, combine
from integrationsmonitor.observation import STATUSES
from integrationsmonitor.sources.cells import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import numpy as np

    from integrationsmonitor.catalog import Region
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.errors import ContractError

NOTHING_THERE = "-"
_LAND = "16"


@dataclass
class Statuses:
    """Judges the values of one answer; `refuse` makes the error of a line from what was expected and found."""

    columns: Mapping[str, Column]
    dataset: Dataset
    regions: Mapping[str, Region]
    layout: str
    refuse: Callable[..., ContractError]

    def judge(self, periods: list[tuple[date, date]], gone: np.ndarray[Any, Any]) -> Any:
        """Per line the number of its status in STATUSES."""
        import numpy as np

        value = self.columns["value"]
        signs_like_numbers = {rule.sign for rule in self.dataset.signs}  # the TLS prints 0 for less than a half
        is_number = value.look_up(
            [bool(word) and word not in signs_like_numbers and bool(NUMBER.fullmatch(word)) for word in value.words],
            bool,
        )
        is_nought = value.look_up([word == "0" for word in value.words], bool)
        late = np.flatnonzero(is_number & ~is_nought & (gone == 2))
        if len(late):
            place = int(late[0])
            region = self.columns["region_code"]
            code = region.words[region.index[place]]
            found = value.words[value.index[place]]
            raise self.refuse(place, f"no value for {code}, which did not exist in that period", found)
        self._check_whole_counts(is_number)
        statuses: Any = np.full(len(value.index), STATUSES.index("value"), dtype=np.int8)
        signs = np.flatnonzero(~is_number)
        if len(signs):
            statuses[signs] = self._sign_statuses(signs, periods)
            is_dash = value.look_up([word == NOTHING_THERE for word in value.words], bool)
            statuses[self._not_delivered(is_dash, is_number & ~is_nought, gone)] = STATUSES.index("not_yet")
            statuses[is_dash & (gone > 0)] = STATUSES.index("not_existing")
        for rule in self.dataset.outages:
            statuses[outages.lines(self.columns, rule)] = STATUSES.index("outage")
        statuses[is_nought & (gone == 2)] = STATUSES.index("not_existing")  # some tables print 0 for nothing there
        return statuses

    def _check_whole_counts(self, is_number: Any) -> None:
        """Refuse a count with a comma: 217,159 people is an English thousands mark, not 217 people and a bit."""
        import numpy as np

        value, measure = self.columns["value"], self.columns["measure"]
        counts = {m.code for m in self.dataset.measures if m.unit == "Anzahl" and not m.fractions}
        has_comma = value.look_up(["," in (word or "") for word in value.words], bool)
        wrong = np.flatnonzero(is_number & has_comma & measure.look_up([w in counts for w in measure.words], bool))
        if len(wrong):
            place = int(wrong[0])
            raise self.refuse(place, "a whole number, since it counts", repr(value.words[value.index[place]]))

    def _sign_statuses(self, places: np.ndarray[Any, Any], periods: list[tuple[date, date]]) -> Any:
        time = self.columns["time"].kept(places)
        numbered = Column(list(range(len(time.words))), time.index)
        signs = combine([self.columns["value"].kept(places), self.columns["measure"].kept(places), numbered])
        table = [0] * len(signs.words)
        for number, (sign, code, when), first in signs.used():
            measure = self.dataset.measure_by_code[code].measure
            status = self._status(sign, (measure, code), periods[when][1])
            if status is None:
                hint = f"If the sign is right, explain it under `signs` in catalog/datasets/{self.dataset.id}.yml"
                expected = "a number or a sign explained in the dataset's file"
                raise self.refuse(int(places[first]), expected, repr(sign), hint)
            table[number] = STATUSES.index(status)
        return signs.look_up(table, "int8")

    def _status(self, sign: str, measures: tuple[str, str], end: date) -> str | None:
        for rule in self.dataset.signs:
            if rule.sign != sign or rule.layout not in ("", self.layout) or not rule.first <= end <= rule.last:
                continue
            if not rule.measures or any(measure in rule.measures for measure in measures):
                return rule.status if rule.status in STATUSES else None
        return None

    def _not_delivered(self, is_dash: Any, is_positive: Any, gone: Any) -> Any:
        """Where a Land row with values stands beside nothing but "-" in all its Kreise, these are not delivered yet."""
        import numpy as np

        if self.dataset.not_yet != "all_kreise_dash":
            return np.zeros(len(is_dash), dtype=bool)
        keys = combine([self.columns["measure"], self.columns["time"]])
        region = self.columns["region_code"]
        kreis = region.look_up([_is_kreis(code, self.regions) for code in region.words], bool)
        land = region.look_up([code == _LAND for code in region.words], bool)

        def any_of(mask: Any) -> Any:
            found: Any = np.zeros(len(keys.words), dtype=bool)
            found[keys.index[mask]] = True
            return found

        waits = any_of(kreis & is_dash & (gone == 0)) & ~any_of(kreis & ~is_dash) & any_of(land & is_positive)
        return waits[keys.index] & kreis & is_dash


def _is_kreis(code: str, regions: Mapping[str, Region]) -> bool:
    return code in regions and regions[code].level == "kreis"
