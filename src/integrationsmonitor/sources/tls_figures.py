"""Figures as the TLS prints them. Comes in: a cell's text. Goes out: number or sign and its quality, or None.

Official wording of the signs: `-` exactly zero, `0` less than half of the last digit, `.` unknown or secret, `...`
later, `x` blocked, `/` not reliable, `( )` limited, `p` provisional, `r` corrected. What a sign by itself means stands
in the dataset's file. `( )`, `p` and `r` belong to a number and become its quality. Blanks are thousands marks where
they stand in threes: `12 53` is no number. None is what cannot be read for sure: wrong groups, noughts before them,
two marks, a mark without a number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_BLANKS = re.compile("[ \u00a0\u2007\u2009\u202f]")
_NUMBER = re.compile(r"(-?) ?([1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]*|0)(,[0-9]+)?")
_MARKED = re.compile(r"(.*[0-9)]) ?([pr])")
_LIMITED = re.compile(r"\( ?([^()]*[0-9]) ?\)")
_RATE = r"(?<!je )(?<!pro )(?<![0-9.,])"
_MILLION = re.compile(rf"{_RATE}(1[ .]?000[ .]?000(?![ .]?[0-9])|Mill\.|Mio\b|Million)", re.IGNORECASE)
_THOUSAND = re.compile(rf"{_RATE}(1[ .]?000(?![ .]?[0-9])|Tausend|Tsd\b)", re.IGNORECASE)


class Figure(NamedTuple):
    """A number with a decimal comma, or a sign as it stands; "" as quality where there is none."""

    text: str
    quality: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is one."""
        return _NUMBER.fullmatch(self.text) is not None

    @property
    def is_nought(self) -> bool:
        """Whether nothing but noughts is printed, which is less than half of the last digit."""
        return self.is_number and not self.text.strip("-0,")


def figure_of(printed: str) -> Figure | None:
    """Read one cell."""
    text, quality = plain_blanks(printed), ""
    if marked := _MARKED.fullmatch(text):
        text, quality = marked[1], marked[2]
    if limited := _LIMITED.fullmatch(text):
        if quality:
            return None
        text, quality = limited[1], "()"
    if number := _NUMBER.fullmatch(text):
        return Figure(number[1] + number[2].replace(" ", "") + (number[3] or ""), quality)
    is_sign = not quality and not re.search("[0-9()]", text)
    return Figure(text) if is_sign else None


def scaled(figure: Figure, scale: int) -> Figure:
    """A number in the unit that counts; signs and noughts stay as they are."""
    if scale == 1 or not figure.is_number or figure.is_nought:
        return figure
    value = Decimal(figure.text.replace(",", ".")) * scale
    whole = value.to_integral_value()
    return figure._replace(text=str(whole) if value == whole else f"{value:f}".rstrip("0").replace(".", ","))


def scale_in(text: str, *, is_title: bool) -> int:
    """What a printed 1 stands for by a header's words (1 000, Tsd., Mill.); a title must say `in 1 000`.

    `je 1 000 Einwohner` is a rate and scales nothing.
    """
    text = plain_blanks(text)
    for pattern, scale in ((_MILLION, 1_000_000), (_THOUSAND, 1000)):
        for found in pattern.finditer(text):
            if not is_title or text[: found.start()].endswith("in "):
                return scale
    return 1


def plain_blanks(text: str) -> str:
    """Every kind of blank as the plain one, none at the ends."""
    return _BLANKS.sub(" ", text).strip()
