"""`monitor sql`: questions to the current release, for reading only.

Comes in: SQL, typed, piped or given. Goes out: tables, CSV or JSON. A session keeps the release that was current when
it began: the next night does not change what it answers. Refuses (SqlError): whatever DuckDB refuses, in one line with
the place; writing, other files and the network are refused by the session itself.
"""

from __future__ import annotations

from integrationsmonitor.shell.printing import FORMS
from integrationsmonitor.shell.repl import Repl
from integrationsmonitor.shell.session import Session, SqlError
from integrationsmonitor.shell.statements import statements

__all__ = ["FORMS", "Repl", "Session", "SqlError", "run"]


def run(session: Session, text: str, form: str) -> None:
    """Run all statements of a text and print what each answers; stops at the first that fails."""
    for statement in statements(text):
        FORMS[form](session.ask(statement))
