"""Answers of one flat table, for the tests of reader, mapping and contract."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrationsmonitor.dataset import Dataset
from integrationsmonitor.sources import genesis_read, mapping
from integrationsmonitor.sources.cells import in_memory
from wire import Cell, catalog, flat_header, flat_line

PROJECT = Path(__file__).resolve().parents[1]
NAME = "13111-01-03-4_1773175029986_de_flat.csv"
KNOWN = datetime(2026, 3, 10, tzinfo=UTC)


def svb(
    region: str,
    value: str,
    name: str = "",
    nat: str = "",
    sex: str = "",
    time: str = "2019-06-30",
    unit: str = "Anzahl",
) -> str:
    """A line of 13111-01-03-4: employees at their place of work by nationality and sex."""
    found = catalog()
    known = found.regions.get(region)
    label = name or (known.name if known else "Irgendwo")
    cell = Cell(time, region, label, "ERW032", (nat, sex), value)
    return flat_line(found.datasets["regio_13111_01_03_4"], cell).replace(";Anzahl;", f";{unit};")


def answer(*lines: str, head: str = "", bom: bool = True, end: str = "\n") -> bytes:
    text = end.join([head or flat_header(3), *lines, ""])
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def observe(data: bytes, dataset: Dataset | None = None, name: str = NAME) -> list[dict[str, Any]]:
    """Read and map an answer, as the night does."""
    found = catalog()
    dataset = dataset or found.datasets["regio_13111_01_03_4"]
    read = genesis_read.read_answer(in_memory(data), dataset, name)
    origin = mapping.Origin(name, read.layout, read.sheet, read.stand or KNOWN, "0" * 64, "p")
    return mapping.map_cells(read.cells, dataset, found.regions, origin).observations.to_pylist()
