"""What changed in the tables of a release themselves: which there are, their columns, rows per year, and keys.

Comes in: a connection with both releases attached as `old` and `new`, the keys of the tables (exports.yml). Goes out:
one JSON-like mapping. It counts rows and names keys, never a number of a cell; keys of values that are no longer said
are counted and not named. Refuses nothing: a table or column that only one of them has is news, and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from integrationsmonitor.release.tables import count, quoted

if TYPE_CHECKING:
    import duckdb

SIDES = ("old", "new")
EXAMPLES = 5
# They tell of this release and of this build, so that their keys are others every time.
_OF_ITS_OWN = {"meta_release", "mart_run"}
_PERIOD, _VALUE = "period_end", "value_id"
Columns = Mapping[str, Mapping[str, str]]


def columns_of(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, dict[str, str]]:
    """Types by table and column."""
    found: dict[str, dict[str, str]] = {}
    rows = con.execute(
        """select table_name, column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = 'main' and not internal order by table_name, column_index""",
        [side],
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def compared(
    con: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Columns],
    keys: Mapping[str, Sequence[str]],
    silent: Iterable[str],
) -> dict[str, Any]:
    """Both releases, table by table; `silent` are the values of which nothing may be told any more."""
    old, new = (columns[side] for side in SIDES)
    both = sorted(old.keys() & new.keys())
    rows = {table: [count(con, f"{side}.main.{quoted(table)}") for side in SIDES] for table in both}
    usable = {
        table: keys[table]
        for table in both
        if table in keys
        and table not in _OF_ITS_OWN
        and all(old[table].get(name) == new[table].get(name, "") for name in keys[table])
    }
    con.execute("create or replace temp table silent as select unnest($1::varchar[]) as value_id", [[*silent]])
    with_value = {table for table in both if _VALUE in old[table] and _VALUE in new[table]}
    differing = {
        table: _keys(con, table, key, table in with_value)
        for table, key in usable.items()
        if len({_fingerprint(con, side, table, key) for side in SIDES}) > 1
    }
    per_year = {table: _per_year(con, table) for table in both if _is_dated(old[table]) and _is_dated(new[table])}
    return {
        "added": sorted(new.keys() - old.keys()),
        "gone": sorted(old.keys() - new.keys()),
        "columns": {
            table: {
                "added": [name for name in new[table] if name not in old[table]],
                "gone": [name for name in old[table] if name not in new[table]],
                "retyped": [name for name in new[table] if old[table].get(name, new[table][name]) != new[table][name]],
            }
            for table in both
            if old[table] != new[table]
        },
        "rows": {
            table: counts for table, counts in rows.items() if counts[0] != counts[1] and table not in _OF_ITS_OWN
        },
        "rows_per_year": {table: years for table, years in per_year.items() if years},
        "keys": {table: found for table, found in differing.items() if found["appeared"] or found["gone"]},
        "keys_not_compared": [table for table in both if table not in usable and table not in _OF_ITS_OWN],
    }


def _is_dated(columns: Mapping[str, str]) -> bool:
    return columns.get(_PERIOD) == "DATE"


def _per_year(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, list[int]]:
    """[old, new] number of rows by the year in which their period ends, where they differ."""
    name = quoted(table)
    rows = con.execute(
        f"""select year, sum(before)::bigint, sum(after)::bigint from (
            select year({_PERIOD}) as year, count(*) as before, 0 as after from old.main.{name} group by all
            union all select year({_PERIOD}), 0, count(*) from new.main.{name} group by all
        ) where year is not null group by year having sum(before) <> sum(after) order by year"""
    ).fetchall()
    return {str(year): [before, after] for year, before, after in rows}


def _fingerprint(con: duckdb.DuckDBPyConnection, side: str, table: str, key: Sequence[str]) -> tuple[Any, ...]:
    """Of equal keys the same, in whatever order: most tables of most nights need no more than this."""
    asked = f"select count(*), sum(hash({', '.join(map(quoted, key))})::hugeint) from {side}.main.{quoted(table)}"
    return con.execute(asked).fetchone() or ()


def _keys(con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], has_value: bool) -> dict[str, Any]:
    """How many keys stand in one release only, and the first of them in the order of the export."""
    found: dict[str, Any] = {"key": [*key]}
    same = " and ".join(f"here.{quoted(name)} is not distinct from there.{quoted(name)}" for name in key)
    named = ", ".join(f"here.{quoted(name)}" for name in key)
    may_be_named = f"where here.{_VALUE} is null or here.{_VALUE} not in (from silent)" if has_value else ""
    for word, here, there in (("appeared", "new", "old"), ("gone", "old", "new")):
        only = f"{here}.main.{quoted(table)} as here anti join {there}.main.{quoted(table)} as there on {same}"
        found[word] = count(con, only)
        found[f"{word}_first"] = []
        if found[word]:
            rows = con.execute(
                f"select distinct {named} from {only} {may_be_named} order by all nulls last limit {EXAMPLES}"
            ).fetchall()
            found[f"{word}_first"] = [[*row] for row in rows]
    return found
