"""What every client of a source hands on: `Fetched`, one answer with what was asked; and how an address is sent.

`Years` narrows what is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from integrationsmonitor.errors import FetchError

EVER = ("1900-01-01", "9999-12-31")
_SAFE = "/?&=%+:;,@!$'()*~-._"


def escaped(address: str) -> str:
    """A path and query as they are sent: blanks, umlauts and the like encoded, what is encoded already left alone."""
    return quote(address, safe=_SAFE)


@dataclass(frozen=True)
class Years:
    """From which year to which, both included."""

    first: int
    last: int

    def overlap(self, begins: str | int, ends: str | int) -> bool:
        """Whether a span of days (ISO) or years has a day in these years."""
        return int(str(begins)[:4]) <= self.last and int(str(ends)[:4]) >= self.first


@dataclass(frozen=True)
class Fetched:
    """One answer as it came; `body` empty means that the source has nothing for this request.

    With a `problem` the request failed; `body` is then what came instead of data, empty where nothing came.
    """

    slot: str
    scope_from: str
    scope_to: str
    body: bytes = field(repr=False)
    filename: str
    url: str
    retrieved_at: datetime
    request: dict[str, str] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)
    problem: FetchError | None = None
