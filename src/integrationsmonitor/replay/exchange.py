"""One exchange with the recorded source: what was asked, what is answered, and the ways in which an answer may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """One request as the server understood it. `number` counts from 1; credentials are reduced to two booleans.

    `conditions` are the headers If-None-Match and If-Modified-Since, where they were sent.
    """

    number: int
    verb: str
    path: str
    host: str
    method: str
    form: Mapping[str, str]
    known_until: datetime | None
    has_credentials: bool
    right_credentials: bool
    conditions: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer. The last three fields make it fail on purpose.

    `cut_after`: close the connection after so many bytes of the body; `drop`: close it without any answer;
    `stall_seconds`: wait before the body is sent.
    """

    status: int = 200
    content_type: str = "application/json;charset=UTF-8"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    drop: bool = False
    stall_seconds: float = 0
