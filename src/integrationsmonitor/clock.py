"""The one clock. Comes in: nothing, or MONITOR_NOW. Goes out: aware UTC times. Nobody else asks the machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from integrationsmonitor.errors import ConfigError


def now() -> datetime:
    """The current time in UTC; MONITOR_NOW (ISO 8601, UTC where no offset is given) stands in for it."""
    fixed = os.environ.get("MONITOR_NOW")
    if not fixed:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError:
        raise ConfigError(f"MONITOR_NOW={fixed!r} is no ISO 8601 time; write e.g. 2026-11-22T02:15:00+01:00") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_recorded() -> datetime | None:
    """The moment at which a recorded night stands (MONITOR_AS_RECORDED, a day or a time); None: the newest."""
    text = os.environ.get("MONITOR_AS_RECORDED")
    return moment_of(f"MONITOR_AS_RECORDED={text!r}", text) if text else None


def moment_of(name: str, text: str) -> datetime:
    """A day (its end, UTC) or a time, as a person writes it; `name` says in an error where it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{name} is no ISO 8601 day or time; write e.g. 2017-12-01") from None
    if len(text) <= len("2017-12-01"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def naive_utc(moment: datetime) -> datetime:
    """The same moment as naive UTC, the form in which times stand in Parquet and DuckDB."""
    return moment.astimezone(UTC).replace(tzinfo=None)
