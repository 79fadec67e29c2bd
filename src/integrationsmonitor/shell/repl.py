"""The conversation. Comes in: lines that a person types. Goes out: answers. German, for people in offices.

SQL goes on until its semicolon; a line that begins with a point is a command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from integrationsmonitor.release.names import Names
from integrationsmonitor.release.queries import Query
from integrationsmonitor.shell import printing
from integrationsmonitor.shell.session import Session, SqlError
from integrationsmonitor.shell.statements import split

_HELP = """\
SQL endet mit einem Semikolon und darf über mehrere Zeilen gehen; Strg-C bricht ab.
.tables            die Tabellen und ihre deutschen Sichten
.schema TABELLE    die Spalten einer Tabelle oder Sicht und was sie heißen
.beispiele         fertige Fragen
.beispiel NUMMER   eine davon zeigen und beantworten
.csv DATEI         die letzte Antwort vollständig in eine CSV-Datei schreiben
.help, .quit       diese Hilfe; beenden (auch Strg-D)"""
_TABLES = """
select t.table_name as tabelle, t.estimated_size as zeilen
from duckdb_tables() as t where t.database_name = current_database() and not t.internal order by 1"""
_SCHEMA = """
select column_name, data_type, coalesce(comment, '') from duckdb_columns()
where database_name = current_database() and lower(table_name) = lower(?) and schema_name in ('main', 'deutsch')
order by column_index"""


class Repl:
    """One conversation with one release."""

    def __init__(self, session: Session, names: Names, queries: Sequence[Query]) -> None:
        self._session, self._names, self._queries = session, names, queries
        self._open, self._last = "", ""
        self._commands: dict[str, Callable[[str], None]] = {
            ".help": lambda _: print(_HELP),
            ".tables": self._tables,
            ".schema": self._schema,
            ".beispiele": self._examples,
            ".beispiel": self._example,
            ".csv": self._csv,
        }

    def talk(self, history: Path) -> None:
        """Greet, then answer until the person leaves."""
        with suppress(ImportError):  # not every Python has it; then lines can be typed all the same
            self._remember(history)
        print(self.greeting())
        while True:
            try:
                line = input("   ...> " if self._open else "monitor> ")
            except EOFError:
                print()
                return
            except KeyboardInterrupt:
                self._open = ""
                print()
                continue
            if not self.hear(line):
                return

    def greeting(self) -> str:
        """What a person should know before the first question."""
        release = self._session.release_id
        return (
            f"Integrationsmonitor Thüringen, Veröffentlichung {release}: {self._session.notice}\n"
            "Nur lesend. SQL endet mit einem Semikolon; .help zeigt die Befehle, .beispiele fertige Fragen.\n"
            "mart_indicator enthält jeden Wert mehrmals: immer nach territory und is_default filtern.\n"
            f"Zitieren: Wert, Variante, Region, Zeitbezug, Quelle und Wert-ID@{release};\n"
            "die Zeile dazu schreibt: monitor explain WERT-ID"
        )

    def hear(self, line: str) -> bool:
        """Take one line; False when the person wants to leave."""
        if not self._open and line.strip().startswith("."):
            name, _, rest = line.strip().partition(" ")
            if name == ".quit":
                return False
            self._careful(partial(self._command, name, rest.strip()))
            return True
        done, rest = split(self._open + line + "\n")
        self._open = rest.lstrip()
        for statement in done:
            self._careful(partial(self._answer, statement))
        return True

    def _careful(self, action: Callable[[], None]) -> None:
        try:
            action()
        except (SqlError, OSError) as problem:
            print(problem, file=sys.stderr)
        except KeyboardInterrupt:
            print("abgebrochen", file=sys.stderr)

    def _answer(self, sql: str) -> None:
        self._last = sql
        printing.table(self._session.ask(sql))

    def _command(self, name: str, rest: str) -> None:
        command = self._commands.get(name)
        if command is None:
            raise SqlError(f"{name}: kein Befehl; .help zeigt alle")
        command(rest)

    def _tables(self, _: str) -> None:
        for table, rows in self._session.ask(_TABLES).rows:
            known = table in self._names.tables
            view = f"deutsch.{self._names.view(table)}" if known else ""
            print(f"{table:<26}{rows:>9,}  {view:<42}{self._names.title(table) if known else ''}".rstrip())

    def _schema(self, table: str) -> None:
        found = list(self._session.ask(_SCHEMA, [table.removeprefix("deutsch.").removeprefix("main.")]).rows)
        if not found:
            raise SqlError(f".schema {table}: keine Tabelle und keine Sicht; .tables zeigt alle")
        name = max(len(row[0]) for row in found)
        kind = max(len(row[1]) for row in found)
        for column, of_type, comment in found:
            print(f"{column:<{name}}  {of_type:<{kind}}  {comment}".rstrip())

    def _examples(self, _: str) -> None:
        for query in self._queries:
            print(f"{query.number:>3}  {query.question}")

    def _example(self, number: str) -> None:
        query = next((query for query in self._queries if str(query.number) == number), None)
        if query is None:
            raise SqlError(f".beispiel {number}: kein Beispiel; .beispiele zeigt alle")
        print(query.sql)
        self._answer(query.sql)

    def _csv(self, name: str) -> None:
        if not name or not self._last:
            raise SqlError(".csv DATEI: erst eine Frage stellen, dann eine Datei nennen")
        path = Path(name).expanduser()
        with path.open("x", encoding="utf-8", newline="") as file:
            printing.as_csv(self._session.ask(self._last), file)
        print(f"geschrieben: {path}")

    def _remember(self, history: Path) -> None:
        import atexit
        import readline

        with suppress(OSError):
            readline.read_history_file(history)
        readline.set_history_length(1_000)

        def keep() -> None:
            with suppress(OSError):
                readline.write_history_file(history)

        atexit.register(keep)
