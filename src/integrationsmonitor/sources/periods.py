"""Printed times. Comes in: the text and the kind of period. Goes out: first and last day, or None where it misfits."""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEARLY = ("jahressumme", "jahresdurchschnitt", "schuljahr")


def period_of(text: str, period_type: str) -> tuple[date, date] | None:
    """First and last day of a printed time; None where it does not fit the kind of period.

    Known forms: 2024-12-31, 31.12.2024 (a Stichtag), 2016 (a year), 2023-10P6M (a semester), 2023/24 (a school year),
    2026-05 (a month; as a Stichtag its last day), 2026-Q1 (a quarter). A school year is dated to the calendar year in
    which it begins, as the statistics do (Schuljahresbeginn).
    """
    if period_type == "stichtag":
        month = _months(text, "")
        return (month[1], month[1]) if month else _stichtag(text)
    if period_type in ("monat", "quartal"):
        return _months(text, "Q" if period_type == "quartal" else "")
    if period_type == "semester":
        return _semester(text)
    if period_type in _YEARLY and re.fullmatch(r"[0-9]{4}", text):
        return _year(int(text))
    if period_type == "schuljahr" and (years := re.fullmatch(r"([0-9]{4})/([0-9]{2})", text)):
        first, second = int(years[1]), int(years[2])
        return _year(first) if (first + 1) % 100 == second else None
    return None


def _year(year: int) -> tuple[date, date] | None:
    return (date(year, 1, 1), date(year, 12, 31)) if year > 0 else None


def _months(text: str, mark: str) -> tuple[date, date] | None:
    """`2026-05`, or with the mark Q `2026-Q1`."""
    if not (found := re.fullmatch(rf"([0-9]{{4}})-{mark}([0-9]{{{1 if mark else 2}}})", text, re.ASCII)):
        return None
    length = 3 if mark else 1
    year, last = int(found[1]), int(found[2]) * length
    if not (0 < year < 9999 and 0 < last <= 12):
        return None
    return date(year, last - length + 1, 1), date(year + last // 12, last % 12 + 1, 1) - timedelta(days=1)


def _stichtag(text: str) -> tuple[date, date] | None:
    if iso := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        year, month, day = map(int, iso.groups())
    elif german := re.fullmatch(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})", text):
        day, month, year = map(int, german.groups())
    else:
        return None
    try:
        return date(year, month, day), date(year, month, day)
    except ValueError:
        return None


def _semester(text: str) -> tuple[date, date] | None:
    half = re.fullmatch(r"([0-9]{4})-(04|10)P6M", text)
    if not half or half[1] in ("0000", "9999"):
        return None
    year = int(half[1])
    if half[2] == "04":
        return date(year, 4, 1), date(year, 9, 30)
    return date(year, 10, 1), date(year + 1, 3, 31)
