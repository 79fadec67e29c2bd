"""What every client of a source hands on: `Fetched`, one answer with what was asked; and how an address is sent."""

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
