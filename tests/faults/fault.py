"""What a fault is, and what the registry's parts share to write one down."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import local_wire
from integrationsmonitor.catalog import Catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.replay import Answer
from recordings_support import answer, lines_of

RATE, PEOPLE, WORK, RATES, ORIGIN = "12511-04-01-4", "12411-01-01-4", "13111-01-03-4", "13211-02-05-4", "12521-0041"
AMR, WEB = "amr", "kr000108"
PRESS = "local_azr_presse"
LOCAL = "stadtteile_*.csv"  # a table of a drop folder
YEARS = {RATE: 2024, PEOPLE: 2024, WORK: 2019, RATES: 2023, ORIGIN: 2025}
YEARS |= {AMR: 2026, WEB: 2023}
ZIP = "application/zip"
Lines = list[str]
Expected = Literal["reject", "harmless", "control"]


@dataclass(frozen=True)
class Fault:
    """One fault, by one of three ways in.

    `give` makes the answer to every request for the table's year (None: a `connection` fault; `script` maps a REST
    method to its answer for job requests); `edit` changes the curated file of a local dataset; `file` makes what a
    reader gets, for the layouts that a night does not ask for, and `clean` what it gets otherwise. `full` names the
    part of the home for which the disk has no room, `first` a home in which nothing was ever loaded. `listed` is what
    the list of changes says, which is asked only where it is given. `keeps` says whether refused bytes are to be found
    in quarantine. `words` must stand in the error, besides the dataset, or, where a change gets through, in the rows
    that it changed.
    """

    id: str
    what: str
    expected: Expected
    words: tuple[str, ...] = ()
    give: Callable[[], Answer] | None = None
    table: str = RATE
    layout: str = "ffcsv"
    connection: str = ""
    listed: Callable[[], Answer] | None = None
    script: Callable[[], dict[str, Answer]] | None = None
    edit: Callable[[bytes], bytes] | None = None
    file: Callable[[], bytes] | None = None
    clean: Callable[[], bytes] | None = None
    full: str = ""
    first: bool = False
    keeps: bool = True

    @property
    def dataset(self) -> str:
        """Id of the dataset whose answer is damaged."""
        return PRESS if self.edit else dataset_of(self.table).id

    @property
    def wanted_in_the_error(self) -> tuple[str, ...]:
        """What a person must read: the dataset first, or the disk, which is full for all of them."""
        return self.words if self.full else (f"{self.dataset}: ", *self.words)

    @property
    def through(self) -> str:
        """`night`: load and build as every night; `reader`: what a load does with bytes, and a landing file."""
        return "reader" if self.file else "night"

    @property
    def year(self) -> int:
        """The year whose answer is damaged."""
        return YEARS.get(self.table, 0)  # answers with all periods have none


@cache
def whole() -> Catalog:
    """The project's catalogue, and a drop folder with a made-up table."""
    with tempfile.TemporaryDirectory() as folder:
        return local_wire.catalog(Path(folder) / "local", local_wire.description(files=LOCAL))


def dataset_of(table: str) -> Dataset:
    """The dataset of a table."""
    return next(dataset for dataset in whole().datasets.values() if dataset.table == table)


def reject(id: str, what: str, give: Callable[[], Answer] | None, *words: str, table: str = RATE) -> Fault:
    """A fault after which the last good state stays, and the bytes are in quarantine."""
    return Fault(id, what, "reject", words, give, table)


def lost(id: str, what: str, give: Callable[[], Answer] | None, *words: str) -> Fault:
    """A fault after which the last good state stays; no whole answer came that could be kept."""
    return Fault(id, what, "reject", words, give, keeps=False)


def body(make: Callable[[], bytes], kind: str = ZIP) -> Callable[[], Answer]:
    """An answer with 200 and these bytes."""
    return lambda: Answer(200, kind, make())


def lines(change: Callable[[Lines], Lines], table: str = RATE) -> Callable[[], Answer]:
    """The recorded answer with changed lines, of a later Stand."""
    return body(lambda: answer(table, change(lines_of(table, YEARS[table]))))


def swap(number: int, old: str, new: str, table: str = RATE) -> Callable[[], Answer]:
    """Replace in one physical line, counted from 1; the text must stand there."""

    def change(text: Lines) -> Lines:
        assert old in text[number - 1], (number, old)
        return [*text[: number - 1], text[number - 1].replace(old, new), *text[number:]]

    return lines(change, table)


def everywhere(old: str, new: str, table: str = RATE) -> Callable[[], Answer]:
    """Replace in every data line."""
    return lines(lambda text: [text[0], *(line.replace(old, new) for line in text[1:])], table)


def columns(order: Callable[[list[str]], list[str]]) -> Callable[[], Answer]:
    """Change the fields of every line, header included."""
    return lines(lambda text: [";".join(order(line.split(";"))) for line in text])


def fields(number: int, change: Callable[[str], str], table: str = RATE) -> Callable[[], Answer]:
    """Change one field, counted from 0, of every data line."""

    def one(line: str) -> str:
        parts = line.split(";")
        return ";".join([*parts[:number], change(parts[number]), *parts[number + 1 :]])

    return lines(lambda text: [text[0], *map(one, text[1:])], table)


def grouped(number: str, mark: str) -> str:
    """A whole number with a mark between its thousands; anything else stays."""
    return f"{int(number):,}".replace(",", mark) if number.isdecimal() else number


def times_ten(number: str) -> str:
    """Ten times a whole number; anything else stays."""
    return str(int(number) * 10) if number.isdecimal() else number


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def good() -> bytes:
    """The recorded figures, of a later Stand."""
    return answer(RATE, lines_of(RATE, YEARS[RATE]))
