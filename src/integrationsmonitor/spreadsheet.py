"""Columns of a spreadsheet as letters. Comes in: a number, 1 is A, or letters. Goes out: the other. Refuses nothing."""

from __future__ import annotations


def column_letters(number: int) -> str:
    """The letters of a column, 1 is A."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
