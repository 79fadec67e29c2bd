"""Telling each cause once. Comes in: causes, and channels that can send. Goes out: messages, and a line for each sent.

`<home>/alerts.jsonl` is append-only: what was told, on which channel, when. So a restart repeats nothing, a send that
failed is tried again the next time, and a channel that is new hears all that stands. A line is written after the send:
a kill in between tells twice, never not at all. Knows nothing of mail or Airflow; refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, clock, files
from integrationsmonitor.night.incidents import redacted
from integrationsmonitor.night.watch import Cause
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from integrationsmonitor.settings import Settings

REMINDER_AFTER = timedelta(days=7)
_OPENINGS = {"new": "", "reminder": "Erinnerung: ", "over": "Wieder in Ordnung: "}


@dataclass(frozen=True)
class Message:
    """What is sent: one cause that is new, still stands, or is over; or several faces of one."""

    event: str
    causes: tuple[Cause, ...]

    @property
    def subject(self) -> str:
        """One line."""
        more = f" (und {len(self.causes) - 1} weitere)" if len(self.causes) > 1 else ""
        return f"Integrationsmonitor: {_OPENINGS[self.event]}{self.causes[0].subject}{more}"

    @property
    def text(self) -> str:
        """Plain text."""
        return "\n\n".join(cause.text for cause in self.causes) + "\n"


Send = Callable[[Message], None]


def tell(
    settings: Settings,
    causes: Sequence[Cause],
    channels: Mapping[str, Send],
    report: Reporter = silent,
    *,
    about: Collection[str] | None = None,
) -> list[str]:
    """Send what is new, over, or due for a reminder, on each channel; returns what could not be sent.

    `about` names the keys of which `causes` tells everything; None: of all.
    """
    if not channels:
        for cause in causes:
            report("alert", f"told nobody, no channel is configured: {cause.subject}")
        return []
    problems: list[str] = []
    with files.locked(settings.home / ".alerts.lock"):
        for channel, send in channels.items():
            for message in _due(_told(settings, channel), causes, about):
                if message.event == "joined":
                    _note(settings, channel, message)
                    continue
                try:
                    send(message)
                except Exception as problem:  # a channel that is broken must not silence the others
                    problems.append(redacted(settings, f"{channel}: {message.subject}: {_reason(problem)}"))
                    report("alert", f"not sent, the next time tries again: {problems[-1]}")
                else:
                    _note(settings, channel, message)
                    report("alert", f"{channel}: {message.subject}")
    return problems


def _due(told: Mapping[str, dict[str, Any]], causes: Sequence[Cause], about: Collection[str] | None) -> list[Message]:
    """The messages of one channel."""
    standing = {cause.key: cause for cause in causes}
    spoken_of = standing if about is None else {key: cause for key, cause in standing.items() if key in about}
    fresh = [cause for key, cause in spoken_of.items() if told.get(key, {}).get("kind") != cause.kind]
    heard = {(told[key]["bundle"], told[key]["kind"]) for key in told}
    joined = [cause for cause in fresh if (cause.bundle, cause.kind) in heard]
    new = [cause for cause in fresh if cause not in joined]
    late = [
        cause
        for key, cause in spoken_of.items()
        if cause not in fresh and clock.now() - archive.moment(told[key]["at"]) >= REMINDER_AFTER
    ]
    over = [
        _over(key, record) for key, record in told.items() if key not in standing and (about is None or key in about)
    ]
    return [
        *(Message("joined", (cause,)) for cause in joined),
        *_bundled("new", new),
        *_bundled("reminder", late),
        *_bundled("over", over),
    ]


def _bundled(event: str, causes: Sequence[Cause]) -> Iterator[Message]:
    bundles: dict[tuple[str, str], list[Cause]] = {}
    for cause in causes:
        bundles.setdefault((cause.bundle, cause.kind), []).append(cause)
    for members in bundles.values():
        yield Message(event, tuple(members))


def _over(key: str, record: Mapping[str, Any]) -> Cause:
    text = f"Erledigt: {record['subject']}\nGemeldet am {archive.moment(record['first']):%d.%m.%Y}, seitdem behoben."
    return Cause(key, record["kind"], record["subject"], text, record["dataset"], bundle=record["bundle"])


def _told(settings: Settings, channel: str) -> dict[str, dict[str, Any]]:
    """What a channel heard and did not hear to be over: key → its last line, with the time of the first."""
    found: dict[str, dict[str, Any]] = {}
    for record in files.read_lines(settings.home / "alerts.jsonl"):
        if record["channel"] != channel:
            continue
        before = found.pop(record["key"], None)
        if record["event"] != "over":
            found[record["key"]] = {**record, "first": before["first"] if before else record["at"]}
    return found


def _note(settings: Settings, channel: str, message: Message) -> None:
    for cause in message.causes:
        record = {
            "at": clock.now().isoformat(),
            "channel": channel,
            "event": message.event,
            "key": cause.key,
            "kind": cause.kind,
            "bundle": cause.bundle,
            "dataset": cause.dataset,
            "subject": cause.subject,
        }
        files.append_line(settings.home / "alerts.jsonl", record)


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"
