"""The last release. Comes in: the warehouse that `current` means. Goes out: views `last_…` beside today's tables.

Each published table of the candidate has one, with the candidate's columns: what the old release does not have is NULL,
a table that it does not have is empty, and so is everything in the first night. So a comparison is written once, and an
old release cannot break it. Where the old file cannot be read, nothing is compared, and why is said; that is no reason
not to publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.quality.validation import SuiteResult

# meta_release is written only at publication: no candidate holds it, so that nothing is expected of it here.
PUBLISHED = ("dim_", "fct_", "mart_", "rpt_")
COMPARISONS = "qa_drift_"  # how the suites begin that compare with it
FIRST_DE = "Es gibt noch keine Veröffentlichung, mit der sich vergleichen ließe."
_NAME = "last_release"


@dataclass(frozen=True)
class LastRelease:
    """What `current` means; `accepted_de`: why a person holds what is lost against it to be right ("": nobody does)."""

    release_id: str
    warehouse: Path
    accepted_de: str = ""


def judged(results: Sequence[SuiteResult], last: LastRelease | None) -> list[SuiteResult]:
    """The results; where a person accepted what is lost, that is a warning only, with the reason."""
    if last is None or not last.accepted_de:
        return [*results]
    return [
        replace(
            result,
            outcomes=tuple(
                replace(
                    outcome,
                    severity="warning",
                    description=f"{outcome.description} (angenommen: {last.accepted_de})",
                )
                if not outcome.success and result.name.startswith(COMPARISONS)
                else outcome
                for outcome in result.outcomes
            ),
        )
        for result in results
    ]


def declare(con: duckdb.DuckDBPyConnection, last: LastRelease | None) -> str:
    """Make the views, and a view `table_rows` that counts; returns why nothing is compared, "" where it is."""
    import duckdb

    problem = FIRST_DE
    if last is not None:
        try:
            path = str(last.warehouse).replace("'", "''")
            con.execute(f"attach '{path}' as {_NAME} (read_only)")
            problem = ""
        except duckdb.Error:
            problem = f"{last.release_id} lässt sich nicht lesen, es gibt nichts zu vergleichen."
    here, there = _columns(con, "current_database()"), {} if problem else _columns(con, f"'{_NAME}'")
    for table, columns in here.items():
        old = there.get(table, {})
        said = ", ".join(
            f"try_cast({_quoted(name) if name in old else 'null'} as {kind}) as {_quoted(name)}"
            for name, kind in columns.items()
        )
        source = f"from {_NAME}.main.{table}" if old else "where false"
        con.execute(f"create temp view last_{table} as select {said} {source}")
    counts = [
        f"select '{table}' as table_name, (select count(*) from {_NAME}.main.{table}) as rows_before, "
        + (f"(select count(*) from {table})" if table in here else "0")
        + " as rows_now"
        for table in sorted(there)
    ]
    nothing = "select null::varchar as table_name, null::bigint as rows_before, null::bigint as rows_now where false"
    con.execute(f"create temp view table_rows as {' union all '.join(counts) or nothing}")
    return problem


def _columns(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Columns and types of the published tables, by table."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        f"""select table_name, column_name, data_type from duckdb_columns()
        where database_name = {database} and schema_name = 'main' order by table_name, column_index"""
    ).fetchall():
        if table.startswith(PUBLISHED):
            found.setdefault(table, {})[column] = kind
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
