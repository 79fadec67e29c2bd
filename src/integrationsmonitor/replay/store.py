"""The recordings on disk. Comes in: the folder with `manifest.json`. Goes out: ZIP bytes by host, table, year, date.

Refuses with ConfigError a manifest that cannot be read, an entry without its keys, a file that is missing or has
another sha256 than the manifest says. `pack` writes recordings and manifest in the same form.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from integrationsmonitor import files
from integrationsmonitor.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Recording:
    """One recorded answer.

    `year` is the one that was asked for, `regionalkey` too (None: not on record, any is served); `known` is the moment
    in the member's name.
    """

    path: str
    sha256: str
    host: str
    table: str
    year: int
    epoch: int
    regionalkey: str | None = None

    @property
    def known(self) -> datetime:
        """When the source made the answer, aware UTC."""
        return _EPOCH + timedelta(milliseconds=self.epoch)


@dataclass(frozen=True)
class Page:
    """One recorded answer to a GET without credentials: `target` is the path below the host's base with its query."""

    path: str
    sha256: str
    host: str
    target: str
    epoch: int
    content_type: str
    datasets: tuple[str, ...]

    @property
    def known(self) -> datetime:
        """When the source gave the answer, aware UTC."""
        return _EPOCH + timedelta(milliseconds=self.epoch)


class RecordingStore:
    """All recordings of a folder; the manifest is read once, a file when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_table: dict[tuple[str, str], list[Recording]] = {}
        manifest = _read_manifest(folder / "manifest.json")
        self.pages = tuple(_pages(folder / "manifest.json", manifest))
        for recording in _recordings(folder / "manifest.json", manifest):
            self._by_table.setdefault((recording.host, recording.table), []).append(recording)
        self._read = cache(self._read_checked)

    def tables(self, host: str) -> list[str]:
        """Return the ids of the tables recorded for a host."""
        return sorted(table for known_host, table in self._by_table if known_host == host)

    def has_table(self, host: str, table: str) -> bool:
        """Whether anything is recorded for the table."""
        return (host, table) in self._by_table

    def stands(self, table: str, host: str | None = None) -> list[datetime]:
        """Return the moments at which answers of a table were made, old to new, each once."""
        return sorted(
            {
                recording.known
                for (known_host, known_table), recordings in self._by_table.items()
                if known_table == table and host in (None, known_host)
                for recording in recordings
            }
        )

    def years(self, host: str, table: str, known_until: datetime | None) -> set[int]:
        """Return the years of which anything was recorded by `known_until`."""
        recordings = self._by_table.get((host, table), ())
        return {recording.year for recording in recordings if known_until is None or recording.known <= known_until}

    def outdated_years(self, host: str, table: str, stand: datetime, known_until: datetime | None) -> list[int]:
        """Return the years of which a later answer than that of this very moment was recorded by `known_until`."""
        years = {recording.year for recording in self._by_table[(host, table)] if recording.known == stand}
        newest = {year: self.find(host, table, year, known_until) for year in years}
        return sorted(year for year, recording in newest.items() if recording and recording.known > stand)

    def find(self, host: str, table: str, year: int | None, known_until: datetime | None) -> Recording | None:
        """Return the newest recording of a year (None: of the newest year) that was made by `known_until`."""
        fitting = [
            recording
            for recording in self._by_table.get((host, table), ())
            if year in (None, recording.year) and (known_until is None or recording.known <= known_until)
        ]
        return max(fitting, key=lambda recording: (recording.year, recording.epoch), default=None)

    def has_pages(self, dataset_id: str, until: datetime | None) -> bool:
        """Whether any page was recorded for the dataset by then."""
        known = (page for page in self.pages if until is None or page.known <= until)
        return any(dataset_id in page.datasets for page in known)

    def find_page(self, host: str, target: str, known_until: datetime | None) -> Page | None:
        """Return the newest recorded answer to a GET of `target` (path below the host, and query) by `known_until`."""
        fitting = [
            page
            for page in self.pages
            if (page.host, page.target) == (host, normal(target)) and (known_until is None or page.known <= known_until)
        ]
        return max(fitting, key=lambda page: page.epoch, default=None)

    def read(self, recording: Recording | Page) -> bytes:
        """Return the recorded bytes; ConfigError where they are not those of the manifest."""
        return self._read(recording)

    def _read_checked(self, recording: Recording | Page) -> bytes:
        path = self.folder / recording.path
        try:
            body = path.read_bytes()
        except OSError as problem:
            raise ConfigError(f"{path}: the manifest names it, but it cannot be read ({problem.strerror})") from None
        if hashlib.sha256(body).hexdigest() != recording.sha256:
            raise ConfigError(f"{path}: has another sha256 than manifest.json says; make the recordings again")
        return body


def normal(target: str) -> str:
    """A path below a host with its query, as it is compared: what is escaped, and how, does not matter."""
    path, _, query = target.partition("?")
    return f"{unquote(path)}?{urlencode(sorted(parse_qsl(query, keep_blank_values=True)))}"


def _read_manifest(path: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(manifest["recordings"], list) and isinstance(manifest.get("pages", []), list):
            return dict(manifest)
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read ({problem.strerror}); MONITOR_RECORDINGS names its folder") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise ConfigError(f"{path}: is no JSON with a list 'recordings'; make the recordings again")


def _pages(path: Path, manifest: Mapping[str, Any]) -> Iterator[Page]:
    for number, entry in enumerate(manifest.get("pages", [])):
        try:
            words = {name: str(entry[name]) for name in ("path", "sha256", "host", "content_type")}
            datasets = tuple(map(str, entry["datasets"]))
            page = Page(target=normal(entry["target"]), epoch=int(entry["epoch"]), datasets=datasets, **words)
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise ConfigError(f"{path}: pages[{number}]: {type(problem).__name__} {problem}") from None
        yield page


def _recordings(path: Path, manifest: Mapping[str, Any]) -> list[Recording]:
    recordings = []
    for number, entry in enumerate(manifest["recordings"]):
        try:
            recordings.append(
                Recording(
                    path=str(entry["path"]),
                    sha256=str(entry["sha256"]),
                    host=str(entry["host"]),
                    table=str(entry["table"]),
                    year=int(entry["year"]),
                    epoch=int(entry["epoch"]),
                    regionalkey=entry.get("regionalkey"),
                )
            )
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise ConfigError(f"{path}: recordings[{number}]: {type(problem).__name__} {problem}") from None
    return recordings


def zip_answer(table: str, epoch: int, csv: bytes) -> bytes:
    """Pack lines as the live hosts do: one deflated member whose name carries the epoch. Equal input, equal bytes."""
    first, last = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 1, 1, tzinfo=UTC)  # what a ZIP can say
    made = min(max(_EPOCH + timedelta(milliseconds=epoch), first), last)
    member = zipfile.ZipInfo(f"{table}_{epoch}_de_flat.csv", date_time=made.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(member, csv)
    return packed.getvalue()


def add_pages(folder: Path, pages: Iterable[tuple[str, str, int, str, Iterable[str], bytes]]) -> Path:
    """Write `(host, target, epoch ms, content type, dataset ids, bytes)` beside the recordings; returns the folder."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"recordings": []}
    entries = manifest.setdefault("pages", [])
    for host, target, epoch, content_type, datasets, body in pages:
        sha256 = hashlib.sha256(body).hexdigest()
        place = folder / "pages" / host / sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
        where = {"path": place.relative_to(folder).as_posix(), "sha256": sha256, "host": host, "target": target}
        entries.append({**where, "epoch": epoch, "content_type": content_type, "datasets": [*datasets]})
    files.write_atomic(path, json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
    return folder


def pack(folder: Path, answers: Iterable[tuple[str, str, int, int, bytes]], **facts: Mapping[str, Any]) -> Path:
    """Write `(host, table, year, epoch ms, ffcsv bytes)` as recordings with their manifest; returns the folder."""
    entries = []
    for host, table, year, epoch, csv in answers:
        body = zip_answer(table, epoch, csv)
        path = f"{host}/{table}/{year}_{epoch}.zip"
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        stand = (_EPOCH + timedelta(milliseconds=epoch)).isoformat()
        sha256 = hashlib.sha256(body).hexdigest()
        entries.append(
            {"path": path, "sha256": sha256, "host": host, "table": table, "year": year, "epoch": epoch, "stand": stand}
        )
    text = json.dumps({**facts, "recordings": entries}, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return folder
