"""One published number, explained: what it is, how it was computed, where every part of it stands, and how to cite it.

Comes in: the id of a value (of the current release, or `id@release`), or indicator, region and period. Goes out: facts
as a dictionary that JSON can hold; `lines` (lines.py) makes the text of a terminal of it. Read are the release's
warehouse and the journal's decisions, since what was withdrawn later must not be cited from an older release. Refuses
(ConfigError): what the release does not hold, with the nearest that it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor import decisions, release
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain import absent, asked, facts
from integrationsmonitor.explain.asked import Question
from integrationsmonitor.explain.lines import lines
from integrationsmonitor.explain.taken_back import taken_back

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.settings import Settings

__all__ = ["Question", "explain", "lines"]


def explain(settings: Settings, question: Question) -> dict[str, Any]:
    """The facts of one value, or of an indicator of which there are none."""
    withdrawn = {decision.value_id: decision for decision in decisions.withdrawals(settings)}
    with _warehouse(_folder(settings, question.release_id)) as con:
        return absent.of(con, question) or facts.of(con, asked.row(con, question), taken_back(con, withdrawn))


def _folder(settings: Settings, release_id: str) -> Path:
    """The folder of the current release, or of the one that is named."""
    if not release_id:
        if release.current(settings) is None:
            raise ConfigError("no release yet: `monitor run` makes the first one")
        return settings.current
    known = [str(found["release_id"]) for found in release.releases(settings)]
    if release_id not in known:
        hint = f"there are {asked.nearest(release_id, known)}" if known else "there is none: `monitor run` makes one"
        raise ConfigError(f"{release_id!r} is no release of this home: {hint}")
    return settings.releases / release_id


@contextmanager
def _warehouse(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        if not con.execute("from duckdb_tables() where table_name = 'mart_provenance'").fetchall():
            raise ConfigError(
                f"{folder.name} was made before releases kept the provenance of their values; name another"
            )
        yield con
