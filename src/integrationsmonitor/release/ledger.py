"""What a publication tells the archive, so that its values are known when its folder is long gone.

Comes in: the shelf of releases and the journal; the new release's database. Goes out: one file of changes per release
(`publications`), the journal's lines, and `mart_publication` with the new release's own rows. Refuses nothing itself.

The order: the file is written before `current` is swapped, the line after. A publisher that dies in between is found
by the next one, which sees that `current` is not what the journal's last line says, and writes the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, clock, publications
from integrationsmonitor.decisions import CONFIDENTIAL, no_longer_said
from integrationsmonitor.publications import PUBLISHED, ROLLED_BACK, Account, Delta, Value
from integrationsmonitor.release import shelf
from integrationsmonitor.release.tables import Table, connection, fill_table, literal
from integrationsmonitor.settings import Settings

if TYPE_CHECKING:
    import duckdb

MART = "mart_publication"
_READ = ("value_id", *Value._fields, *publications.IDENTITY)


def settle(settings: Settings) -> Account:
    """Write down what an interrupted or older publisher did not; returns the account as it then stands."""
    for release in shelf.whole(settings):
        if not publications.path_of(settings, release["release_id"]).exists():
            _tell_in_full(settings, release)
    now = shelf.read(settings.current)
    happened = publications.events(settings)
    if now and (not happened or happened[-1].release_id != now["release_id"]):
        if any(event.release_id == now["release_id"] and event.kind == PUBLISHED for event in happened):
            note_rollback(settings, now["release_id"], happened[-1].release_id, publications.account(settings))
        else:
            delta = publications.read(settings, now["release_id"])
            note_publication(settings, now["release_id"], now["previous"], len(delta.changes) if delta else None)
    return publications.account(settings)


def keep(
    settings: Settings, con: duckdb.DuckDBPyConnection, database: str, meta: Mapping[str, Any], told: Account
) -> Delta:
    """Keep what the new release changes against what is published now."""
    values, identity = _values(con, database)
    delta = Delta(told.holds, meta["released_at"], publications.difference(told.state, values))
    publications.write(settings, meta["release_id"], delta, identity)
    return delta


def write_mart(
    con: duckdb.DuckDBPyConnection, target: str, table: Table, release_id: str, told: Account, delta: Delta
) -> Table:
    """`mart_publication` of the new release: everything published so far, and what it changes itself."""
    own = publications.rows_of(delta.changes, told.publications + 1, release_id, delta.released_at)
    con.register("publications_told", publications.table([*told.rows, *own], _confidential(con, target)))
    try:
        return fill_table(con, "publications_told", target, table)
    finally:
        con.unregister("publications_told")


def note_publication(settings: Settings, release_id: str, previous: str | None, changes: int | None) -> None:
    """From this line on the release counts as published; `changes` is None where its values are unknown."""
    record = {"event": PUBLISHED, "release_id": release_id, "previous": previous, "changes": changes}
    archive.journal(settings, record)


def note_rollback(settings: Settings, release_id: str, before: str | None, told: Account) -> None:
    """From this line on the older release counts as published again."""
    after = publications.values_of(settings, release_id)
    changes = None if after is None else len(publications.difference(told.state, after))
    archive.journal(settings, {"event": ROLLED_BACK, "release_id": release_id, "from": before, "changes": changes})


def _tell_in_full(settings: Settings, release: Mapping[str, Any]) -> None:
    """The file of a release that was made before such files were kept: all its values, against nothing.

    A folder whose warehouse cannot be read counts as gone.
    """
    import duckdb

    path = settings.releases / release["release_id"] / "warehouse.duckdb"
    try:
        with connection(settings.home / "tmp" / "publish") as con:
            con.execute(f"attach {literal(str(path))} as old (read_only)")
            values, identity = _values(con, "old")
    except duckdb.Error:
        return
    moment = clock.naive_utc(archive.moment(release["released_at"]))
    publications.write(settings, release["release_id"], Delta("", moment, values), identity)


def _confidential(con: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    """The values of which no number may be told, of whatever release."""
    if not _has_indicators(con, database):
        return set()
    found = con.execute(f"select value_id, flags from {database}.main.mart_indicator where value is null").fetchall()
    rows = [dict(zip(("value_id", "flags"), row, strict=True)) for row in found]
    return {row["value_id"] for row in rows if no_longer_said(row) == CONFIDENTIAL}


def _values(con: duckdb.DuckDBPyConnection, database: str) -> tuple[dict[str, Value], dict[str, tuple[Any, ...]]]:
    """The values of a warehouse and what names them, by value_id; a warehouse without indicators has none."""
    if not _has_indicators(con, database):
        return {}, {}
    rows = con.execute(f"select {', '.join(_READ)} from {database}.main.mart_indicator").fetchall()
    wide = 1 + len(Value._fields)
    return {row[0]: Value(*row[1:wide]) for row in rows}, {row[0]: row[wide:] for row in rows}


def _has_indicators(con: duckdb.DuckDBPyConnection, database: str) -> bool:
    asked = "select 1 from duckdb_tables() where database_name = ? and table_name = 'mart_indicator'"
    return con.execute(asked, [database]).fetchone() is not None
