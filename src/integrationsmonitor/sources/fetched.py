"""What every client of a source hands on. Comes in: nothing. Goes out: `Fetched`, one answer with what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from integrationsmonitor.errors import FetchError

EVER = ("1900-01-01", "9999-12-31")


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
