"""What every published column means. Comes in: a table and its German headers. Goes out: its chapter.

A chapter is the dictionary sheet of a workbook and a part of `datenlexikon.csv` and `.html`. Nothing is described
twice: descriptions come from the warehouse (dbt), keys and words from the dbt contracts (`promises`), headers and units
from names_de.yml, the meaning of words from `vocabulary`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from integrationsmonitor.release.names import FILE, Names, load_names
from integrationsmonitor.release.promises import Promise, load_promises
from integrationsmonitor.release.tables import Column, Table
from integrationsmonitor.vocabulary import FLAGS, STATUSES

# One entry as cells.
HEADER = (
    *("Spalte", "Technischer Name", "Typ", "Einheit", "Schlüssel", "Darf leer sein", "Bedeutung", "Mögliche Wörter"),
)
_KINDS = {"VARCHAR": "Text", "BOOLEAN": "ja oder nein", "DATE": "Tag", "TIMESTAMP": "Zeitpunkt", "ENUM": "Text"}


@dataclass(frozen=True)
class Entry:
    """One column. `key` is its place in the key, 0 outside; `words` are all that may stand there, with their meaning.

    `words` is empty where no contract limits them; the meaning of a word is "" where the description gives it.
    """

    column: str
    header: str
    type: str
    unit: str
    key: int
    nullable: bool
    meaning: str
    words: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """The type in German."""
        return _KINDS.get(self.type.split("(")[0], "Zahl")

    def cells(self) -> list[str]:
        """The entry as a row below HEADER."""
        return [
            self.header,
            self.column,
            f"{self.kind} ({self.type})",
            self.unit,
            str(self.key or ""),
            "ja" if self.nullable else "nein",
            self.meaning,
            ", ".join(word for word, _ in self.words),
        ]


@dataclass(frozen=True)
class Chapter:
    """One table; `view` is its German view in the warehouse, "" where it is there only as files."""

    table: str
    view: str
    title: str
    meaning: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Lexicon:
    """All that is needed to write chapters."""

    names: Names
    promises: Mapping[str, Promise]

    @classmethod
    def of(cls, project: Path) -> Lexicon:
        """The lexicon of a checkout."""
        return cls(load_names(project / "exports" / FILE), load_promises(project))

    def chapters(self, tables: Sequence[Table], written: Sequence[Chapter]) -> list[Chapter]:
        """The chapters that were written already, and those of the other tables of the warehouse, by table."""
        there = {chapter.table for chapter in written}
        others = [
            self.chapter(
                table, self.names.headers(table.name, [column.name for column in table.columns]), has_view=True
            )
            for table in tables
            if table.name not in there
        ]
        return sorted([*written, *others], key=lambda chapter: chapter.table)

    def chapter(self, table: Table, headers: Mapping[str, str], *, has_view: bool) -> Chapter:
        """Describe a table whose columns have these headers."""
        promise = self.promises.get(table.name, Promise(key=table.order))
        entries = [
            Entry(
                column.name,
                headers[column.name],
                column.type,
                self.names.unit(headers, column.name),
                promise.key.index(column.name) + 1 if column.name in promise.key else 0,
                column.nullable,
                column.comment,
                self._words(table, column, promise),
            )
            for column in table.columns
        ]
        view = self.names.view(table.name) if has_view else ""
        return Chapter(table.name, view, self.names.title(table.name), table.comment, entries)

    def _words(self, table: Table, column: Column, promise: Promise) -> tuple[tuple[str, str], ...]:
        """What a contract accepts; else, where the column means what it means everywhere, the words that we know."""
        known = _vocabulary(column.name)
        if column.name in promise.words:
            return tuple((word, known.get(word, "")) for word in promise.words[column.name])
        return tuple(known.items()) if self.names.means_the_common(table.name, column.name) else ()


def sheet(chapter: Chapter) -> list[list[str]]:
    """The dictionary of one table: a header, then a row per column."""
    return [list(HEADER), *(entry.cells() for entry in chapter.entries)]


def legend(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """What the words in the table's columns mean: label and sentence, each once."""
    found = {
        f"{'Kennzeichen' if entry.column in _FLAGS else 'Status'} {word}": meaning
        for entry in chapter.entries
        for word, meaning in entry.words
        if meaning
    }
    yield from found.items()


_FLAGS = ("flag", "flags")


def _vocabulary(column: str) -> Mapping[str, str]:
    if column == "status" or column.endswith("_status"):
        return STATUSES
    return FLAGS if column in _FLAGS else {}
