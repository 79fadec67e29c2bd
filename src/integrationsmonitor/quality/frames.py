"""What is validated: published tables and prepared frames, as pandas frames.

Comes in: the candidate file, the SQL files of `expectations/frames/`, the catalogue. Goes out: one frame per suite. A
suite has the name of its frame's SQL file, or of a table. What cannot be read is named, and its suite fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.errors import MonitorError

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Frames:
    """Frames by suite, their numbers of rows, and what could not be read (suite → reason)."""

    by_suite: Mapping[str, Any]
    rows: Mapping[str, int]
    unreadable: Mapping[str, str]


def read(candidate: Path, folder: Path, suites: Sequence[str], catalog: Catalog) -> Frames:
    """Read the frames of all suites in one read-only connection."""
    import duckdb

    by_suite: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    try:
        con = duckdb.connect(str(candidate), read_only=True)
    except duckdb.Error as problem:
        raise MonitorError(f"{candidate.name} cannot be opened for the check: {_one_line(problem)}") from None
    try:
        con.execute("set timezone = 'UTC'")
        _declare(con, catalog)
        for suite in suites:
            sql = folder / f"{suite}.sql"
            try:
                query = sql.read_text(encoding="utf-8") if sql.is_file() else f'select * from "{suite}"'
                by_suite[suite] = con.execute(query).df()
            except duckdb.Error as problem:
                unreadable[suite] = _one_line(problem)
    finally:
        con.close()
    return Frames(by_suite, {suite: len(frame) for suite, frame in by_suite.items()}, unreadable)


def _declare(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """What the datasets' files promise, as the temporary table `declared_dataset`."""
    con.execute("create temp table declared_dataset (dataset_id varchar, complete varchar, kreise_required boolean)")
    for dataset in catalog.datasets.values():
        promise = dataset.contract
        con.execute(
            "insert into declared_dataset values (?, ?, ?)",
            [dataset.id, promise.complete, "kreise" in promise.regions],
        )


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:300]
