"""Where a statement ends. Comes in: SQL as typed or piped. Goes out: its statements.

DuckDB's own tokenizer tells a semicolon from one inside quotes or comments. Each statement keeps its place: what stands
before it is blank, so that line and column of an error are those of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def statements(text: str) -> list[str]:
    """All statements of a text; the last one may lack its semicolon."""
    done, rest = split(text)
    return [*done, *([rest] if _says_something(rest) else [])]


def split(text: str) -> tuple[list[str], str]:
    """The statements that are complete, and the rest, which is not."""
    done, start = [], 0
    for end in _ends(text):
        if _says_something(text[start:end]):
            done.append(_blank(text[:start]) + text[start:end])
        start = end + 1
    return done, _blank(text[:start]) + text[start:]


def _ends(text: str) -> Iterator[int]:
    """The places of the semicolons that end a statement."""
    import duckdb

    data = text.encode()
    for place, kind in duckdb.tokenize(text):
        if kind == duckdb.token_type.operator and data[place : place + 1] == b";":
            yield len(data[:place].decode())


def _says_something(text: str) -> bool:
    """Whether there is more than space and comments."""
    import duckdb

    return bool(duckdb.tokenize(text))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
