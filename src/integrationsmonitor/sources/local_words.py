"""Words and numbers of local files. Comes in: a text. Goes out: its canonical form, or None where it is none.

Times become what periods.py reads, numbers lose their thousands marks and get a decimal comma, regions become keys.
Refuses nothing: the caller knows the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from integrationsmonitor.local_description import TableColumn
from integrationsmonitor.region import Region
from integrationsmonitor.sources.ba_months import month_of
from integrationsmonitor.sources.cells import NUMBER
from integrationsmonitor.sources.region_names import by_spelling


def time_of(text: str, period_type: str) -> str | None:
    """A printed time in canonical form: 2025-12-31, 2025-05, 2025-Q1, 2025, 2025/26, 2025-10P6M."""
    if period_type == "stichtag":
        german = re.fullmatch(r"([0-3]?[0-9])\.([01]?[0-9])\.([0-9]{4})", text)
        text = f"{german[3]}-{int(german[2]):02}-{int(german[1]):02}" if german else text
        return text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    if period_type == "monat":
        return _month(text)
    if period_type == "quartal":
        return _quarter(text)
    if period_type == "schuljahr" and (years := re.fullmatch(r"([0-9]{4})/(?:[0-9]{2})?([0-9]{2})", text)):
        return f"{years[1]}/{years[2]}"
    if period_type == "semester":
        return text if re.fullmatch(r"[0-9]{4}-(?:04|10)P6M", text) else None
    return text if re.fullmatch(r"[0-9]{4}", text) else None


def number_of(text: str, decimal: str, thousands: str, *, typed: bool) -> str | None:
    """A number with a decimal comma and no thousands marks; None where the text is none by the stated marks.

    `typed` numbers are those that a workbook holds as such: they know no marks.
    """
    if typed:
        decimal, thousands = ",", ""
    mark = re.escape(thousands)
    whole = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+" if thousands else r"[0-9]+"
    if not re.fullmatch(rf"-?(?:{whole})(?:{re.escape(decimal)}[0-9]+)?", text):
        return None
    if thousands:
        text = text.replace(thousands, "")
    text = text.replace(decimal, ",")
    return text if NUMBER.fullmatch(text) else None


def region_of(text: str, column: TableColumn, own: Mapping[str, Region], known: Mapping[str, Region]) -> str | None:
    """The key of the region that a cell names; None where it names none, or more than one."""
    if text in column.words:
        return column.words[text]
    if column.by == "ags":
        return text if text in known and re.fullmatch(r"[0-9]{5}|[0-9]{8}", text) else None
    if column.by == "key":
        found = [key for key in own if text in (key, key.partition(":")[2])]
        return found[0] if len(found) == 1 else text if not found and text in known and text.isdecimal() else None
    found = [key for key, region in own.items() if region.name == text]
    kreis = kreis_of(text, known)
    found += [kreis] if kreis else []
    return found[0] if len(found) == 1 else None


def kreis_of(text: str, known: Mapping[str, Region]) -> str | None:
    """The key of the Kreis, or of the Land, that an office names (region_names.py)."""
    region = by_spelling(known, with_land=True).get(text)
    return region.key if region else None


def _month(text: str) -> str | None:
    if found := re.fullmatch(r"([0-9]{4})-([01][0-9])(?:-01)?", text):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"([01]?[0-9])[./]([0-9]{4})", text):
        return f"{found[2]}-{int(found[1]):02}"
    return month_of(text)


def _quarter(text: str) -> str | None:
    if found := re.fullmatch(r"([0-9]{4})-Q([1-4])", text):
        return text
    if found := re.fullmatch(r"(?:Q([1-4])|([1-4])\. ?Quartal)[ /]([0-9]{4})", text):
        return f"{found[3]}-Q{found[1] or found[2]}"
    return None
