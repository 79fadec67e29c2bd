"""Answers of the recorded source, changed for a test: another figure, another Stand, something that is no answer."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from integrationsmonitor.replay.store import zip_answer
from night_support import PROJECT

# 2026-11-06, later than every recorded Stand and earlier than the nights of the tests.
LATER = 1_793_919_600_000


def lines_of(table: str, year: int, host: str = "regio") -> list[str]:
    """The lines of the newest recorded answer, header first."""
    newest = max((PROJECT / "recordings" / host / table).glob(f"{year}_*.zip"), key=lambda path: path.stem)
    with zipfile.ZipFile(BytesIO(newest.read_bytes())) as archive:
        return archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines()


def answer(table: str, lines: list[str], epoch: int = LATER, encoding: str = "utf-8") -> bytes:
    """Lines packed as a live host does, of a Stand that is later than the recorded ones."""
    return zip_answer(table, epoch, ("\n".join(lines) + "\n").encode(encoding))


class Recordings:
    """A copy of the recordings (hard links) in which answers can be put, replaced and left out."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PROJECT / "recordings", folder, copy_function=os.link)
        self.folder = folder

    def put(self, table: str, year: int, body: bytes, epoch: int = LATER, host: str = "regio") -> Recordings:
        """Add an answer of a later Stand, whatever it holds."""
        path = f"{host}/{table}/{year}_{epoch}.zip"
        with (self.folder / path).open("xb") as file:  # never through a hard link into the project
            file.write(body)
        entry = {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "host": host, "table": table}
        return self._edit(lambda entries: [*entries, {**entry, "year": year, "epoch": epoch}])

    def keep(self, wanted: Callable[[str, int], bool]) -> Recordings:
        """Leave out every answer whose table and year are not wanted."""
        return self._edit(lambda entries: [entry for entry in entries if wanted(entry["table"], entry["year"])])

    def _edit(self, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Recordings:
        manifest = self.folder / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["recordings"] = change(content["recordings"])
        manifest.unlink()  # a hard link: the original stays as it is
        manifest.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return self
