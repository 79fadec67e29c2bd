"""The package of a workbook, looked at before a sheet of it is opened. Comes in: bytes. Goes out: nothing, or an error.

A figure must stand in the sheet itself: neither computed in it nor taken from elsewhere. Refuses a package that is
broken, unpacks to more than the limits allow, holds a path, a part twice, a macro, a formula, a link to another file,
or a cell so far out that the sheet would not fit into memory. Reports for people link to web pages and compute in other
sheets: where a reader says so, that is no harm. `what_it_is` says what a body is that is no workbook.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from integrationsmonitor.sources.genesis_zip import Limits

if TYPE_CHECKING:
    from integrationsmonitor.errors import ContractError

# Makes the error from where, what was expected and what was found.
Refused = Callable[[str, str, str], "ContractError"]

LIMITS = Limits(max_bytes=256 * 1024 * 1024)
ZIP_MARK, OLD_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PART = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.\[\]-]+(?:/[A-Za-z0-9_.\[\]-]+)*")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLACE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
MAX_CELLS = 5_000_000  # sheets are unrolled from their first to their last cell
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


def check_package(
    data: bytes, refused: Refused, *, limits: Limits = LIMITS, sheet: str = "", web_links: bool = False
) -> None:
    """Verify every part of the workbook's ZIP from its first to its last byte, checksums included.

    Only `sheet`, where it is given and the package says which part it is, must be free of formulas; without it all
    sheets must. `web_links` lets links to web pages and mail addresses pass.
    """
    broken = ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            size, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
            if size > limits.max_bytes:
                raise refused("the workbook", f"at most {limits.max_bytes:,} bytes unpacked", f"{size:,}")
            if size > 1024 * 1024 and size > limits.max_ratio * packed:
                raise refused(
                    "the workbook", f"packed at most 1:{limits.max_ratio:g}", f"1:{size / max(packed, 1):.0f}"
                )
            only = _part_of(package, sheet) if sheet else ""
            for part in parts:
                if not _PART.fullmatch(part.orig_filename):
                    raise refused("the workbook", "parts with plain names", repr(part.orig_filename[:80]))
                content = package.read(part)
                if len(content) != part.file_size:
                    raise refused(part.filename, f"{part.file_size:,} bytes", f"{len(content):,}")
                _check_part(part.filename, content, refused, only, web_links=web_links)
            if len({part.filename.lower() for part in parts}) != len(parts):
                raise refused("the workbook", "every part once", "one twice")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
        broken = str(problem) or type(problem).__name__
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error) as problem:
        broken = type(problem).__name__
    if broken:
        raise refused("the file", "a whole XLSX workbook", f"{len(data):,} bytes that are none ({broken})")


def what_it_is(data: bytes) -> str:
    """What a body is that is no XLSX workbook, "" where it may be one; judged by its bytes, never by a name."""
    if not data:
        return "nothing"
    if data.startswith(OLD_MARK):
        return "a workbook of the old XLS kind, or one with a password"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        title = _TITLE.search(data[:20_000])
        return f"a web page ({' '.join(title[1].decode('utf-8', 'replace').split())[:80]!r})" if title else "a web page"
    if not data.startswith(ZIP_MARK):
        return f"{len(data):,} bytes that begin with {data[:20]!r}"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return ""
    if "xl/workbook.bin" in names:
        return "a workbook of the binary XLSB kind"
    if "[Content_Types].xml" not in names:
        return f"a ZIP archive of {', '.join(sorted(names)[:3])[:120] or 'nothing'}"
    return ""


def _check_part(name: str, content: bytes, refused: Refused, only: str, *, web_links: bool) -> None:
    if name.startswith("xl/externalLinks/") or name == "xl/vbaProject.bin" or _leads_out(content, web_links):
        raise refused(name, "a workbook without macros and links to other files", "one")
    if name != only and not name.startswith("xl/worksheets/"):
        return
    if only in ("", name) and _FORMULA.search(content):
        raise refused(name, "figures", "a formula")
    _check_extent(name, content, refused)


def _check_extent(name: str, content: bytes, refused: Refused) -> None:
    places = _PLACE.findall(content)
    width = max((_column(letters) for letters in {letters for letters, _ in places}), default=0)
    height = max((int(row) for row in {row for _, row in places}), default=0)
    if width * height > MAX_CELLS:
        raise refused(name, f"at most {MAX_CELLS:,} cells", f"{height:,} rows of {width:,}")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _leads_out(content: bytes, web_links: bool) -> bool:
    if not web_links:
        return _EXTERNAL.search(content) is not None
    for relation in _RELATION.findall(content):
        said = _attributes(relation)
        if said.get(b"TargetMode") == b"External" and not (
            said.get(b"Type", b"").endswith(b"/hyperlink")
            and said.get(b"Target", b"").lower().startswith((b"http://", b"https://", b"mailto:"))
        ):
            return True
    return False


def _part_of(package: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds a sheet; "" where the package does not say so in the plain way."""
    try:
        book = package.read("xl/workbook.xml")
        relations = package.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return ""
    ids = [said.get(b"r:id") for said in map(_attributes, _SHEET.findall(book)) if said.get(b"name") == sheet.encode()]
    targets = [
        said.get(b"Target", b"") for said in map(_attributes, _RELATION.findall(relations)) if [said.get(b"Id")] == ids
    ]
    if len(targets) != 1:
        return ""
    target = targets[0].decode("ascii", "replace")
    name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return name if name in package.namelist() else ""


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}
