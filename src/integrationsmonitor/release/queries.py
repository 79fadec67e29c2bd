"""Questions with their SQL, ready to run. Comes in: exports/queries/. Goes out: `Query`s, and their copies.

A file begins with a comment: its first line is the question, the others say what to mind.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

FOLDER = "queries"


@dataclass(frozen=True)
class Query:
    """A question and the SQL that answers it, comment included."""

    name: str
    question: str
    sql: str

    @property
    def number(self) -> int:
        """Its number, with which its name begins."""
        return int(self.name.split("_")[0])


def load(project: Path) -> list[Query]:
    """All of them, by number."""
    files = sorted((project / "exports" / FOLDER).glob("[0-9]*_*.sql"))
    texts = [(path.stem, path.read_text(encoding="utf-8")) for path in files]
    return [Query(name, text.partition("\n")[0].removeprefix("--").strip(), text) for name, text in texts]


def copy(project: Path, target: Path) -> None:
    """Put them below `target`, as they are."""
    for path in sorted((project / "exports" / FOLDER).glob("[0-9]*_*.sql")):
        (target / FOLDER).mkdir(exist_ok=True)
        shutil.copyfile(path, target / FOLDER / path.name)
