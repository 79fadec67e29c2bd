"""The export contract. Comes in: exports/exports.yml. Goes out: a checked `ExportContract`. Refuses unknown keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from integrationsmonitor.checked_yaml import read_checked


@dataclass(frozen=True)
class ExportContract:
    """Which tables leave, in which order and form."""

    warehouse: Sequence[str]
    files: Sequence[str]
    order: Mapping[str, Sequence[str]]
    rounded: Mapping[str, Mapping[str, Any]]
    compression: str

    def in_warehouse(self, table: str) -> bool:
        """Whether analysts receive the table in warehouse.duckdb."""
        return any(fnmatchcase(table, pattern) for pattern in self.warehouse)

    def as_file(self, table: str) -> bool:
        """Whether the table is written as CSV and Parquet."""
        return any(fnmatchcase(table, pattern) for pattern in self.files)


def load_contract(path: Path) -> ExportContract:
    """Read and check the contract; raises ConfigError with file, key and what is wrong."""
    content = read_checked(path, path.with_name("exports.schema.json"))
    return ExportContract(
        warehouse=content["warehouse"],
        files=content["files"],
        order=content["order"],
        rounded=content["csv"]["rounded"],
        compression=content["parquet"]["compression"],
    )
