"""A warehouse as of a moment, as one file. Comes in: its candidate, closed. Goes out: a file for analysts, no release.

It holds the published tables, and `meta_as_of`: one row that says at which moment it stands. Nothing points at it, and
no release is touched. Refuses: a file that is already there, unless it is one that was made the same way.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import clock
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.release import views
from integrationsmonitor.release.contract import load_contract
from integrationsmonitor.release.dictionary import Lexicon
from integrationsmonitor.release.tables import (
    Column,
    Table,
    connection,
    copy_macros,
    copy_table,
    literal,
    published_tables,
    write_row,
)

if TYPE_CHECKING:
    from integrationsmonitor.settings import Settings

_META = (
    ("known_at", "TIMESTAMP", "Zeitpunkt, zu dem dieser Stand bekannt war (UTC)"),
    ("axis", "VARCHAR", "source = was die Quellen bis dahin gesagt hatten, recorded = was unser Archiv dann hatte"),
    ("source_mode", "VARCHAR", "recorded = mitgelieferte Aufzeichnungen, live = Abruf bei den Quellen"),
    ("notice_de", "VARCHAR", "Hinweis, der mit den Zahlen weiterzugeben ist"),
    ("code_version", "VARCHAR", "Stand des Programms, mit dessen Definitionen gerechnet wurde"),
)
_COMMENT = "Stand dieser Datei: eine Zeile. Sie ist keine Veröffentlichung."
_NOTICE_DE = "Stand {moment} (UTC), mit heutigen Definitionen aus damals Bekanntem gerechnet; keine Veröffentlichung"


@dataclass(frozen=True)
class Moment:
    """At which moment, on which axis, by which code."""

    known_at: datetime
    axis: str
    code_version: str


def default_path(settings: Settings, moment: Moment) -> Path:
    """Where the file goes unless another place is named."""
    return settings.home / "as-of" / f"{moment.known_at:%Y%m%dT%H%M%SZ}-{moment.axis}.duckdb"


def refuse_existing(target: Path) -> None:
    """Raise ConfigError where a file of somebody else is in the way, before anything is built."""
    if target.exists():
        raise ConfigError(f"--output {target}: is there already; name another file, or remove it")
    if not target.parent.is_dir():
        raise ConfigError(f"--output {target}: {target.parent} is no folder")


def write(settings: Settings, candidate: Path, target: Path, moment: Moment) -> dict[str, int]:
    """Write the file, whole or not at all; returns the rows of its tables."""
    contract = load_contract(settings.project / "exports" / "exports.yml")
    lexicon = Lexicon.of(settings.project)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with connection(settings.home / "tmp" / "as-of") as con:
            con.execute(f"attach {literal(str(candidate))} as cand (read_only)")
            con.execute(f"attach {literal(str(temporary))} as rel")
            macros = copy_macros(con, "cand", "rel")
            tables = [copy_table(con, "cand", "rel", table) for table in published_tables(con, "cand", contract)]
            views.create(con, "rel", tables, lexicon.names)
            views.describe_macros(con, "rel", macros, lexicon.promises)
            columns = tuple(Column(name, kind, False, text) for name, kind, text in _META)
            row = {
                "known_at": clock.naive_utc(moment.known_at),
                "axis": moment.axis,
                "source_mode": settings.mode,
                "notice_de": _NOTICE_DE.format(moment=f"{moment.known_at:%d.%m.%Y %H:%M}"),
                "code_version": moment.code_version,
            }
            write_row(con, "rel", Table("meta_as_of", "main", columns, _COMMENT, ("known_at",)), row)
            con.execute("checkpoint rel")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return {table.name: table.rows for table in tables}
