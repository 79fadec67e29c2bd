"""One door to all layouts of a GENESIS table. Comes in: a source and a dataset. Goes out: cells, layout, Stand.

Refuses what is none of the known layouts: HTML, JSON, an XLSX of another make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import genesis_ffcsv

if TYPE_CHECKING:
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.sources.cells import Answer, Source


def read_answer(source: Source, dataset: Dataset, filename: str) -> Answer:
    """Read an answer in any known layout into cells; raises ContractError naming file, line and expectation."""
    with source() as file:
        start = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"<", b"{"):
        kind = "an HTML or XML page" if start[:1] == b"<" else "a JSON message"
        raise ContractError(
            dataset.id, filename, "line 1", "a table", f"{kind}: {start[:60].decode(errors='replace')!r}"
        )
    if start.startswith(b"statistics_code;"):
        return genesis_ffcsv.read_cells(source, dataset, filename)
    if start.startswith(b"PK\x03\x04"):
        from integrationsmonitor.sources import genesis_xlsx

        return genesis_xlsx.read_cells(_whole(source), dataset, filename)
    if start.startswith((b"GENESIS-Tabelle:", b"Tabelle:")):
        from integrationsmonitor.sources import genesis_wide

        return genesis_wide.read_cells(_whole(source), dataset, filename)
    return genesis_ffcsv.read_cells(source, dataset, filename)


def _whole(source: Source) -> bytes:
    with source() as file:
        return file.read()
