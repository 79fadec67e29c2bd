"""Many requests, one answer. Comes in: what a host said of each region. Goes out: one ZIP for the archive, and back.

Some hosts answer region by region. Their answers are judged together (all Kreise, and these against their Land), so
they are kept together: each body as it came, under a name of ours, and `requests.json`, which says what each was the
answer to, since the bodies do not. Equal answers make equal bytes. Refuses with ContractError: what is no such ZIP, a
member that the list does not name or that it names in vain, a region twice, more content than the limits allow.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from integrationsmonitor.errors import ContractError

INDEX = "requests.json"
MAX_BYTES = 256 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MADE = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the first day that a ZIP can name: the same for all, so that equal answers are equal bytes
_WHAT = ("name", "region_key", "region_name", "url")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(ValueError, KeyError, OverflowError, struct.error),
)


@dataclass(frozen=True)
class Part:
    """The answer to one request.

    `name` is its member, `region_name` the region as the source spells it ("" where it was not asked by name), `url`
    the path and query below the host's base address.
    """

    name: str
    region_key: str
    region_name: str
    url: str
    body: bytes = field(repr=False)


def pack(parts: Sequence[Part]) -> bytes:
    """One ZIP: the list of requests, then the bodies in the order of their names."""
    ordered = sorted(parts, key=lambda part: part.name)
    index = [{what: getattr(part, what) for what in _WHAT} for part in ordered]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(_member(INDEX), json.dumps(index, ensure_ascii=False, indent=1).encode() + b"\n")
        for part in ordered:
            archive.writestr(_member(part.name), part.body)
    return packed.getvalue()


def open_bundle(body: bytes, dataset_id: str, filename: str) -> list[Part]:
    """The parts of a ZIP that `pack` made, in the order of their names."""

    def refuse(expected: str, found: str) -> ContractError:
        return ContractError(dataset_id, filename, "ZIP", expected, found)

    broken = ""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            if (size := sum(member.file_size for member in members)) > MAX_BYTES:
                raise refuse(f"at most {MAX_BYTES:,} bytes", f"{size:,}")
            contents = {member.filename: archive.read(member) for member in members}
        parts = [_part(entry, contents) for entry in _index(contents)]
    except _BROKEN as problem:
        broken = str(problem) or type(problem).__name__
    if broken:
        raise refuse(f"the answers of a night with their {INDEX}", f"{len(body):,} bytes that are none ({broken})")
    names, keys = [part.name for part in parts], [part.region_key for part in parts]
    if sorted(names) != sorted(set(contents) - {INDEX}) or len(members) != len(contents):
        raise refuse(f"every member named once in {INDEX}", f"{sorted(names)} beside {sorted(contents)}")
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise refuse("plain member names", repr(wrong[0]))
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise refuse("every region once", f"{sorted(twice)[0]} twice")
    return parts


def content_sha256(parts: Sequence[Part]) -> str:
    """One hash for the same bodies of the same regions; addresses and spellings are no content."""
    whole = hashlib.sha256()
    for part in sorted(parts, key=lambda part: part.name):
        whole.update(f"{part.name} {part.region_key} {hashlib.sha256(part.body).hexdigest()}\n".encode())
    return whole.hexdigest()


def _index(contents: dict[str, bytes]) -> list[dict[str, str]]:
    index = json.loads(contents[INDEX])
    if not isinstance(index, list) or not all(isinstance(entry, dict) for entry in index):
        raise ValueError(f"{INDEX} is no list of requests")
    return index


def _part(entry: dict[str, str], contents: dict[str, bytes]) -> Part:
    name, region_key, region_name, url = (str(entry[what]) for what in _WHAT)
    return Part(name, region_key, region_name, url, contents[name])


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=_MADE)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member
