"""Faults of curated files, and of the disk that the home lies on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from fault import Fault, swap

from wire import local

Edit = Callable[[bytes], bytes]


def _rows(change: Callable[[list[dict[str, str]]], list[dict[str, str]]], delimiter: str = ",") -> Edit:
    """Change the lines of the file; `delimiter` is how it is written."""

    def edit(data: bytes) -> bytes:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))
        return local(*change(rows), delimiter=delimiter)

    return edit


def _second(**change: str) -> Edit:
    """Change fields of the second line of figures, which is line 3 of the file."""
    return _rows(lambda rows: [rows[0], {**rows[1], **change}, *rows[2:]])


def _local(id: str, what: str, edit: Edit, *words: str) -> Fault:
    return Fault(f"local-{id}", what, "reject", words, edit=edit, table="", layout="local")


def _full(part: str, where: str) -> Fault:
    give = swap(2, ";1,1;", ";1,2;")
    words = ("cannot be written", "ENOSPC", "bytes are free", "run the night again", where)
    return Fault(f"disk-full-{part}", f"no room for {part}", "reject", words, give, full=where, keeps=False)


def _replaced(data: bytes) -> bytes:
    assert data.count(b"187765") == 1
    return data.replace(b"187765", b"187770")


HOMES = [
    _local("delimiter", "tabs for commas", _rows(lambda rows: rows, "\t"), "line 1", "columns among"),
    _local("latin-1", "another encoding", lambda data: data.decode().encode("latin-1", "replace"), "UTF-8"),
    _local("utf-16", "another encoding", lambda data: data.decode().encode("utf-16"), "line 1", "UTF-8"),
    _local("citation", "no citation", _second(citation=" "), "line 3", "a citation"),
    _local("region", "an unknown region", _second(region_key="16099"), "line 3", "a region of", "16099"),
    _local(
        "region-gone",
        "a Kreis after its end",
        _second(region_key="16056", period_start="2023-12-31", period_end="2023-12-31"),
        "line 3",
        "existed on 2023-12-31",
        "Eisenach",
    ),
    _local("thousands-point", "18.075", _second(value="18.075,5"), "line 3", "a number", "18.075,5"),
    _local("thousands-comma", "18,075", _second(value="18,075"), "line 3", "a number", "18,075"),
    _local("exponent", "1e5", _second(value="1e5"), "line 3", "a number", "1e5"),
    _local("empty", "no figure", _second(value=""), "line 3", "a number"),
    _local("sign", "a sign that is not explained", _second(value="-"), "line 3", "a sign of the dataset's file"),
    _local("twice", "a figure twice", _rows(lambda rows: [*rows, rows[1]]), "every figure once", "line 3 again"),
    _local("date-german", "31.12.2010", _second(period_end="31.12.2010"), "line 3", "period_end as YYYY-MM-DD"),
    _local("date-american", "12/31/2010", _second(period_start="12/31/2010"), "line 3", "period_start as YYYY-MM-DD"),
    _local("known-from", "a year for a day", _second(known_from="2019"), "line 3", "known_from as YYYY-MM-DD"),
    _local("unit", "thousands", _second(unit="1000"), "line 3", "the unit 'Anzahl'", "'1000'"),
    _local("basis", "another basis", _second(basis="Fortschreibung_Zensus2011"), "line 3", "a basis among AZR"),
    _local("column", "a renamed column", lambda data: data.replace(b"citation", b"quelle", 1), "line 1", "'quelle'"),
    _local("line-cut", "a line that is cut off", lambda data: data[:-100], "fields"),
    _local("half", "half the figures", _rows(lambda rows: rows[:17]), "about as many rows as the 34"),
    Fault("local-crlf", "CRLF", "harmless", edit=lambda data: data.replace(b"\n", b"\r\n"), table="", layout="local"),
    Fault(
        "local-bom", "a byte order mark", "harmless", edit=lambda data: b"\xef\xbb\xbf" + data, table="", layout="local"
    ),
    Fault("local-control", "a corrected figure", "control", ("187770",), edit=_replaced, table="", layout="local"),
    _full("bytes", "archive/raw"),
    _full("manifest", "archive/manifest"),
    _full("landing", "landing/obs"),
]
