"""When a source publishes: the calendar of one dataset. Comes in: the `cadence` section of its file. Goes out: days.

A period is a number that grows by one (a year, half-year, quarter or month). It is found from its **first** day, and
its publication is counted from the `reference` day, never from its last day: school years are stored as the calendar
year in which they begin. Refuses days that no calendar knows, and announced days that fit no period or stand out of
order.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from integrationsmonitor.errors import ConfigError

MONTHS = {"year": 12, "halfyear": 6, "quarter": 3, "month": 1}
_LABELS = {
    "year": r"([0-9]{4})()",
    "halfyear": r"([0-9]{4})-H([12])",
    "quarter": r"([0-9]{4})-Q([1-4])",
    "month": r"([0-9]{4})-(0[1-9]|1[0-2])",
}


@dataclass(frozen=True)
class Cadence:
    """When new figures are due.

    `every` is a key of MONTHS, or `none` for what follows no calendar (`ended`: the source's last year, for good).
    `reference` is a day of the year (month, day), or a day of the period's last month (0, day). A yearly table is due
    on the first day `expected_by` after its reference, any other `expected_after_days` after it; `release_days` are
    announced days, by number of the period, and come before both. Days beyond a month's end mean its last one.
    """

    every: str = "none"
    reference: tuple[int, int] = (0, 31)
    expected_by: tuple[int, int] | None = None
    expected_after_days: int = 0
    grace_days: int = 0
    release_days: Mapping[int, date] = field(default_factory=dict)
    ended: int | None = None
    successor: str = ""

    @property
    def is_regular(self) -> bool:
        """Whether new figures come by a calendar."""
        return self.every in MONTHS

    @property
    def reference_text(self) -> str | None:
        """`31.12.` or `15.`, as in the dataset's file; None without a calendar."""
        return _text(self.reference) if self.is_regular else None

    @property
    def expected_by_text(self) -> str | None:
        """`31.08.`, as in the dataset's file; None where that is not the rule."""
        return _text(self.expected_by) if self.expected_by else None

    def period_at(self, first_day: date) -> int:
        """Number of the period that begins on, or holds, this day."""
        return first_day.year * 12 // MONTHS[self.every] + (first_day.month - 1) // MONTHS[self.every]

    def first_day(self, period: int) -> date:
        """The day on which a period begins."""
        year, part = divmod(period, 12 // MONTHS[self.every])
        return date(year, part * MONTHS[self.every] + 1, 1)

    def label(self, period: int) -> str:
        """`2025`, `2025-H1`, `2025-Q3`, `2025-07`."""
        year, part = divmod(period, 12 // MONTHS[self.every])
        tail = {"year": "", "halfyear": f"-H{part + 1}", "quarter": f"-Q{part + 1}", "month": f"-{part + 1:02}"}
        return f"{year}{tail[self.every]}"

    def reference_day(self, period: int) -> date:
        """The day that the period's figures speak of."""
        year, part = divmod(period, 12 // MONTHS[self.every])
        month, day = self.reference
        return _day(year, month or (part + 1) * MONTHS[self.every], day)

    def expected_day(self, period: int) -> date:
        """The day by which the period's figures should be out."""
        if period in self.release_days:
            return self.release_days[period]
        reference = self.reference_day(period)
        if self.expected_by is None:
            return reference + timedelta(days=self.expected_after_days)
        same_year = _day(reference.year, *self.expected_by)
        return same_year if same_year > reference else _day(reference.year + 1, *self.expected_by)


def read_cadence(raw: Mapping[str, Any], file: str) -> Cadence:
    """Read a `cadence` section that keeps its schema; raises ConfigError naming the file, the key and a right value."""
    if "ended" in raw:
        return Cadence(ended=int(raw["ended"]), successor=str(raw.get("successor", "")))
    every = str(raw.get("every", "none"))
    if every == "none":
        return Cadence()
    monthly = Cadence(every)
    return Cadence(
        every=every,
        reference=_day_and_month(raw["reference"], f"{file}: cadence.reference"),
        expected_by=_day_and_month(raw["expected_by"], f"{file}: cadence.expected_by") if every == "year" else None,
        expected_after_days=int(raw.get("expected_after_days", 0)),
        grace_days=int(raw["grace_days"]),
        release_days=_release_days(raw.get("release_days", []), monthly, f"{file}: cadence.release_days"),
    )


def _text(day: tuple[int, int]) -> str:
    return f"{day[1]:02}." + (f"{day[0]:02}." if day[0] else "")


def _day_and_month(text: str, where: str) -> tuple[int, int]:
    """`31.12.` as (12, 31), and `15.` as (0, 15)."""
    day, month = (int(part or 0) for part in (*text.split("."), "")[:2])
    if not 1 <= day <= (monthrange(2024, month)[1] if 1 <= month <= 12 else 31) or month > 12:
        raise ConfigError(f"{where}: expected a day of the calendar, found {text!r}; write e.g. 31.12.")
    return month, day


def _release_days(raw: list[Mapping[str, str]], cadence: Cadence, where: str) -> dict[int, date]:
    days: dict[int, date] = {}
    for entry in raw:
        fit = re.fullmatch(_LABELS[cadence.every], entry["period"])
        if not fit:
            example = cadence.label(cadence.period_at(date(2026, 10, 1)))
            raise ConfigError(f"{where}: expected a period like {example}, found {entry['period']!r}; correct it")
        part = int(fit[2] or 1) - 1
        days[int(fit[1]) * (12 // MONTHS[cadence.every]) + part] = date.fromisoformat(entry["day"])
    in_order = sorted(days)
    if len(days) < len(raw) or list(days) != in_order or sorted(set(days.values())) != list(days.values()):
        raise ConfigError(f"{where}: expected each period once, periods and days rising together; sort the list")
    return days


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
