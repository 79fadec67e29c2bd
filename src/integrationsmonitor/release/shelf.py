"""The shelf of releases below MONITOR_HOME: cleaning up, swapping `current`, keeping the last ones.

Comes in: the home. Goes out: `releases/<id>/` folders that are whole when they hold release.json, one symlink
`current` that is only ever replaced by a rename, and `latest.json`, which says the same as the link. A folder loses
its release.json before anything else of it goes, so that a deletion cut short leaves no half release that looks whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from integrationsmonitor import files
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings

MARKER = "release.json"
LATEST = "latest.json"
FROZEN = "FROZEN"
KEEP = 14
_BROKEN = (OSError, ValueError)


def read(folder: Path) -> dict[str, Any] | None:
    """The release.json of a folder; None where it is missing or cannot be read."""
    try:
        content = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except _BROKEN:
        return None
    is_release = isinstance(content, dict) and content.get("release_id") and isinstance(content.get("sequence"), int)
    return content if is_release else None


def whole(settings: Settings) -> list[dict[str, Any]]:
    """All releases on the shelf, oldest first."""
    if not settings.releases.is_dir():
        return []
    found = [read(folder) for folder in settings.releases.iterdir() if folder.is_dir()]
    return sorted((release for release in found if release), key=lambda release: release["sequence"])


def kept(settings: Settings, part: str, inputs: Mapping[str, Any], made_of: Sequence[str]) -> Path | None:
    """The folder `part` of `current`, where it is made of the same inputs and holds what was published; else None."""
    now, folder = read(settings.current), settings.current.resolve()
    if now is None or any(now["inputs"].get(name) != inputs[name] for name in made_of):
        return None
    told = {entry["path"]: entry["sha256"] for entry in now["files"] if entry["path"].startswith(f"{part}/")}
    there = {path.relative_to(folder).as_posix(): path for path in (folder / part).rglob("*") if path.is_file()}
    is_same = told and {name: files.sha256_of(path) for name, path in there.items()} == told
    return folder / part if is_same else None


def named(settings: Settings, beginning: str) -> str:
    """The id of the one whole release that begins like this; raises ConfigError where there is none, or several."""
    known = [str(release["release_id"]) for release in whole(settings)]
    found = [name for name in known if name == beginning] or [name for name in known if name.startswith(beginning)]
    if len(found) != 1:
        what = f"begins {len(found)} releases" if found else "is no whole release, nor the beginning of one"
        raise ConfigError(f"{beginning} {what}; there are: {', '.join(known) or 'none'}")
    return found[0]


def clean(settings: Settings) -> list[str]:
    """Remove what a killed publisher left: `.current.*` links and folders without release.json. Returns their names."""
    settings.releases.mkdir(parents=True, exist_ok=True)
    removed = []
    for link in settings.home.glob(".current.*"):
        link.unlink()
        removed.append(link.name)
    for folder in settings.releases.iterdir():
        if folder.is_dir() and not (folder / MARKER).exists() and not (folder / FROZEN).exists():
            _remove(folder)
            removed.append(folder.name)
    _tell_latest(settings)
    return removed


def seal(folder: Path) -> None:
    """Make every file read-only and everything durable; release.json is not there yet."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(0o444)
            _flush(path)
    for path in [*(path for path in folder.rglob("*") if path.is_dir()), folder, folder.parent]:
        files.sync_folder(path)


def mark(folder: Path, content: dict[str, Any]) -> None:
    """Write release.json, last: from here on the folder is a release."""
    data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False, default=str).encode()
    files.write_atomic(folder / MARKER, data + b"\n")
    (folder / MARKER).chmod(0o444)


def point_current(settings: Settings, release_id: str) -> None:
    """Let `current` mean this release, atomically and durably."""
    temporary = settings.home / f".current.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path("releases") / release_id)
    temporary.replace(settings.current)
    files.sync_folder(settings.home)
    _tell_latest(settings)


def link_exports(settings: Settings) -> None:
    """Let <project>/exports/current show the exports of `current`, where the home is the project's own var/."""
    if not settings.is_projects_home:
        return
    link, target = settings.project / "exports" / "current", Path("../var/current/exports")
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise MonitorError("exports/current is in the way: it must be a link made by the monitor; move it away")
    temporary = link.with_name(f".current.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def prune(settings: Settings, keep: int) -> list[str]:
    """Delete all but the last `keep` releases, the frozen ones, the current one and the one before it."""
    releases = whole(settings)
    current = read(settings.current) or {}
    kept = {release["release_id"] for release in releases[-keep:]}
    kept |= {current.get("release_id"), current.get("previous")}
    gone = [
        str(release["release_id"])
        for release in releases
        if release["release_id"] not in kept and not (settings.releases / release["release_id"] / FROZEN).exists()
    ]
    for name in gone:
        _remove(settings.releases / name)
    return gone


def keep_setting(settings: Settings) -> int:
    """How many releases are kept: MONITOR_KEEP_RELEASES, at least 2."""
    text = settings.environment.get("MONITOR_KEEP_RELEASES") or str(KEEP)
    if not text.isdigit() or int(text) < 2:
        raise ConfigError(f"MONITOR_KEEP_RELEASES={text!r}: give a whole number of at least 2, e.g. {KEEP}")
    return int(text)


def _tell_latest(settings: Settings) -> None:
    """Write <home>/latest.json: what `current` means, for readers that cannot follow a link (a Windows share, say).

    Its paths are relative to the home. Where a kill came between the swap and this file, the next one mends it.
    """
    release = read(settings.current)
    path = settings.home / LATEST
    if release is None:
        return
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except _BROKEN:
        told = {}
    if isinstance(told, dict) and told.get("release_id") == release["release_id"]:
        return
    folder = f"releases/{release['release_id']}"
    content = {
        **{key: release[key] for key in ("release_id", "released_at", "source_mode", "notice_de")},
        "folder": folder,
        "files": [{**file, "path": f"{folder}/{file['path']}"} for file in release["files"]],
    }
    files.write_atomic(path, json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")


def _remove(folder: Path) -> None:
    (folder / MARKER).unlink(missing_ok=True)
    files.sync_folder(folder)
    shutil.rmtree(folder)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
