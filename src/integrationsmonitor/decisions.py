"""Decisions of people, folded from the journal: which published values are no longer said, what may be lost.

Comes in: the journal's records; a row of mart_indicator. Goes out: the values that are withdrawn today, oldest decision
first; whether a row is no longer said, and why. Records of other events are passed over. Refuses nothing: what stands
in the journal was checked when it was written.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from integrationsmonitor import archive
from integrationsmonitor.settings import Settings

WITHDRAW, REINSTATE, ACCEPT_LOSSES = "withdraw", "reinstate", "accept_losses"
# The flags of what is withheld (int_withdrawal).
WITHDRAWN, CONFIDENTIAL = "withdrawn", "confidential"


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


def accepted_losses(settings: Settings) -> dict[tuple[str, str], str]:
    """Why what a build lost is right: by the release that it was compared with, and the digest of its inputs."""
    return {
        (record["against"], record["inputs"]): record["reason"]
        for record in archive.journal_records(settings)
        if record["event"] == ACCEPT_LOSSES
    }


def no_longer_said(row: Mapping[str, Any], withdrawn: Container[str] = ()) -> str | None:
    """Why neither the number of a value may be told, nor anything from which it could be computed; None where it may.

    WITHDRAWN: a person took it back, or a published one that it repeats or is made with. CONFIDENTIAL: a number could
    be computed from it that its source hides.
    """
    flags = str(row["flags"] or "").split("|")
    if row["value_id"] in withdrawn or WITHDRAWN in flags:
        return WITHDRAWN
    return CONFIDENTIAL if CONFIDENTIAL in flags else None
