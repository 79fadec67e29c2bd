"""Numbers as the BA prints them. Comes in: `2.950.460` or `10,6`. Goes out: `2950460` or `10,6`, and decimals.

A point is a thousands mark and stands where one belongs, a comma is the decimal mark; anything else is no number.
Refuses nothing; what is no number is None.
"""

from __future__ import annotations

import re
from decimal import Decimal

_PRINTED = re.compile(r"-?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3}){0,3}|0)(?:,[0-9]{1,6})?")
_PLAIN = re.compile(r"-?[0-9]{1,12}(?:,[0-9]{1,6})?")


def plain(text: str) -> str | None:
    """The number without thousands marks, with a decimal comma; None where the text is no printed number."""
    return text.replace(".", "") if _PRINTED.fullmatch(text) else None


def decimal(number: str) -> Decimal | None:
    """The number of a text without thousands marks; None where it is a sign."""
    return Decimal(number.replace(",", ".")) if _PLAIN.fullmatch(number) else None


def half_unit(text: str) -> Decimal:
    """Half a unit of the last printed digit."""
    _, _, digits = text.partition(",")
    return Decimal(5).scaleb(-len(digits) - 1)
