"""The files that a description names. Comes in: the drop folder. Goes out: their bytes, each by name.

Refuses a file that is a link, lies elsewhere or is too large; a file that may not be kept (local_layout.py); a period
that stands in two files, since nobody could tell which one holds, or that has not begun. A refusal here keeps no bytes
at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from integrationsmonitor import clock
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.region import Region
from integrationsmonitor.sources.local_grid import MAX_BYTES
from integrationsmonitor.sources.local_table import screen
from integrationsmonitor.sources.periods import period_of

_MAX_FILES = 200


def files_of(folder: Path, dataset: Dataset, regions: Mapping[str, Region]) -> list[tuple[str, bytes]]:
    """Names and bytes of the files of one description, sorted by name; raises ContractError."""
    if dataset.problem or dataset.local is None:
        raise ContractError(dataset.id, dataset.table, "its description", "a right one", dataset.problem or "none")
    table = dataset.local
    found = sorted(
        path for path in folder.iterdir() if table.names(path.name) and not path.name.startswith(("~$", "."))
    )
    if len(found) > _MAX_FILES:
        raise ContractError(
            dataset.id, dataset.local.files, "the folder", f"at most {_MAX_FILES} files", f"{len(found)}"
        )
    answers = [(path.name, _bytes(folder, path, dataset)) for path in found]
    owner: dict[tuple[str, str], str] = {}
    for name, data in answers:
        for measure, time in sorted(screen(data, dataset, name, regions)):
            period = period_of(time, dataset.period_type)
            if period is not None and period[0] > clock.now().date():
                hint = "Correct the time in the file, or the kind of `period` in its description"
                raise ContractError(dataset.id, name, "the file", "figures of a time that has begun", time, hint)
            before = owner.setdefault((measure, time), name)
            if before != name:
                expected = f"{measure} for {time} in one file"
                hint = "Take the older one out of the folder: what was loaded from it stays until the newer one is read"
                raise ContractError(dataset.id, name, "the folder", expected, f"it in {before}, too", hint)
    return answers


def _bytes(folder: Path, path: Path, dataset: Dataset) -> bytes:
    if path.is_symlink() or not path.is_file() or path.resolve().parent != folder.resolve():
        raise ContractError(dataset.id, path.name, "the folder", "a file of the folder itself", "a link or a folder")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as problem:
        expected = "a file that can be read"
        raise ContractError(dataset.id, path.name, "the folder", expected, str(problem.strerror)) from None
    if size > MAX_BYTES:
        raise ContractError(dataset.id, path.name, "the file", f"at most {MAX_BYTES:,} bytes", f"{size:,}")
    return data
