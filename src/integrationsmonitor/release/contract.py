"""The export contract. Comes in: exports/exports.yml. Goes out: a checked `ExportContract`. Refuses unknown keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.tables import Table


@dataclass(frozen=True)
class Rounding:
    """Which columns of a table stand rounded beside themselves, and which column says to how many decimals."""

    columns: Sequence[str]
    decimals: str

    @staticmethod
    def header(header: str) -> str:
        """The header of the rounded column."""
        return f"{header} (gerundet)"


@dataclass(frozen=True)
class ExportContract:
    """Which tables leave, in which order and form."""

    warehouse: Sequence[str]
    files: Sequence[str]
    order: Mapping[str, Sequence[str]]
    rounded: Mapping[str, Rounding]
    without_workbook: Sequence[str]
    compression: str

    def in_warehouse(self, table: str) -> bool:
        """Whether analysts receive the table in warehouse.duckdb."""
        return any(fnmatchcase(table, pattern) for pattern in self.warehouse)

    def as_file(self, table: str) -> bool:
        """Whether the table is written as files."""
        return any(fnmatchcase(table, pattern) for pattern in self.files)

    def as_workbook(self, table: str) -> bool:
        """Whether the table is also written as XLSX."""
        return self.as_file(table) and table not in self.without_workbook

    def rounding(self, table: Table) -> Rounding | None:
        """What is rounded in this table; raises MonitorError where it does not have the columns."""
        found = self.rounded.get(table.name)
        names = {column.name for column in table.columns}
        missing = [name for name in [*found.columns, found.decimals] if name not in names] if found else []
        if missing:
            raise MonitorError(f"exports.yml rounds {table.name} by {', '.join(missing)}, which it does not have")
        return found


def load_contract(path: Path) -> ExportContract:
    """Read and check the contract; raises ConfigError with file, key and what is wrong."""
    content = read_checked(path, path.with_name("exports.schema.json"))
    return ExportContract(
        warehouse=content["warehouse"],
        files=content["files"],
        order=content["order"],
        rounded={table: Rounding(**rule) for table, rule in content["office"]["rounded"].items()},
        without_workbook=content["office"]["without_workbook"],
        compression=content["parquet"]["compression"],
    )
