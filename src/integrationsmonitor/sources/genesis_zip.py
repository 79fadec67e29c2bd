"""The ZIP of a GENESIS `tablefile` answer. Comes in: its bytes. Goes out: its member: name, stream, hash.

Refuses with ContractError: what is no whole ZIP, none or several members, a path or another name than
`<table>_<epoch ms>_de_flat.csv`, encryption, unknown compression, and more content than the limits allow. A ZIP differs
each night (the epoch stands in the member's name), so change is detected by `content_sha256`.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import IO, cast

from integrationsmonitor.errors import ContractError

MEMBER = re.compile(r"(?P<table>[0-9]{5}(?:-[0-9A-Z]{1,4}){1,4})_(?P<epoch>[0-9]{9,14})_de_flat\.csv")
_MEMBER_TEXT = "<table>_<epoch ms>_de_flat.csv"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Limits:
    """Against bombs: bytes of the unpacked member, and its ratio to the packed ones (checked over 1 MiB)."""

    max_bytes: int = 1024 * 1024 * 1024
    max_ratio: float = 200


@dataclass(frozen=True)
class Member:
    """The one member of a verified ZIP. A million lines are some 280 MB, so it is unpacked anew with each `open`."""

    name: str
    content_sha256: str
    body: bytes

    def open(self) -> IO[bytes]:
        """A stream of the unpacked bytes, from their start."""
        return _stream(zipfile.ZipFile(io.BytesIO(self.body)), self.name)


def open_member(
    body: bytes,
    limits: Limits | None = None,
    *,
    table: str | None = None,
    dataset_id: str = "genesis",
    filename: str = "answer.zip",
) -> Member:
    """Verify the one member from its first to its last byte; `table`, where given, must be the table of its name."""
    limits = limits or Limits()

    def refuse(locator: str, expected: str, found: str, hint: str = "") -> ContractError:
        return ContractError(dataset_id, filename, locator, expected, found, hint)

    broken = ""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            if len(members) != 1:
                raise refuse("ZIP", "exactly one member", f"{len(members)}")
            member = members[0]
            name = member.orig_filename
            match = MEMBER.fullmatch(name)
            if not match:
                raise refuse("ZIP member", f"a name like {_MEMBER_TEXT}", repr(name[:80]))
            if table is not None and match["table"] != table:
                raise refuse("ZIP member", f"table {table}", match["table"], "The host answered with another table")
            if member.flag_bits & 0x1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise refuse(name, "a stored or deflated member", "an encrypted or otherwise packed one")
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > limits.max_bytes:
                raise refuse(name, f"at most {limits.max_bytes:,} bytes", f"{member.file_size:,}")
            if member.file_size > 1024 * 1024 and ratio > limits.max_ratio:
                raise refuse(name, f"packed at most 1:{limits.max_ratio:g}", f"1:{ratio:.0f}", "This looks like a bomb")
            with _stream(archive, name) as file:  # never reads on after the declared size, and checks the CRC there
                content = content_sha256(file)
                size = file.tell()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
        broken = str(problem) or type(problem).__name__
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error) as problem:
        broken = type(problem).__name__
    if broken:
        raise refuse("ZIP", "a whole ZIP file", f"{len(body):,} bytes that are none ({broken})", "Fetch it again")
    if size != member.file_size:
        raise refuse(name, f"{member.file_size:,} bytes", f"{size:,}", "The answer is cut off; fetch it again")
    return Member(name, content, body)


def _stream(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return io.BufferedReader(cast("io.RawIOBase", archive.open(name)), 1024 * 1024)


def content_sha256(lines: IO[bytes]) -> str:
    """Return one hash for equal lines in whatever order: the sha256 of the sorted sha256 of every line.

    Sorting 32 bytes per line instead of the lines keeps 1 M rows (284 MB) at 1.5 s and 150 MB. A byte order mark,
    carriage returns and a missing last line feed are no content.
    """
    sha256, whole = hashlib.sha256, hashlib.sha256()
    first = lines.readline().removeprefix(b"\xef\xbb\xbf")
    for digest in sorted(sha256(line.rstrip(b"\r\n")).digest() for line in chain((first,) if first else (), lines)):
        whole.update(digest)
    return whole.hexdigest()


def epoch_of(name: str) -> datetime:
    """Return the moment in a member's name, aware UTC; ValueError where the name is none."""
    match = MEMBER.fullmatch(name)
    if not match:
        raise ValueError(f"{name!r} is not named {_MEMBER_TEXT}")
    return _EPOCH + timedelta(milliseconds=int(match["epoch"]))
