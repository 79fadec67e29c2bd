"""Times as German tables print them. Comes in: a text. Goes out: the form that periods.py knows, or None.

Known are `Mai 2026`, `31. Dezember 2023`, `31.12.2023`, `1. Quartal 2026`, a year, and what periods.py reads itself.
Refuses nothing: what is no time is None, and so is an abbreviation, which no source of ours was seen to print; only
`months_in`, which looks for what contradicts a month that is known otherwise, takes it, too.
"""

from __future__ import annotations

import re
from datetime import date

from integrationsmonitor.sources import ba_months

_DAY = re.compile(rf"(\d{{1,2}})\. ({'|'.join(ba_months.NAMES)}) (\d{{4}})", re.ASCII)
_DIGITS = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_QUARTER = re.compile(r"([1-4])\. Quartal (\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SHORT = [name[:3] for name in ba_months.NAMES]
_ANY_MONTH = re.compile(rf"\b({'|'.join(_SHORT)})[a-zä]*\.?\s+((?:19|20)[0-9]{{2}})(?![0-9])")
_CANONICAL = re.compile(r"\d{4}|\d{4}-(0[1-9]|1[0-2])|\d{4}-Q[1-4]", re.ASCII)


def month_of(text: str) -> str | None:
    """`2026-05` for `Mai 2026`, however it is broken into lines; None for all else."""
    return ba_months.month_of(" ".join(text.split()))


def months_in(text: str) -> set[str]:
    """Every month that a text names, in whole words or shortened (`Apr. 2026`), as `2026-04`."""
    return {f"{year}-{_SHORT.index(word) + 1:02}" for word, year in _ANY_MONTH.findall(text.replace("Mrz", "Mär"))}


def time_of(text: str) -> str | None:
    """`2026-05`, `2023-12-31`, `2023` or `2026-Q1`; None for what is no time, or a day that no calendar knows."""
    text = " ".join(text.split())
    if found := _DAY.fullmatch(text):
        return _day(int(found[3]), ba_months.NAMES.index(found[2]) + 1, int(found[1]))
    if found := _DIGITS.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _ISO_DAY.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _QUARTER.fullmatch(text):
        return f"{found[2]}-Q{found[1]}"
    return text if _CANONICAL.fullmatch(text) else month_of(text)


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
