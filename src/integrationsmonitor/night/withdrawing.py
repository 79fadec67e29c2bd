"""Taking a published value back, and giving it back. Comes in: its id and a reason. Goes out: a record of the journal.

The next build publishes the value as withheld; nothing else happens here. Refuses (ConfigError): an empty reason, a
value that the current release does not hold, a second withdrawal, a reinstatement of what was never withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, decisions, files, release
from integrationsmonitor.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrationsmonitor.settings import Settings

# What the journal keeps of a value beside its id: enough to know in ten years what was taken back.
_TOLD = ("indicator_id", "variant", "region_key", "region_name", "period_end", "group_key", "value", "unit", "status")


def withdraw(settings: Settings, value_id: str, reason: str) -> dict[str, Any]:
    """Take a value of the current release back; returns the record that the journal holds of it."""

    def judge(before: Mapping[str, decisions.Withdrawal]) -> dict[str, Any]:
        if value_id in before:
            first = before[value_id]
            raise ConfigError(f"{value_id} is withdrawn already, since {first.at}: {first.reason}; nothing to do")
        return _look_up(settings, value_id)

    return _decide(settings, decisions.WITHDRAW, value_id, reason, judge)


def reinstate(settings: Settings, value_id: str, reason: str) -> dict[str, Any]:
    """Give a withdrawn value back; returns the record that the journal holds of it."""

    def judge(before: Mapping[str, decisions.Withdrawal]) -> Mapping[str, Any]:
        if value_id not in before:
            raise ConfigError(f"{value_id} is not withdrawn: nothing to undo; `monitor withdraw --list` shows what is")
        return before[value_id].what

    return _decide(settings, decisions.REINSTATE, value_id, reason, judge)


def _decide(
    settings: Settings,
    event: str,
    value_id: str,
    reason: str,
    judge: Callable[[Mapping[str, decisions.Withdrawal]], Mapping[str, Any]],
) -> dict[str, Any]:
    """Judge and write under one lock, so that two people cannot take the same value back."""
    text = " ".join(reason.split())
    if not text:
        raise ConfigError("a reason is needed: --reason '…', in German; it is kept in the journal and published")
    with files.locked(settings.archive / "journal.lock"):
        what = judge({item.value_id: item for item in decisions.withdrawals(settings)})
        record = {"event": event, "value_id": value_id, "reason": text, "who": archive.person(), "what": dict(what)}
        archive.journal(settings, record)
    return record


def _look_up(settings: Settings, value_id: str) -> dict[str, Any]:
    """The value as the current release shows it, as text."""
    import duckdb

    now = release.current(settings)
    if now is None:
        raise ConfigError(f"no release yet: {value_id} is not published, there is nothing to withdraw")
    columns = ", ".join(f"cast({name} as varchar)" for name in _TOLD)
    with duckdb.connect(str(settings.current / "warehouse.duckdb"), read_only=True) as con:
        found = con.execute(f"select {columns} from mart_indicator where value_id = ?", [value_id]).fetchone()
    if found is None:
        raise ConfigError(
            f"{value_id!r} is no value of the current release {now['release_id']}: expected a value_id of "
            "mart_indicator, 16 hexadecimal digits without @release; look it up there"
        )
    return {**dict(zip(_TOLD, found, strict=True)), "release_id": now["release_id"]}
