"""Months in German words, as the BA prints them. Comes in: `Mai 2026`. Goes out: `2026-05`, and the way back.

No locale is asked: what `Mai` means must not depend on the machine. Refuses nothing; what is no such month is None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

NAMES = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_PRINTED = re.compile(rf"({'|'.join(NAMES)}) ((?:19|20)[0-9]{{2}})")


def month_of(text: str) -> str | None:
    """`2026-05` for `Mai 2026`; None for anything else, English months and abbreviations included."""
    printed = _PRINTED.fullmatch(text)
    return f"{printed[2]}-{NAMES.index(printed[1]) + 1:02}" if printed else None


def german(month: str) -> str:
    """`Mai 2026` for `2026-05`."""
    year, number = month.split("-")
    return f"{NAMES[int(number) - 1]} {year}"


def earlier(month: str, months: int) -> str:
    """The month so many months before (after, where negative)."""
    year, number = map(int, month.split("-"))
    total = year * 12 + number - 1 - months
    return f"{total // 12:04}-{total % 12 + 1:02}"


def distance(later: str, month: str) -> int:
    """How many months lie between two months."""
    one, other = ([int(part) for part in text.split("-")] for text in (later, month))
    return (one[0] - other[0]) * 12 + one[1] - other[1]


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])
