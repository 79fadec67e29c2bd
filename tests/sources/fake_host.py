"""A host for the clients of single pages: answers by address, keeps what was asked, refuses as `HttpClient` does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from integrationsmonitor import clock
from integrationsmonitor.archive import Accepted, ArchivedAnswer, History
from integrationsmonitor.errors import FetchError
from integrationsmonitor.http import Response

BASE = "https://example.org/"


class FakeHost:
    """`answer` gives the body of an address below the host, or the status that it is refused with."""

    def __init__(self, answer: Callable[[str], bytes | int]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def fetch(self, url: str, *, dataset_id: str, accept: Collection[int] = (200,), **_: Any) -> Response:
        assert url.startswith(BASE), "another host was asked"
        self.asked.append(url.removeprefix(BASE))
        given = self.answer(self.asked[-1])
        status, body = (given, b"so nicht") if isinstance(given, int) else (200, given)
        if status not in accept:
            raise FetchError(dataset_id, url, f"HTTP {status}")
        return Response(url, status, "", {}, body, clock.now())


def held(*slots: str, retrieved_at: str = "2026-11-20T02:15:00+00:00", last_fetched: str = "") -> History:
    """What the archive tells of requests that were accepted at a moment; the source was last asked then, or later."""
    past = History(last_fetched=last_fetched or retrieved_at)
    for slot in slots:
        answer = ArchivedAnswer(
            slot, "0", "0", "f", "u", "2026-01-01", "2026-01-31", retrieved_at, "upper_bound", retrieved_at, "xlsx", 1
        )
        past.accepted.append(Accepted(answer, 0, retrieved_at))
    return past
