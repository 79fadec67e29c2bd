"""The German names of what is published. Comes in: exports/names_de.yml. Goes out: `Names`.

Refuses a table or column without a name, naming it and the file to edit, and two columns of one table with one name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError

FILE = "names_de.yml"


@dataclass(frozen=True)
class Names:
    """German headers and units by column, the same in every table but where a table says otherwise."""

    columns: Mapping[str, str]
    units: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Any]]

    def view(self, table: str) -> str:
        """The name of the German view of the table."""
        return str(self._of(table)["name"])

    def title(self, table: str) -> str:
        """The title of the table."""
        return str(self._of(table)["title"])

    def headers(self, table: str, columns: Sequence[str]) -> dict[str, str]:
        """The headers of the table's columns, each of them once."""
        own = self._of(table).get("columns", {})
        found = {column: own.get(column) or self.columns.get(column) for column in columns}
        for column, header in found.items():
            if header is None:
                raise ConfigError(f"exports/{FILE}: {table}.{column} has no German name; add it under columns")
            if list(found.values()).count(header) > 1:
                raise ConfigError(
                    f"exports/{FILE}: two columns of {table} are called {header!r}; rename {column} there"
                )
        return {column: str(header) for column, header in found.items()}

    def means_the_common(self, table: str, column: str) -> bool:
        """Whether the column means here what it means everywhere: the table has no name of its own for it."""
        return column not in self._of(table).get("columns", {})

    def unit(self, headers: Mapping[str, str], column: str) -> str:
        """The unit of a column of a table with these headers; "" where it has none, or nobody says."""
        unit = self.units.get(column, "")
        if unit in self.columns:
            return f"siehe „{headers[unit]}“" if unit in headers else ""
        return unit

    def _of(self, table: str) -> Mapping[str, Any]:
        if table not in self.tables:
            raise ConfigError(f"exports/{FILE}: {table} has no German name; add it under tables")
        return self.tables[table]


def load_names(path: Path) -> Names:
    """Read and check the names; raises ConfigError with file, key and what is wrong."""
    content = read_checked(path, path.with_suffix(".schema.json"))
    views = [table["name"] for table in content["tables"].values()]
    twice = sorted({name for name in views if views.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: tables: {', '.join(twice)} is the name of two tables")
    return Names(content["columns"], content["units"], content["tables"])
