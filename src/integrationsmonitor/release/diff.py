"""What changed from one release to another, value by value, and why.

Comes in: two `warehouse.duckdb` files, the keys of their tables. Goes out: one JSON-like mapping: tables, columns, rows
and keys that came or went (`release.shapes`), indicators and variants that are new or gone, and every value of
`mart_indicator` that appeared, went, changed or is only marked otherwise, each with exactly one reason
(`release.reasons`) and a German sentence (`release.news`).
A converted value follows from published ones: `values` holds it too, but `counts` and `reasons` speak of the values as
published, and `converted` of the others. A territory that only one of the releases knows is told as a whole.
Refuses: a file that is no warehouse of a release (MonitorError).

A release of an older version may lack tables or columns: only what both hold is compared, and a reason that cannot be
told without them is "Grund nicht feststellbar".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release import news, news_pages, shapes
from integrationsmonitor.release.reasons import Evidence, Vintage, hidden_because, kind_of, reason_of
from integrationsmonitor.release.shapes import SIDES, Columns
from integrationsmonitor.release.tables import connection, literal, quoted

if TYPE_CHECKING:
    import duckdb

# When the parts of a value became known may move without the value: that alone is no difference.
_NO_DIFFERENCE = {"value_id", "source_known_from", "recorded_at"}
# What is no longer said is not told again, nor anything from which it could be computed.
_NUMBERS = {"value", "value_low", "value_high", "numerator", "denominator"}
# A bound that is not stated was, and is, the value itself: saying so is no difference.
_BOUNDS = ("value_low", "value_high")
_NAMED = (
    "value_id", "indicator_id", "variant", "territory", "territory_date", "group_key", "region_key", "region_name",
    "region_level", "period_type", "period_start", "period_end", "unit", "decimals", "is_default",
)  # fmt: skip
WAREHOUSE = "warehouse.duckdb"
FIRST_DE = "die erste, es gibt nichts zu vergleichen"
_LABELS = (
    ("dim_indicator", "name_de", ("indicator_id",)),
    ("dim_indicator_variant", "label_de", ("indicator_id", "variant")),
    ("dim_indicator_variant", "group_key", ("indicator_id", "variant")),
    ("dim_group", "label_de", ("group_key",)),
)
_SERIES = ("indicator_id", "variant", "group_key")
_VINTAGE = ("value_id", "axis", "revision_kind", "known_from", "known_to", "vintage_no")
Keys = Mapping[str, Sequence[str]]


def compare(old: Path | None, new: Path, scratch: Path, keys: Keys, without_old_de: str = FIRST_DE) -> dict[str, Any]:
    """The differences of two releases; without an old one only what the new one is, and why there is nothing older."""
    with connection(scratch) as con:
        _attach(con, new, "new")
        head = _head(con, "new")
        if old is None:
            nothing: dict[str, Any] = {"counts": {}, "reasons": {}, "converted": {}, "regions": [], "values": []}
            return {"format": 1, "old": None, "without_old_de": without_old_de, "new": head, **nothing}
        _attach(con, old, "old")
        columns = {side: shapes.columns_of(con, side) for side in SIDES}
        _find_differing(con, columns)
        evidence = _evidence(con, columns, *(_head(con, side)["released_at"] for side in SIDES))
        values = _values(con, columns, evidence)
        return {
            "format": 1,
            "old": _head(con, "old"),
            "new": head,
            "tables": shapes.compared(con, columns, keys, _silent(con, evidence)),
            "catalogue": _catalogue(evidence),
            "territories": _territories(con, columns),
            **news.counted(values),
            "values": values,
        }


def write(folder: Path, old: Path | None, scratch: Path, keys: Keys, without_old_de: str = FIRST_DE) -> dict[str, Any]:
    """Write what is new into the folder of a new release, against the folder of the one before; returns it.

    diff.json, diff.md, and for each Kreis of which a value is news a page of its own: diff/<key>.md.
    """
    new = folder / WAREHOUSE
    difference = compare(old / WAREHOUSE if old else None, new, scratch, keys, without_old_de)
    (folder / "diff.json").write_text(as_json(difference, indent=1) + "\n", encoding="utf-8")
    (folder / "diff.md").write_text(news_pages.page(difference), encoding="utf-8")
    for name, text in news_pages.of_kreise(difference).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return difference


def as_json(difference: Mapping[str, Any], indent: int | None = None) -> str:
    """The comparison as JSON: decimals as text, so that none of their digits is lost, days and moments in ISO form."""

    def plain(thing: Any) -> str:
        return thing.isoformat() if isinstance(thing, date) else str(thing)

    return json.dumps(difference, ensure_ascii=False, indent=indent, default=plain)


def _attach(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    import duckdb

    try:
        con.execute(f"attach {literal(str(path))} as {name} (read_only)")
        con.execute(f"select 1 from {name}.main.meta_release, {name}.main.mart_indicator limit 1")
    except duckdb.Error as problem:
        raise MonitorError(
            f"{path}: expected the warehouse of a release with meta_release and mart_indicator: {problem}"
        ) from None


def _head(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, Any]:
    row = con.execute(f"select release_id, released_at, notice_de from {side}.main.meta_release").fetchone()
    if row is None:
        raise MonitorError("meta_release is empty: expected the warehouse of a release")
    return dict(zip(("release_id", "released_at", "notice_de"), row, strict=True))


def _catalogue(evidence: Evidence) -> dict[str, list[str]]:
    old, new = evidence.definitions
    before, after = evidence.variants
    return {
        "indicators_new": sorted(new.keys() - old.keys()),
        "indicators_removed": sorted(old.keys() - new.keys()),
        "variants_new": sorted("/".join(key) for key in after - before if key[0] in old),
        "variants_removed": sorted("/".join(key) for key in before - after if key[0] in new),
    }


def _territories(con: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns]) -> dict[str, dict[str, int]]:
    """Territories that values are converted to in one of the releases only, with how many values."""
    told = [_converted(con, columns[side], side) for side in SIDES]
    return {
        "new": {day: count for day, count in told[1].items() if day not in told[0]},
        "removed": {day: count for day, count in told[0].items() if day not in told[1]},
    }


def _converted(con: duckdb.DuckDBPyConnection, columns: Columns, side: str) -> dict[str, int]:
    if not {"territory", "territory_date"} <= columns["mart_indicator"].keys():
        return {}
    found = con.execute(
        f"""select strftime(territory_date, '%Y-%m-%d'), count(*) from {side}.main.mart_indicator
        where territory = 'harmonised' group by all order by all"""
    ).fetchall()
    return dict(found)


def _evidence(
    con: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns], released_at: datetime, new_released_at: datetime
) -> Evidence:
    """What both releases say beside the values themselves."""

    def both(table: str, names: tuple[str, ...], clause: str = "") -> tuple[list[tuple[Any, ...]], ...]:
        """The rows in the old and in the new one, none where a release has no such table or not all of the columns."""
        return tuple(
            con.execute(f"select {', '.join(names)} from {side}.main.{table} {clause}").fetchall()
            if {*names} <= columns[side].get(table, {}).keys()
            else []
            for side in SIDES
        )

    definitions = both("dim_indicator", ("indicator_id", "definition_version"))
    variants = both("dim_indicator_variant", ("indicator_id", "variant"))
    withdrawn = both("mart_withdrawal", ("value_id", "reason_de", "is_applied"), "where is_applied")
    newest = both("mart_indicator", (*_SERIES, "period_end"), _last_by(_SERIES, "period_end"))[0]
    of_differing = f"where value_id in (select value_id from differing) {_last_by(('value_id', 'axis'), 'vintage_no')}"
    vintages = both("mart_indicator_vintage", _VINTAGE, of_differing)
    latest = [{row[:2]: Vintage(*row[2:5]) for row in told} for told in vintages]
    return Evidence(
        released_at=released_at,
        definitions=(dict(definitions[0]), dict(definitions[1])),
        variants=({(row[0], row[1]) for row in variants[0]}, {(row[0], row[1]) for row in variants[1]}),
        withdrawn=({row[0]: row[1] for row in withdrawn[0]}, {row[0]: row[1] for row in withdrawn[1]}),
        newest_period={row[:3]: row[3] for row in newest},
        vintages=(latest[0], latest[1]),
        has_vintages={*_VINTAGE} <= columns["old"].get("mart_indicator_vintage", {}).keys(),
        is_backwards=new_released_at < released_at,
    )


def _silent(con: duckdb.DuckDBPyConnection, evidence: Evidence) -> list[str]:
    """The values of which neither release may tell anything."""
    rows = con.execute(
        """select old_row.value_id, old_row.flags, new_row.value_id, new_row.flags
        from old.main.mart_indicator as old_row
        full join new.main.mart_indicator as new_row on old_row.value_id = new_row.value_id
        where old_row.value is null or new_row.value is null"""
    ).fetchall()
    pairs = (({"value_id": row[at], "flags": row[at + 1]} if row[at] else None for at in (0, 2)) for row in rows)
    return [str((new or old or {})["value_id"]) for old, new in pairs if hidden_because(old, new, evidence)]


def _last_by(keys: tuple[str, ...], order: str) -> str:
    """SQL: of each key the row with the highest `order`."""
    return f"qualify row_number() over (partition by {', '.join(keys)} order by {order} desc) = 1"


def _compared(columns: Mapping[str, Columns]) -> list[str]:
    """The columns of a value that both releases have and that make a difference."""
    old, new = columns["old"]["mart_indicator"], columns["new"]["mart_indicator"]
    return [name for name in new if name in old and name not in _NO_DIFFERENCE]


def _find_differing(con: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns]) -> None:
    """Make the table `differing`: both rows of every value that is not the same, none of whole territories."""
    differs = " or ".join(
        f"{_stated('old_row', name)} is distinct from {_stated('new_row', name)}" for name in _compared(columns)
    )
    whole = ", ".join(literal(day) for days in _territories(con, columns).values() for day in days) or "''"
    day = "strftime(coalesce(new_row.territory_date, old_row.territory_date), '%Y-%m-%d')"
    is_whole = f"coalesce(new_row.territory, old_row.territory) = 'harmonised' and {day} in ({whole})"
    con.execute(
        f"""create temp table differing as
        select coalesce(new_row.value_id, old_row.value_id) as value_id, old_row, new_row
        from old.main.mart_indicator as old_row
        full join new.main.mart_indicator as new_row on old_row.value_id = new_row.value_id
        where ({differs}) and not ({is_whole})"""
    )


def _values(con: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns], evidence: Evidence) -> list[dict[str, Any]]:
    """Every value that is not the same in both, in the order of the catalogue, regions and periods."""
    rows = con.execute(
        """select old_row, new_row from differing
        order by coalesce(new_row.indicator_id, old_row.indicator_id), coalesce(new_row.region_key, old_row.region_key),
        coalesce(new_row.period_end, old_row.period_end), value_id"""
    ).fetchall()
    compared, labels = _compared(columns), _labels(con, columns)
    return [_told(before, after, compared, evidence, labels) for before, after in rows]


def _stated(row: str, name: str) -> str:
    """SQL: a column as it is compared."""
    column = f"{row}.{quoted(name)}"
    return f"coalesce({column}, {row}.value)" if name in _BOUNDS else column


def _told(
    old_row: dict[str, Any],
    new_row: dict[str, Any],
    compared: list[str],
    evidence: Evidence,
    labels: Mapping[tuple[str, ...], str],
) -> dict[str, Any]:
    old, new = (row if row["value_id"] is not None else None for row in (old_row, new_row))
    row = new or old or {}
    different = {name for name in compared if old and new and _is_other(old, new, name)}
    kind = kind_of(old, new, different)
    indicator, variant, group = (row[name] for name in ("indicator_id", "variant", "group_key"))
    of_variant = labels.get(("dim_indicator_variant", "group_key", indicator, variant))
    hidden = hidden_because(old, new, evidence)
    shown = different - _NUMBERS if hidden else different
    value = {
        "kind": kind,
        "reason": reason_of(kind, old, new, evidence),
        **{name: row.get(name) for name in _NAMED},
        "indicator_de": labels.get(("dim_indicator", "name_de", indicator), indicator),
        "variant_de": labels.get(("dim_indicator_variant", "label_de", indicator, variant), variant),
        # Empty where the variant speaks of this group anyway.
        "group_de": "" if group == of_variant else labels.get(("dim_group", "label_de", group), group),
        "old": _stands(old, hidden),
        "new": _stands(new, hidden),
        "no_longer_said": hidden,
        "is_within_rounding": None if hidden else _is_within_rounding(old, new),
        "columns": {
            name: [_shown(row[name], hidden) for row in (old_row, new_row)] for name in compared if name in shown
        },
        "withdrawal_de": evidence.withdrawn[1].get(row["value_id"]),
    }
    return {**value, "sentence_de": news.sentence(value)}


def _stands(row: Mapping[str, Any] | None, hidden: str | None) -> dict[str, Any] | None:
    """A value as a release has it, without a number that is no longer said."""
    return {"value": None if hidden else row["value"], "status": _shown(row["status"], hidden)} if row else None


def _shown(entry: Any, hidden: str | None) -> Any:
    """What may be shown of an entry: the status of a zero is its number."""
    return "value" if hidden and entry == "zero" else entry


def _is_other(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    """The same in Python."""
    if name in _BOUNDS:
        return bool(_bound(old, name) != _bound(new, name))
    return bool(old[name] != new[name])


def _bound(row: Mapping[str, Any], name: str) -> Any:
    bound = row.get(name)
    return row["value"] if bound is None else bound


def _is_within_rounding(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool | None:
    """Whether two numbers that differ could be one number before it was rounded; None where there are not two."""
    if not old or not new or old["value"] is None or new["value"] is None or old["value"] == new["value"]:
        return None
    (old_low, old_high), (new_low, new_high) = ([_bound(row, name) for name in _BOUNDS] for row in (old, new))
    return bool(old_low <= new_high and new_low <= old_high)


def _labels(con: duckdb.DuckDBPyConnection, columns: Mapping[str, Columns]) -> dict[tuple[str, ...], str]:
    """What stands in the dimension tables under (table, column, key …); the new release's words count."""
    found: dict[tuple[str, ...], str] = {}
    for side in SIDES:
        for table, column, keys in _LABELS:
            if {column, *keys} <= columns[side].get(table, {}).keys():
                rows = con.execute(f"select {', '.join(keys)}, {column} from {side}.main.{table}").fetchall()
                found |= {(table, column, *row[:-1]): row[-1] for row in rows}
    return found
