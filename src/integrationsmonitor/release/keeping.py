"""The shelf as a person keeps it: what lies there, whether it is whole, what stays for ever, how much room it takes.

Comes in: the home, the beginning of a release's id. Goes out: facts. `verify` recomputes every checksum and writes
nothing; `repair` only points `current` at a whole release and clears what a killed publisher left; `freeze` lays a
file named FROZEN into the folder, which keeps it from being pruned. Refuses: to freeze what is not whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from integrationsmonitor import archive, clock, files
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.progress import Reporter, silent
from integrationsmonitor.release import inputs_digest, ledger, shelf
from integrationsmonitor.settings import Settings

# What the archive took in this time is what a forecast is made of; of a shorter life there is none.
_OBSERVED = timedelta(days=30)


@dataclass(frozen=True)
class Verified:
    """A release whose files were read again; `problems` name a file each, and are empty where it is whole."""

    release_id: str
    n_files: int
    n_bytes: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Frozen:
    """What stays for ever, under which name."""

    release_id: str
    label: str
    at: str


@dataclass(frozen=True)
class Room:
    """Bytes on disk: of the releases now and with as many as are kept; of the archive now and in a year.

    `archive_in_a_year` is None where the archive is younger than 30 days: nothing can be said then.
    """

    releases: int
    releases_at_most: int
    archive: int
    archive_in_a_year: int | None
    free: int
    keep: int


def verify(settings: Settings, beginning: str = "", report: Reporter = silent) -> Verified:
    """Read every file of a release (by default `current`) and compare it with release.json."""
    name = shelf.named(settings, beginning) if beginning else _current(settings)
    found = _verified(settings.releases / name)
    report("verify", f"{name} read", files=found.n_files, bytes=found.n_bytes)
    return found


def repair(settings: Settings, report: Reporter = silent) -> str:
    """Let `current` mean the newest release that is whole where it does not mean one; returns its id."""
    with files.locked(settings.home / ".publish.lock"):
        for name in shelf.clean(settings):
            report("repair", f"removed what an interrupted publication left: {name}")
        now = shelf.read(settings.current)
        if now is not None and not _verified(settings.current.resolve()).problems:
            report("repair", f"current is whole: {now['release_id']}")
            return str(now["release_id"])
        for content in reversed(shelf.whole(settings)):
            name = str(content["release_id"])
            problems = _verified(settings.releases / name).problems
            if problems:
                report("repair", f"{name} is damaged: {problems[0]}; it stays as it is, for you to look at")
                continue
            shelf.point_current(settings, name)
            ledger.settle(settings)
            report("repair", f"current is {name} now")
            return name
    raise MonitorError("no release is whole: run `monitor build`, which makes a new one out of landing and archive")


def freeze(settings: Settings, beginning: str, label: str) -> Frozen:
    """Keep a release for ever, under a name; the decision stands in the journal, too."""
    text = " ".join(label.split())
    if not text:
        raise ConfigError("a name is needed: --label 'Kreistag 2026-11'; it says later what the release was kept for")
    with files.locked(settings.home / ".publish.lock"):
        name = shelf.named(settings, beginning)
        folder = settings.releases / name
        if (before := frozen(folder)) is not None:
            raise ConfigError(f"{name} is frozen already, since {before.at[:10]}: {before.label}; nothing to do")
        if problems := _verified(folder).problems:
            raise MonitorError(f"{name} is not whole and is not frozen: {problems[0]}; see `monitor verify {name}`")
        at = clock.now().isoformat()
        body = json.dumps({"label": text, "at": at}, ensure_ascii=False) + "\n"
        files.write_atomic(folder / shelf.FROZEN, body.encode())
        (folder / shelf.FROZEN).chmod(0o444)
        archive.journal(settings, {"event": "freeze", "release_id": name, "reason": text, "who": archive.person()})
    return Frozen(name, text, at)


def frozen(folder: Path) -> Frozen | None:
    """Under which name a release is kept; None where it may be pruned."""
    try:
        text = (folder / shelf.FROZEN).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        found = json.loads(text)
        return Frozen(folder.name, str(found["label"]), str(found["at"]))
    except (ValueError, KeyError, TypeError):
        moment = datetime.fromtimestamp((folder / shelf.FROZEN).stat().st_mtime, tz=clock.now().tzinfo)
        return Frozen(folder.name, text.strip() or "ohne Namen", moment.isoformat())


def listed(settings: Settings) -> list[dict[str, Any]]:
    """What lies on the shelf, newest first."""
    now = (shelf.read(settings.current) or {}).get("release_id")
    return [
        {
            "release_id": content["release_id"],
            "released_at": content["released_at"],
            "source_mode": content["source_mode"],
            "previous": content["previous"],
            "is_current": content["release_id"] == now,
            "frozen": kept.label if (kept := frozen(settings.releases / content["release_id"])) else None,
            "bytes": _size(content),
            "mart_indicator": content["tables"].get("mart_indicator"),
        }
        for content in reversed(shelf.whole(settings))
    ]


def room(settings: Settings, entries: list[dict[str, Any]], dataset_ids: list[str]) -> Room:
    """How much is taken, and how much will be."""
    keep = shelf.keep_setting(settings)
    sizes = [entry["bytes"] for entry in entries]
    kept_for_ever = sum(entry["bytes"] for entry in entries if entry["frozen"])
    taken = _taken(settings, dataset_ids)
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    return Room(
        releases=sum(sizes),
        releases_at_most=kept_for_ever + keep * max(sizes, default=0),
        archive=sum(taken.values()),
        archive_in_a_year=_in_a_year(taken),
        free=shutil.disk_usage(folder).free,
        keep=keep,
    )


def _current(settings: Settings) -> str:
    now = shelf.read(settings.current)
    if now is None:
        leads = f"leads to {settings.current.readlink()}, which is" if settings.current.is_symlink() else "is"
        raise MonitorError(f"current {leads} no whole release; `monitor repair` lets it mean the newest that is whole")
    return str(now["release_id"])


def _verified(folder: Path) -> Verified:
    content = shelf.read(folder)
    if content is None:
        return Verified(folder.name, 0, 0, (f"{shelf.MARKER} is missing or cannot be read",))
    told = {entry["path"]: entry for entry in content["files"]}
    there = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or path.is_symlink()
    }
    for name in (shelf.MARKER, shelf.FROZEN):
        there.pop(name, None)
    problems = [*_differing(told, there)]
    if content["inputs_digest"] != inputs_digest(content["inputs"]):
        problems.append(f"{shelf.MARKER}: its inputs are not those of its inputs_digest")
    if content["release_id"] != folder.name:
        problems.append(f"{shelf.MARKER}: it is that of {content['release_id']}")
    return Verified(folder.name, len(told), sum(int(entry["bytes"]) for entry in told.values()), tuple(problems))


def _differing(told: Mapping[str, Mapping[str, Any]], there: Mapping[str, Path]) -> Iterator[str]:
    for name, entry in told.items():
        path = there.get(name)
        if path is None:
            yield f"{name}: missing"
        elif path.is_symlink() or not path.is_file():
            yield f"{name}: no plain file"
        elif path.stat().st_size != entry["bytes"]:
            yield f"{name}: {path.stat().st_size} bytes instead of {entry['bytes']}"
        elif files.sha256_of(path) != entry["sha256"]:
            yield f"{name}: other content than was published (its SHA-256 differs)"
    yield from (f"{name}: was not published with it" for name in there if name not in told)


def _size(content: Mapping[str, Any]) -> int:
    return sum(int(entry["bytes"]) for entry in content["files"])


def _taken(settings: Settings, dataset_ids: list[str]) -> dict[datetime, int]:
    """Bytes of answers by the moment the archive took them; the same bytes are kept once."""
    known: set[str] = set()
    taken: dict[datetime, int] = {}
    for dataset_id in dataset_ids:
        for accepted in archive.history(settings, dataset_id).accepted:
            if accepted.answer.raw_sha256 not in known:
                known.add(accepted.answer.raw_sha256)
                moment = archive.moment(accepted.recorded_at)
                taken[moment] = taken.get(moment, 0) + accepted.answer.bytes
    return taken


def _in_a_year(taken: Mapping[datetime, int]) -> int | None:
    """What is there and, for a year, what came in the last 30 days; the first night, which takes all years, is none."""
    if not taken or clock.now() - min(taken) < _OBSERVED:
        return None
    since = max(min(taken) + timedelta(days=1), clock.now() - _OBSERVED)
    days = max((clock.now() - since) / timedelta(days=1), 1.0)
    lately = sum(size for moment, size in taken.items() if moment >= since)
    return sum(taken.values()) + round(lately / days * 365)
