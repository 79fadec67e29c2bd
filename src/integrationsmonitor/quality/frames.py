"""What is validated: published tables and prepared frames, as pandas frames.

Comes in: the candidate file, the SQL files of `expectations/frames/`, the catalogue, the last release. Goes out: one
frame per suite. A suite has the name of its frame's SQL file, or of a table, of which only the columns are read that
the suite speaks of. What cannot be read is named, and its suite fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.quality import last as before

if TYPE_CHECKING:
    import duckdb

Suite = Mapping[str, Any]


@dataclass(frozen=True)
class Frames:
    """Frames by suite, their numbers of rows, what could not be read (suite → reason); why nothing is compared."""

    by_suite: Mapping[str, Any]
    rows: Mapping[str, int]
    unreadable: Mapping[str, str]
    not_compared_de: str


def read(
    candidate: Path, folder: Path, suites: Mapping[str, Suite], catalog: Catalog, last: before.LastRelease | None
) -> Frames:
    """Read the frames of all suites in one read-only connection."""
    import duckdb

    by_suite: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    with _opened(candidate) as con:
        not_compared_de = declare(con, catalog, last)
        for name, suite in suites.items():
            try:
                by_suite[name] = read_one(con, folder, name, suite)
            except duckdb.Error as problem:
                unreadable[name] = one_line(problem)
    rows = {name: len(frame) for name, frame in by_suite.items()}
    return Frames(by_suite, rows, unreadable, not_compared_de)


def declare(con: duckdb.DuckDBPyConnection, catalog: Catalog, last: before.LastRelease | None) -> str:
    """What the frames need beside the candidate: promises of the datasets' files, and the last release.

    Returns why nothing is compared, "" where it is.
    """
    con.execute("set timezone = 'UTC'")
    con.execute("create temp table declared_dataset (dataset_id varchar, complete varchar, kreise_required boolean)")
    for dataset in catalog.datasets.values():
        promise = dataset.contract
        con.execute(
            "insert into declared_dataset values (?, ?, ?)",
            [dataset.id, promise.complete, "kreise" in promise.regions],
        )
    return before.declare(con, last)


def read_one(con: duckdb.DuckDBPyConnection, folder: Path, name: str, suite: Suite) -> Any:
    """The frame of one suite; raises duckdb.Error where it cannot be read."""
    sql = folder / f"{name}.sql"
    if sql.is_file():
        return con.execute(sql.read_text(encoding="utf-8")).df()
    there = [row[0] for row in con.execute(f'describe "{name}"').fetchall()]
    spoken_of = {*suite["meta"]["key"], *_columns(suite["expectations"])}
    # a column that is not there is for the expectation to say
    columns = ", ".join(f'"{column}"' for column in there if column in spoken_of) or "*"
    return con.execute(f'select {columns} from "{name}"').df()


def one_line(problem: BaseException) -> str:
    """An error of the database, short."""
    return " ".join(str(problem).split())[:300]


def _columns(part: Any) -> Iterator[str]:
    """All columns that expectations name, in conditions, too."""
    if isinstance(part, list):
        for entry in part:
            yield from _columns(entry)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            if key in ("column", "column_A", "column_B", "column_list") and not isinstance(value, Mapping):
                yield from [value] if isinstance(value, str) else value
            elif key == "column":
                yield value["name"]
            else:
                yield from _columns(value)


@contextmanager
def _opened(candidate: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    try:
        con = duckdb.connect(str(candidate), read_only=True)
    except duckdb.Error as problem:
        raise MonitorError(f"{candidate.name} cannot be opened for the check: {one_line(problem)}") from None
    try:
        yield con
    finally:
        con.close()
