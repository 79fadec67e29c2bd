"""The candidate warehouse: one dbt build of the whole project into a fresh DuckDB file.

Comes in: the landing's Parquet files and the input tables of the night (`catalog_tables.SCHEMAS`). Goes out:
`candidate/warehouse.duckdb` with the marts, closed and checkpointed, and what is in it. What they are made from stands
in memory only, and goes with the build.
Refuses inputs of another shape, and any failure of a model or a test (MonitorError with the nodes and their messages).

It is the only module that writes the candidate. Everything dbt writes stands below the candidate's folder; the folder's
path never changes, because dbt parses everything anew when it does.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor import runs
from integrationsmonitor.catalog_tables import SCHEMAS, arrow_schema
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.progress import Reporter
from integrationsmonitor.runs import Node, Run
from integrationsmonitor.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

MART_PREFIXES = ("dim_", "fct_", "mart_", "rpt_", "qa_")
_STATUS = {"success": runs.OK, "pass": runs.OK, "warn": runs.WARNED, "skipped": runs.SKIPPED}


@dataclass(frozen=True)
class WarehouseResult:
    """What a build made: the file, the rows of every published table, the tests that held, and how long it took."""

    path: Path
    rows: Mapping[str, int]
    tests: int
    seconds: float


def build(
    settings: Settings,
    inputs: Mapping[str, pa.Table],
    report: Reporter,
    folder: Path | None = None,
    run: Run | None = None,
) -> WarehouseResult:
    """Build the candidate, or a warehouse in `folder`, from nothing; MonitorError when a model or a test fails.

    What every node did goes into `run`, also where one failed, and into its `mart_run`.
    """
    started = time.monotonic()
    candidate = folder or settings.candidate
    path = _prepare(settings, inputs, candidate)
    report("build", f"dbt build of {len(inputs)} input tables")
    with _dbt(settings, candidate) as dbt:
        outcome = dbt(["build", "--exclude-resource-type", "unit_test"], _announcer(report))
    nodes = [_node(result) for result in getattr(outcome.result, "results", None) or []]
    if run is not None:
        run.nodes = nodes
    _raise_on_failure(outcome, "dbt build")
    rows = _finish(path, run)
    seconds = time.monotonic() - started
    tests = sum(node.kind == runs.TEST for node in nodes)
    report("build", "warehouse built", tables=len(rows), rows=sum(rows.values()), tests=tests, seconds=seconds)
    return WarehouseResult(path, rows, tests, seconds)


def unit_tests(settings: Settings, inputs: Mapping[str, pa.Table], report: Reporter) -> int:
    """Run the dbt project's unit tests against the candidate's empty shape; returns how many held.

    A unit test reads the types of its inputs from the tables, so that the models are built first, without rows.
    """
    _prepare(settings, inputs, settings.candidate)
    with _dbt(settings, settings.candidate) as dbt:
        _raise_on_failure(dbt(["run", "--empty"], _silent), "dbt run")
        outcome = dbt(["test", "--select", "test_type:unit"], _silent)
    _raise_on_failure(outcome, "dbt unit tests")
    held = len(outcome.result.results)
    report("build", "dbt unit tests held", tests=held)
    return held


def _prepare(settings: Settings, inputs: Mapping[str, pa.Table], candidate: Path) -> Path:
    """Check and write the inputs, remove the last candidate; returns the path of the new one."""
    import pyarrow.parquet as pq

    _check(inputs)
    schema_file = settings.landing / "obs" / "_schema.parquet"
    if not schema_file.is_file():
        raise ConfigError(f"{schema_file} is missing; `monitor run` writes it, nothing can be built without it")
    folder = candidate / "inputs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = candidate / "warehouse.duckdb"
    for stale in candidate.glob("warehouse.duckdb*"):
        stale.unlink()
    for name, table in inputs.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    _name_sources(path, folder, settings.landing)
    return path


def _name_sources(path: Path, inputs: Path, landing: Path) -> None:
    """Give dbt its sources as views of the new file: what it parses then names no folder, in whatever home."""
    import duckdb

    files = f"{_inside_sql(landing)}/obs/**/*.parquet"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema landing; create schema inputs")
        connection.execute(
            "create view landing.observation as select * "
            f"from read_parquet('{files}', union_by_name = true, hive_partitioning = false)"
        )
        for name in SCHEMAS:
            connection.execute(
                f"create view inputs.{name} as select * from read_parquet('{_inside_sql(inputs)}/{name}.parquet')"
            )


def _check(inputs: Mapping[str, pa.Table]) -> None:
    missing = sorted(set(SCHEMAS) - set(inputs))
    unknown = sorted(set(inputs) - set(SCHEMAS))
    if missing or unknown:
        raise MonitorError(f"warehouse inputs: missing {missing or 'none'}, unknown {unknown or 'none'}")
    for name, table in inputs.items():
        expected = arrow_schema(name)
        if not table.schema.equals(expected):
            found = {field.name: str(field.type) for field in table.schema}
            wrong = [
                f"{field.name}: expected {field.type}, found {found.get(field.name, 'no such column')}"
                for field in expected
                if found.get(field.name) != str(field.type)
            ] + [f"{column}: not a column of it" for column in found if column not in expected.names]
            raise MonitorError(f"warehouse input {name}: {'; '.join(wrong) or 'columns in another order'}")


@contextmanager
def _dbt(settings: Settings, candidate: Path) -> Iterator[Callable[[Sequence[str], Any], Any]]:
    """Commands of dbt in this process, quiet, with everything they write below the candidate, on one database.

    dbt keeps no log file: what a node did and said stands in `target/run_results.json`, and on a full disk a log that
    cannot be written is told with a traceback, past every error of ours.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    connections: Any = DuckDBConnectionManager  # untyped at its source
    project = settings.project / "dbt_project"
    arguments = [
        *("--project-dir", str(project)),
        *("--profiles-dir", str(project)),
        *("--target-path", str(candidate / "dbt" / "target")),
        *("--log-path", str(candidate / "dbt" / "logs")),
        *("--log-level", "none"),
        *("--log-level-file", "none"),
        "--no-use-colors",
        "--no-version-check",
        "--no-send-anonymous-usage-stats",
    ]
    with _environment({"MONITOR_CANDIDATE": str(candidate)}):
        try:
            yield lambda command, listen: dbtRunner(callbacks=[listen]).invoke([*command, *arguments])
        finally:
            connections.close_all_connections()


def _inside_sql(path: Path) -> str:
    """A path as it must stand between quotes."""
    return str(path).replace("'", "''")


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Give dbt its paths through the environment; whatever stood there before stands there again afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _node(result: Any) -> Node:
    """What dbt says of one model or test; of one that failed also its message and the SQL that was run."""
    status = _STATUS.get(str(result.status), runs.BROKEN)
    is_test = result.node.resource_type == "test"
    is_bad = status in (runs.BROKEN, runs.WARNED)
    return Node(
        runs.TEST if is_test else runs.MODEL,
        result.node.name,
        status,
        round(result.execution_time, 3),
        result.failures if is_test else None,
        _shorten(result.message) if is_bad and result.message else "",
        (result.node.compiled_code or "").strip() if is_bad else "",
    )


def _raise_on_failure(outcome: Any, what: str) -> None:
    """Turn dbt's result into one sentence that names every failed node."""
    if outcome.success:
        return
    results = getattr(outcome.result, "results", None) or []
    failures = [
        f"{result.node.name}: {_shorten(result.message or result.status)}"
        for result in results
        if str(result.status) in {"error", "fail", "runtime error"}
    ]
    if not failures:
        failures = [_shorten(outcome.exception or "no result")]
    shown = "; ".join(failures[:10]) + (f"; and {len(failures) - 10} more" if len(failures) > 10 else "")
    raise MonitorError(f"{what} failed, {len(failures)} node(s): {shown}")


def _shorten(message: object) -> str:
    """One line, and of a macro's call stack only the beginning."""
    text = " ".join(str(message).split())
    return text if len(text) <= 500 else text[:499] + "…"


def _announcer(report: Reporter) -> Any:
    """A dbt listener that reports every published table when it is there."""
    one_at_a_time = threading.Lock()  # dbt's threads speak at once

    def listen(event: Any) -> None:
        if event.info.name != "LogModelResult":
            return
        name = event.data.node_info.node_name
        if name.startswith(MART_PREFIXES):
            with one_at_a_time:
                report("build", name, seconds=event.data.execution_time)

    return listen


def _silent(_event: Any) -> None:
    """A dbt listener that says nothing."""


def _finish(path: Path, run: Run | None) -> dict[str, int]:
    """Drop the sources (they lead into the landing), add this run's account, checkpoint, and count published rows."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("drop schema landing cascade; drop schema inputs cascade")
        if run is not None:
            # Who reads these rows reads them in a release: this run was released. Its steps have not ended yet.
            connection.register("this_run", runs.table([replace(run, outcome=runs.RELEASED, steps=[])]))
            connection.execute("insert into mart_run by name from this_run")
            connection.unregister("this_run")
        connection.execute("checkpoint")
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'main' order by table_name"
            ).fetchall()
            if name.startswith(MART_PREFIXES)
        ]
        return {name: _count(connection, name) for name in names}


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f'select count(*) from "{table}"').fetchone()[0])
