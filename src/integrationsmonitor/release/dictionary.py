"""What every column means. Comes in: a table and its German headers. Goes out: rows of a dictionary.

The descriptions are those of the warehouse (dbt), the headers those of names_de.yml, the words those of `vocabulary`:
nothing is described twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from integrationsmonitor.release.tables import Table
from integrationsmonitor.vocabulary import FLAGS, STATUSES

_HEADER = ("Spalte", "Technischer Name", "Typ", "Darf leer sein", "Bedeutung")


def sheet(table: Table, headers: Mapping[str, str]) -> list[list[str]]:
    """The dictionary of one table: a header, then a row per column."""
    return [
        list(_HEADER),
        *(
            [headers[column.name], column.name, column.type, "ja" if column.nullable else "nein", column.comment]
            for column in table.columns
        ),
    ]


def legend(table: Table) -> Iterator[tuple[str, str]]:
    """What the words in the table's columns mean: label and sentence."""
    columns = {column.name for column in table.columns}
    if any(name == "status" or name.endswith("_status") for name in columns):
        yield from ((f"Status {word}", text) for word, text in STATUSES.items())
    if columns & {"flag", "flags"}:
        yield from ((f"Kennzeichen {word}", text) for word, text in FLAGS.items())
