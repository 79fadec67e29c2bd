"""A region, and the bounds of time. Comes in: nothing. Goes out: `Region`, FIRST_DAY, LAST_DAY. Refuses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Region:
    """One region; `valid_from` and `valid_to` are inclusive.

    `comparator_of` are the levels of Thüringen's regions that it is set beside; what is none has none.
    """

    key: str
    name: str
    level: str
    kind: str
    nuts: str = ""
    parent: str = ""
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY
    successor: str = ""
    comparator_of: tuple[str, ...] = ()

    def exists_at(self, day: date) -> bool:
        """Whether the region existed on that day."""
        return self.valid_from <= day <= self.valid_to
