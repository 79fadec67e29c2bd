"""A flat answer of many rows, and three ways to put it into Parquet; each way runs in a process of its own.

The rows are those of table 12411-03-03-4 as recorded for 2015 (population × sex × nationality × age), repeated under
one Stichtag after another, so that no cell stands twice and the whole contract can be checked.

    python flat_file.py make FOLDER ROWS      write flat.csv, and flat.zip as a host would send it
    python flat_file.py WAY FOLDER            ours | duckdb | pandas; prints seconds and peak memory as JSON
"""

from __future__ import annotations

import json
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from measure import peak_of_this_process

PROJECT = Path(__file__).resolve().parents[1]
TABLE, DATASET = "12411-03-03-4", "regio_12411_03_03_4"
FIRST_DAY = "2015-12-31"
SCOPE = (date(2015, 12, 31), date(9999, 12, 31))
MEMBER = f"{TABLE}_1793487600000_de_flat.csv"


def make(folder: Path, rows: int) -> None:
    """Write at least `rows` data lines below the header, whole Stichtage only, plain and packed."""
    (recording,) = (PROJECT / "recordings" / "regio" / TABLE).glob("2015_*.zip")
    with zipfile.ZipFile(recording) as archive:
        header, *lines = archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines(keepends=True)
    day, written = date.fromisoformat(FIRST_DAY), 0
    with (folder / "flat.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        while written < rows:
            file.writelines(line.replace(FIRST_DAY, day.isoformat()) for line in lines)
            written, day = written + len(lines), day + timedelta(days=1)
    with zipfile.ZipFile(folder / "flat.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(folder / "flat.csv", MEMBER)


class Timer:
    """Seconds per step."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block."""
        started = time.monotonic()
        yield
        self.steps[name] = round(time.monotonic() - started, 3)

    def inside(self, module: Any, name: str, step: str) -> None:
        """Time every call of a module's function."""
        function = getattr(module, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.step(step):
                return function(*arguments, **named)

        setattr(module, name, timed)


def ours(folder: Path, timer: Timer) -> None:
    """What a night does with an answer: unpack and hash it, then read, map, check and land it."""
    from integrationsmonitor import contract, landing
    from integrationsmonitor.catalog import load_catalog
    from integrationsmonitor.night import parsing

    _import_what_a_load_imports()
    catalog = load_catalog(PROJECT / "catalog")
    dataset = catalog.datasets[DATASET]
    timer.inside(contract, "check", "contract")
    timer.inside(landing, "_encode", "landing, beside the contract")
    body = (folder / "flat.zip").read_bytes()
    with timer.step("unpack"):
        content = parsing.unpack(dataset, body, "flat.zip", datetime.now(UTC))
    with timer.step("parse"):
        parsing.parse(catalog, dataset, content, "0" * 64, "0" * 16, SCOPE, folder / "ours.parquet")


def _import_what_a_load_imports() -> None:
    """Imports are no cost of a line; pyarrow imports pandas with its first array."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    from integrationsmonitor.sources import genesis_read, genesis_zip, mapping

    pa.array(np.zeros(1))
    assert genesis_read and genesis_zip and mapping and pyarrow.csv and pyarrow.parquet


def duckdb_alone(folder: Path, timer: Timer) -> None:
    """What DuckDB needs to copy the file into Parquet, without understanding it."""
    import duckdb

    with duckdb.connect() as con, timer.step("copy"):
        con.execute(
            f"copy (select * from read_csv('{folder / 'flat.csv'}', delim = ';', header = true, all_varchar = true)) "
            f"to '{folder / 'duckdb.parquet'}' (format parquet, compression zstd)"
        )


def pandas_alone(folder: Path, timer: Timer) -> None:
    """What pandas needs for the same."""
    import pandas as pd

    with timer.step("copy"):
        table = pd.read_csv(folder / "flat.csv", sep=";", dtype=str, keep_default_na=False)
        table.to_parquet(folder / "pandas.parquet", compression="zstd")


WAYS = {"ours": ours, "duckdb": duckdb_alone, "pandas": pandas_alone}


def main(arguments: list[str]) -> None:
    """Make the file, or run one way and print what it took (imports are not counted)."""
    if arguments[0] == "make":
        make(Path(arguments[1]), int(arguments[2]))
        return
    timer = Timer()
    WAYS[arguments[0]](Path(arguments[1]), timer)
    print(json.dumps({"steps": timer.steps, "peak_mb": peak_of_this_process()}))


if __name__ == "__main__":
    main(sys.argv[1:])
