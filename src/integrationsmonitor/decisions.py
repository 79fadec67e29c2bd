"""Decisions of people on published values, folded from the journal.

Comes in: the journal's records. Goes out: the values that are withdrawn today, oldest decision first. Records of other
events are passed over. Refuses nothing: what stands in the journal was checked when it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrationsmonitor import archive
from integrationsmonitor.settings import Settings

WITHDRAW, REINSTATE = "withdraw", "reinstate"


@dataclass(frozen=True)
class Withdrawal:
    """A value that was taken back; `what` is how it stood in the release in which it was looked up."""

    value_id: str
    reason: str
    who: str | None
    at: str
    what: Mapping[str, Any]


def withdrawals(settings: Settings) -> list[Withdrawal]:
    """The withdrawals in force, in the order of the journal."""
    in_force: dict[str, Withdrawal] = {}
    for record in archive.journal_records(settings):
        if record["event"] == WITHDRAW:
            names = ("value_id", "reason", "who", "at", "what")
            in_force[record["value_id"]] = Withdrawal(*(record[name] for name in names))
        elif record["event"] == REINSTATE:
            in_force.pop(record["value_id"], None)
    return list(in_force.values())
