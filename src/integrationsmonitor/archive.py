"""The archive: every accepted answer's bytes for ever, and an append-only account of what happened to each dataset.

Comes in: bytes with where, when and for which request they came. Goes out: the same bytes, verified, and the history
of a dataset folded from its manifest. Nothing here is ever changed or deleted.

Layout below `archive/`: `raw/<aa>/<sha256>` (bytes as they came), `manifest/<dataset_id>.jsonl` (events),
`readings/<dataset_id>/` (what we read of them before we read them otherwise: the code that did is gone),
`journal.jsonl` (decisions of people and publications). One accepted delivery is one line: a kill leaves all of a
night's answers of a dataset accepted, or none.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from integrationsmonitor import clock, files
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.settings import Settings


@dataclass(frozen=True)
class ArchivedAnswer:
    """One answer of a source: what was asked, what came, and from when it is known.

    `slot` names the request (the same each night); `scope_from`/`scope_to` are the first and last day whose figures
    the request covers; `known_from` is aware UTC.
    """

    slot: str
    raw_sha256: str
    content_sha256: str
    filename: str
    url: str
    scope_from: str
    scope_to: str
    known_from: str
    known_from_quality: str
    retrieved_at: str
    layout: str
    bytes: int
    rows: int = 0
    request: dict[str, str] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """An answer with its place in the order of acceptance."""

    answer: ArchivedAnswer
    delivery_seq: int
    recorded_at: str


@dataclass
class History:
    """What a dataset's manifest tells, folded.

    `last_fetched` is when the source was last asked for everything and nothing was refused (`last_checked` also counts
    nights on which the source's list of changes was enough); `warnings` are those of the newest delivery;
    `accepted_contents` the content hashes that a person accepted although figures jumped; `parsed_raws` since when each
    parse of each answer was in use; `mended` counts how often a damaged landing was made anew.
    """

    accepted: list[Accepted] = field(default_factory=list)
    parses: list[str] = field(default_factory=list)
    parsed_raws: dict[str, dict[str, str]] = field(default_factory=dict)
    last_checked: str = ""
    last_changed: str = ""
    last_fetched: str = ""
    rejection: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    accepted_contents: set[str] = field(default_factory=set)
    mended: int = 0

    @property
    def latest_by_slot(self) -> dict[str, ArchivedAnswer]:
        """The newest accepted answer per request."""
        return {item.answer.slot: item.answer for item in self.accepted}

    @property
    def current_parse(self) -> str:
        """Parse key of the newest complete parse of all accepted answers; "" where there is none."""
        raws = {item.answer.raw_sha256 for item in self.accepted}
        return next((key for key in reversed(self.parses) if raws <= self.parsed_raws[key].keys()), "")

    @property
    def newest_known(self) -> str:
        """The latest moment from which any accepted answer is known (ISO, UTC); "" where there is none."""
        return max((item.answer.known_from for item in self.accepted), default="")


def put_raw(settings: Settings, data: bytes) -> str:
    """Keep bytes under their SHA-256; keeping the same bytes again changes nothing."""
    digest = files.sha256_of_bytes(data)
    path = raw_path(settings, digest)
    if not path.exists():
        files.write_atomic(path, data)
    return digest


def raw_path(settings: Settings, digest: str) -> Path:
    """Where the bytes with this SHA-256 stand."""
    return settings.archive / "raw" / digest[:2] / digest


def get_raw(settings: Settings, digest: str) -> bytes:
    """The bytes with this SHA-256, verified; raises MonitorError where they are missing or damaged."""
    path = raw_path(settings, digest)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MonitorError(f"{path} is missing from the archive; restore it from a backup") from None
    if files.sha256_of_bytes(data) != digest:
        raise MonitorError(f"{path} does not hold the bytes it is named after; restore it from a backup")
    return data


def manifest_path(settings: Settings, dataset_id: str) -> Path:
    """The append-only manifest of a dataset."""
    return settings.archive / "manifest" / f"{dataset_id}.jsonl"


def put_reading(settings: Settings, dataset_id: str, landed: Path) -> None:
    """Keep a landing file of an earlier reading, which nobody could make again."""
    path = reading_path(settings, dataset_id, landed.name)
    if landed.exists() and not path.exists():
        files.write_atomic(path, landed.read_bytes())


def reading_path(settings: Settings, dataset_id: str, name: str) -> Path:
    """Where the landing file of an earlier reading is kept."""
    return settings.archive / "readings" / dataset_id / name


def record_delivery(
    settings: Settings,
    dataset_id: str,
    answers: list[ArchivedAnswer],
    parse_key: str,
    warnings: Sequence[str] = (),
    *,
    of_all: bool = True,
) -> None:
    """Accept answers, all in one line; their bytes and landing files must already be on disk.

    Without `of_all` only a part of the dataset was asked for: what was refused before stays refused.
    """
    delivered = [asdict(answer) for answer in answers]
    record = {"event": "delivery", "answers": delivered, "parse_key": parse_key, "warnings": [*warnings]}
    _record(settings, dataset_id, record | ({} if of_all else {"of_all": False}))


def record_parse(settings: Settings, dataset_id: str, parse_key: str, raws: list[str], repeats: str = "") -> None:
    """Note that these bytes were parsed anew (the reader, the dataset's file or the regions changed).

    `repeats` names an earlier parse that said the same of all of them: the new one takes its place, so that a
    correction of our own is still told from what stood before it.
    """
    record = {"event": "parsed", "parse_key": parse_key, "raws": sorted(raws), "repeats": repeats}
    _record(settings, dataset_id, record)


def record_mended(settings: Settings, dataset_id: str, raws: Sequence[str]) -> None:
    """Note that landing files did not say what these bytes say, and were made anew."""
    _record(settings, dataset_id, {"event": "mended", "raws": sorted(raws)})


def record_check(settings: Settings, dataset_id: str, unchanged: int, missing: int, *, of_all: bool = True) -> None:
    """Note that the source was asked, for everything or (without `of_all`) for a part, and had nothing new."""
    record = {"event": "checked", "unchanged": unchanged, "missing": missing}
    _record(settings, dataset_id, record | ({} if of_all else {"of_all": False}))


def record_listed(settings: Settings, dataset_id: str, since: str) -> None:
    """Note that the source's list of changes since that day does not name the dataset; nothing was fetched."""
    _record(settings, dataset_id, {"event": "not_listed", "since": since})


def record_rejection(
    settings: Settings, dataset_id: str, error: str, kind: str, quarantined: list[str], contents: Sequence[str] = ()
) -> None:
    """Note that tonight's answers were refused (`kind`: fetch, contract, jump), with the reason.

    `contents` are the content hashes of the answers whose figures jumped: what a person may accept.
    """
    record = {"event": "rejected", "kind": kind, "error": error, "quarantined": quarantined, "contents": [*contents]}
    _record(settings, dataset_id, record)


def record_acceptance(settings: Settings, dataset_id: str, contents: list[str], reason: str) -> None:
    """Note that a person looked at figures that jumped and holds them for right."""
    _record(settings, dataset_id, {"event": "accepted_jump", "contents": contents, "reason": reason})


def quarantine(settings: Settings, dataset_id: str, data: bytes, error: str, facts: dict[str, str]) -> str:
    """Keep refused bytes beside the reason; the same bytes are kept once. Returns the file's path below the home."""
    digest = files.sha256_of_bytes(data)
    path = settings.quarantine / dataset_id / digest[:16]
    if not path.exists():
        files.write_atomic(path, data)
    note = {"sha256": digest, "error": error, "at": clock.now().isoformat(), **facts}
    files.write_atomic(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False, indent=1).encode())
    return str(path.relative_to(settings.home))


def history(settings: Settings, dataset_id: str) -> History:
    """Fold a dataset's manifest."""
    past = History()
    deliveries = 0
    for event in files.read_lines(manifest_path(settings, dataset_id)):
        kind, moment = event["event"], event["at"]
        if kind not in ("parsed", "accepted_jump", "mended"):
            past.last_checked = moment
        if kind in ("delivery", "checked") and event.get("of_all", True):
            past.last_fetched, past.rejection = moment, None
        if kind == "delivery":
            answers = [ArchivedAnswer(**answer) for answer in event["answers"]]
            past.accepted.extend(Accepted(answer, deliveries, moment) for answer in answers)
            _note_parse(past, event["parse_key"], {answer.raw_sha256: moment for answer in answers})
            deliveries += 1
            past.last_changed, past.warnings = moment, event.get("warnings", [])
        elif kind == "parsed":
            # A parse that says the same as the one before it takes its place, and its time.
            before = past.parsed_raws.get(event.get("repeats", ""), {})
            if event.get("repeats", "") in past.parses:
                past.parses.remove(event["repeats"])
            _note_parse(past, event["parse_key"], {raw: before.get(raw, moment) for raw in event["raws"]})
            past.last_changed = moment
        elif kind == "rejected":
            past.rejection = event
        elif kind == "accepted_jump":
            past.accepted_contents.update(event["contents"])
        elif kind == "mended":
            past.mended += 1
        elif kind in ("checked", "not_listed"):
            pass  # nothing is new but the time of the check
        else:
            raise MonitorError(
                f"{manifest_path(settings, dataset_id)}: unknown event {kind!r}; is it of a newer version?"
            )
    return past


def journal(settings: Settings, record: dict[str, Any]) -> None:
    """Append a decision of a person or a publication to the journal."""
    files.append_line(journal_path(settings), {"at": clock.now().isoformat(), **record})


def person() -> str | None:
    """Who sits at the machine, where it knows: the journal names who decided."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None


def journal_path(settings: Settings) -> Path:
    """The append-only journal of decisions and publications."""
    return settings.archive / "journal.jsonl"


def journal_records(settings: Settings) -> list[dict[str, Any]]:
    """All records of the journal, oldest first; each has `at` and `event`."""
    return files.read_lines(journal_path(settings))


def moment(text: str) -> datetime:
    """Parse a time of the manifest."""
    return datetime.fromisoformat(text)


def _record(settings: Settings, dataset_id: str, event: dict[str, Any]) -> None:
    files.append_line(manifest_path(settings, dataset_id), {"at": clock.now().isoformat(), **event})


def _note_parse(past: History, parse_key: str, raws: dict[str, str]) -> None:
    """A parse counts as newest from the moment it was last used, so that going back to an older file works too."""
    if past.parses[-1:] == [parse_key]:
        raws = raws | past.parsed_raws[parse_key]  # the same bytes, delivered again: read since the first time
    elif parse_key in past.parses:
        past.parses.remove(parse_key)
        past.parses.append(parse_key)
    else:
        past.parses.append(parse_key)
    past.parsed_raws.setdefault(parse_key, {}).update(raws)
