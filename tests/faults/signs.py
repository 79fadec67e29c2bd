"""Every sign of the official list and every quality mark: what the datasets of the registry explain, and the flat ones.

Signs that are explained get through with their status, all others are refused with the cell named; the refused ones of
flat answers stand in catalogue.py, since they take their way through a night.
"""

from __future__ import annotations

from functools import cache, partial

from fault import RATE, YEARS, Fault, dataset_of

from wire import Cell, flat, recorded

NUMBER = "a number or a sign explained"
# How a sign is called here, and how it is printed.
SIGNS = {"dash": "-", "nought": "0", "dot": ".", "dots": "...", "x": "x", "slash": "/", "bracket": "(7)"}
# What the files of 13211-02-05-4 and 13111-01-03-4 say that a sign means; that of 12511-04-01-4 does not know "x".
MEANING = {"dash": "zero", "nought": "'value'", "dot": "unknown_or_secret", "x": "not_meaningful"}


@cache
def cells(table: str) -> list[Cell]:
    """The recorded figures of the table's year."""
    return recorded(dataset_of(table), YEARS[table])


def _flat_file(value: str, quality: str) -> bytes:
    dataset = dataset_of(RATE)
    first, *rest = cells(RATE)
    changed = first._replace(value=value or first.value, quality=quality)
    return ("\n".join(flat(dataset, [changed, *rest], quality=True)) + "\n").encode()


def _flat(id: str, what: str, word: str, value: str = "", quality: str = "") -> Fault:
    file, clean = partial(_flat_file, value, quality), partial(_flat_file, "", "")
    return Fault(f"flat-{id}", what, "control", (word,), None, RATE, file=file, clean=clean)


FLAT = [
    *(
        _flat(f"sign-{name}", f"{SIGNS[name]} in a cell", MEANING[name], SIGNS[name])
        for name in ("dash", "nought", "dot")
    ),
    *(_flat(f"mark-{mark}", f"the quality mark {mark}", f"'{mark}'", quality=mark) for mark in "eprs"),
]
