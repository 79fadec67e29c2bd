"""A small candidate warehouse with the marts' columns: all regions, two years, two datasets, two indicators.

The figures are arithmetic (round numbers chosen so that shares come out even), not statistics. Every check of the
suites holds on it, so that a test can spoil exactly one thing with `spoil`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from integrationsmonitor.catalog import load_catalog

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
_SCHEMA = (HERE / "sample_schema.sql").read_text(encoding="utf-8")
TABLES = tuple(sorted(re.findall(r"(?m)^create table (\w+)", _SCHEMA)))
# What leaves three tables of few rows, for tests that publish many times.
FEW = (
    *(f"drop table {name}" for name in TABLES if name not in ("dim_region", "mart_indicator", "mart_publication")),
    "delete from mart_indicator where region_level <> 'bund'",
)


def build(path: Path, spoil: Sequence[str] = ()) -> Path:
    """Write the candidate, then run the statements of `spoil` on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(path))
    try:
        con.execute(_SCHEMA)
        for region in load_catalog(PROJECT / "catalog").regions.values():
            names = [region.key, region.name, region.level, region.kind, region.nuts or None]
            validity = [region.valid_from, region.valid_to, region.successor or None]
            con.execute("insert into dim_region values (?, ?, ?, ?, ?, ?, ?, ?)", [*names, *validity])
        con.execute((HERE / "sample_rows.sql").read_text(encoding="utf-8"))
        con.execute(f"create view staging.stg_somewhere as select '{path}' as file")
        for statement in spoil:
            con.execute(statement)
        con.execute("checkpoint")
    finally:
        con.close()
    return path
