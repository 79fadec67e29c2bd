"""Executes the faults of a reader: what a load does with the bytes of an answer, up to the landing file.

Comes in: a fault and a folder. Goes out: the rows of the clean file and of the damaged one, and the error. Envelope and
archive are left out, since no night asks for these layouts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fault import Fault, dataset_of, whole

from integrationsmonitor.dataset import FIRST_DAY, LAST_DAY, Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.night import parsing
from integrationsmonitor.sources.cells import in_memory

KNOWN = datetime(2026, 11, 6, tzinfo=UTC)
_OF_THE_FILE = ("raw_sha256", "raw_locator", "printed", "parse_key")
Rows = set[tuple[object, ...]]


def read(fault: Fault, folder: Path) -> tuple[Rows, Rows, str]:
    """Rows of the clean file, rows after the fault (the clean ones where it is refused), and the error."""
    dataset = dataset_of(fault.table)
    assert fault.clean and fault.file
    clean = landed(dataset, fault.clean(), fault.year, folder / "clean.parquet")
    target = folder / "damaged.parquet"
    try:
        return clean, landed(dataset, fault.file(), fault.year, target), ""
    except ContractError as problem:
        assert not list(folder.glob("*damaged*")), "a refused answer leaves no landing file"
        return clean, clean, str(problem)


def landed(dataset: Dataset, data: bytes, year: int, target: Path) -> Rows:
    """Read, map and check as a load does, and take the rows from the landing file."""
    import pyarrow.parquet as pq

    if dataset.connector == "genesis":
        content = parsing.Content("export", in_memory(data), "", KNOWN, "source_stand")
    else:
        content = parsing.unpack(dataset, data, "export", KNOWN)
    scope = (date(year, 1, 1), date(year, 12, 31)) if year else (FIRST_DAY, LAST_DAY)
    rows, _ = parsing.parse(whole(), dataset, content, "0" * 64, "p", scope, target)
    table = pq.read_table(target)
    assert table.num_rows == rows
    return rows_of(table)


def rows_of(observations: Any) -> Rows:
    """What observations say, wherever in the file it stood."""
    kept = [name for name in observations.column_names if name not in _OF_THE_FILE]
    return set(zip(*(observations[name].to_pylist() for name in kept), strict=True))
