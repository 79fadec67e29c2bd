"""Is a dataset as new as it should be? Comes in: its cadence, its newest period, a day. Goes out: a `Freshness`.

Nothing is asked and nothing is read. "Unchanged" on an ordinary night is healthy; a publication day that passed without
its period is not: first `due`, then, when the days of grace are over, `overdue`. Refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from integrationsmonitor.cadence import Cadence

ENDED, IRREGULAR, UNKNOWN, FRESH, DUE, OVERDUE = "ended", "irregular", "unknown", "fresh", "due", "overdue"


@dataclass(frozen=True)
class Freshness:
    """How a dataset stands on a day.

    `state`: fresh | due (the day has passed, within grace) | overdue (grace is over) | irregular (no calendar) | ended
    (the source continues it elsewhere, or not at all) | unknown (it never held a value).
    `expected_period`: the newest that should be out by now. `awaited_period` with `awaited_day`: the first that is not
    held yet, whose day may have passed. `next_day`: the first publication day that is still to come. `overdue_since`:
    the first day after grace.
    """

    state: str
    expected_period: str | None = None
    awaited_period: str | None = None
    awaited_day: date | None = None
    next_day: date | None = None
    overdue_since: date | None = None


def judge(cadence: Cadence, newest: date | None, day: date) -> Freshness:
    """Judge a dataset on a day; `newest` is the first day of the newest period that holds values, None without any."""
    if cadence.ended is not None:
        return Freshness(ENDED)
    if not cadence.is_regular:
        return Freshness(IRREGULAR)
    expected = _newest_expected(cadence, day)
    if newest is None:
        return Freshness(UNKNOWN, cadence.label(expected), next_day=cadence.expected_day(expected + 1))
    held = cadence.period_at(newest)
    awaited = held + 1
    awaited_day = cadence.expected_day(awaited)
    overdue_since = awaited_day + timedelta(days=cadence.grace_days + 1)
    state = OVERDUE if day >= overdue_since else DUE if day > awaited_day else FRESH
    return Freshness(
        state=state,
        expected_period=cadence.label(expected),
        awaited_period=cadence.label(awaited),
        awaited_day=awaited_day,
        next_day=cadence.expected_day(max(held, expected) + 1),
        overdue_since=overdue_since if state == OVERDUE else None,
    )


def _newest_expected(cadence: Cadence, day: date) -> int:
    """The newest period whose publication day lies before this day."""
    period = max([cadence.period_at(day) + 1, *cadence.release_days])
    while cadence.expected_day(period) >= day:
        period -= 1
    return period
