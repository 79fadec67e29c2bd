"""Writing that survives a kill: whole files by rename, lines by one append, both flushed to disk.

Comes in: paths and bytes. Goes out: files that are either complete or absent. A line torn by a kill is recognised by
its checksum and dropped when it is the last one; a damaged line before the end is an error, never skipped. A disk that
takes no more is a MonitorError, and what was there before stays.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrationsmonitor.errors import MonitorError


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Digests:
    """SHA-256 of files that nobody writes to any more, each of them read once."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int, str]] = {}

    def of(self, path: Path) -> str:
        """The file's SHA-256; read again only where its size or time of change is another."""
        stat = path.stat()
        size, changed, digest = self._known.get(path, (-1, -1, ""))
        if (size, changed) != (stat.st_size, stat.st_mtime_ns):
            digest = sha256_of(path)
            self._known[path] = stat.st_size, stat.st_mtime_ns, digest
        return digest


def listed(folder: Path, digests: Digests) -> list[dict[str, Any]]:
    """Path, size and SHA-256 of every file below the folder, by path."""
    return [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digests.of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def sha256_of_bytes(data: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Say in one line what to do where the disk refuses to keep the file; for everything that writes into the home."""
    try:
        yield
    except OSError as problem:
        raise MonitorError(_no_room(path, problem)) from None


@contextmanager
def room_to_work(folder: Path) -> Iterator[None]:
    """The same for the work of others in a folder, whose errors are of many kinds: only a full disk is told so.

    Whoever met it, the operating system's words stand in the error.
    """
    try:
        yield
    except Exception as problem:
        full, code = os.strerror(errno.ENOSPC), errno.errorcode[errno.ENOSPC]
        if full not in str(problem) or (isinstance(problem, MonitorError) and code in str(problem)):  # says it already
            raise
        found = f"{problem}. " if isinstance(problem, MonitorError) else ""  # which of our steps met it
        raise MonitorError(found + _no_room(folder / "…", OSError(errno.ENOSPC, full))) from None


def sync_folder(folder: Path) -> None:
    """Make renames inside the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that its name never shows half of it."""
    temporary = path.parent / f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp"
    with room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Append one JSON record with its checksum, in one write, flushed; a torn last line is cut off first.

    Where the disk does not take the whole line, none of it stays: the record was never written.
    """
    is_new = not path.exists()
    body = json.dumps(record, ensure_ascii=False, sort_keys=True, default=str)
    line = f"{zlib.crc32(body.encode()):08x} {body}\n".encode()
    with room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _cut_torn_line(file)
            before = file.seek(0, os.SEEK_END)
            try:
                while line:  # a disk that is almost full takes a part, and says so at the next
                    line = line[file.write(line) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)
                raise
        if is_new:
            sync_folder(path.parent)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All records of a file written by `append_line`; a torn last line counts as never written."""
    if not path.exists():
        return []
    data = path.read_bytes()
    lines = data[: data.rfind(b"\n") + 1].split(b"\n")  # what follows the last line feed was never written
    records = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        check, _, body = line.partition(b" ")
        if check != f"{zlib.crc32(body):08x}".encode():
            raise MonitorError(f"{path}, line {number}: checksum does not fit; restore the file from a backup")
        records.append(json.loads(body))
    return records


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock file; it ends with the process, however that ends."""
    with room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_locked(path: Path) -> bool:
    """Whether a living process holds this lock file; asks without writing, so also where nothing may be written."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _cut_torn_line(file: Any) -> None:
    end = file.seek(0, os.SEEK_END)
    if end == 0:
        return
    file.seek(end - 1)
    if file.read(1) == b"\n":
        return
    file.seek(0)
    file.truncate(file.read().rfind(b"\n") + 1)
    file.seek(0, os.SEEK_END)


def _no_room(path: Path, problem: OSError) -> str:
    """What failed, how much is free on that disk, and the next step."""
    code = errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    folder = next(place for place in path.parents if place.is_dir())
    free = shutil.disk_usage(folder).free
    return (
        f"{path} cannot be written: {code} ({problem.strerror or problem}), {free:,} bytes are free on its disk; "
        "what was there before stays. Make room, or move MONITOR_HOME to a larger disk, and run the night again"
    )
