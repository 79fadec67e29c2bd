"""A release, opened for questions. Comes in: settings. Goes out: answers. Refuses: no release; what DuckDB refuses.

Nobody can write: neither into the release, nor into other files, nor load an extension or ask the network. So a query
from anywhere can be tried without fear.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.release import shelf

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.settings import Settings

_BATCH = 2_000


class SqlError(MonitorError):
    """What DuckDB refused, in one line, with line and column where it names them."""


@dataclass(frozen=True)
class Answer:
    """What a statement answers: its columns, and its rows as they come."""

    columns: Sequence[str]
    rows: Iterator[Sequence[Any]]


class Session:
    """The current release, for reading."""

    def __init__(self, settings: Settings) -> None:
        import duckdb

        told = shelf.read(settings.current)
        if told is None:
            raise ConfigError("no release yet: there is nothing to ask; `monitor run` makes the first one")
        self.release_id, self.notice = str(told["release_id"]), str(told["notice_de"])
        config: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "errors_as_json": True,
            "temp_directory": str(settings.home / "tmp" / "sql"),
        }
        path = settings.releases / self.release_id / "warehouse.duckdb"
        try:
            self._con = duckdb.connect(str(path), read_only=True, config=config)
        except duckdb.Error as problem:
            raise MonitorError(f"{path}: cannot be opened: {_told(problem)[0]}; see `monitor verify`") from None

    def ask(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Run one statement; what fails while its rows are read fails there."""
        import duckdb

        try:
            cursor = self._con.execute(sql, list(values) or None)
        except duckdb.Error as problem:
            raise _one_line(problem, sql) from None
        return Answer([column[0] for column in cursor.description or ()], _rows(cursor, sql))

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Sequence[Any]]:
    import duckdb

    while True:
        try:
            batch = cursor.fetchmany(_BATCH)
        except duckdb.Error as problem:
            raise _one_line(problem, sql) from None
        if not batch:
            return
        yield from batch


def _one_line(problem: Exception, sql: str) -> SqlError:
    message, place = _told(problem)
    data = sql.encode()
    if place is None or place > len(data):  # inside a macro, a place is none of this text
        return SqlError(message)
    before = data[:place].decode(errors="ignore")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return SqlError(f"Zeile {line}, Spalte {column}: {message}")


def _told(problem: Exception) -> tuple[str, int | None]:
    """The message in one line, and the place in bytes where there is one."""
    text = str(problem)
    try:
        told = json.loads(text[text.index("{") :])
        message, place = str(told["exception_message"]), told.get("position")
    except (ValueError, KeyError, TypeError):
        message, place = text, None
    return " ".join(message.split()), None if place is None else int(place)
