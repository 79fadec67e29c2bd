"""Which two releases somebody means. Comes in: beginnings of ids, a region's key or name. Goes out: the comparison.

Refuses (ConfigError): what no whole release on the shelf begins with, or more than one; a region that is in neither.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.release import diff, news, shelf
from integrationsmonitor.release.contract import load_contract
from integrationsmonitor.release.tables import connection, literal
from integrationsmonitor.settings import Settings


def difference(settings: Settings, old: str = "", new: str = "", region: str = "") -> dict[str, Any]:
    """Compare two releases: by default `current` and the one that it replaced."""
    shelved = {str(release["release_id"]): release for release in shelf.whole(settings)}
    now = shelf.read(settings.current)
    if not new and now is None:
        raise ConfigError("no release yet: there is nothing to compare; `monitor run` makes the first one")
    newer = shelf.named(settings, new) if new else str((now or {})["release_id"])
    before = shelf.named(settings, old) if old else shelved[newer]["previous"]
    if before and before not in shelved:
        raise ConfigError(f"{before}, which {newer} replaced, is no longer there; name another: {', '.join(shelved)}")
    paths = [settings.releases / name / diff.WAREHOUSE for name in (before, newer) if name]
    scratch = settings.home / "tmp" / "diff"
    keys = load_contract(settings.project / "exports" / "exports.yml").order
    found = diff.compare(paths[0] if before else None, paths[-1], scratch, keys)
    return news.of_region(found, *_region(region, paths, scratch)) if region else found


def _region(asked: str, warehouses: list[Path], scratch: Path) -> tuple[str, str]:
    """Key and name of a region of the releases."""
    found: dict[str, str] = {}
    with connection(scratch) as con:
        for number, path in enumerate(warehouses):
            con.execute(f"attach {literal(str(path))} as side{number} (read_only)")
            rows = con.execute(
                f"select region_key, region_name from side{number}.main.dim_region "
                "where region_key = $1 or lower(region_name) = lower($1)",
                [asked],
            ).fetchall()
            found |= dict(rows)
    if len(found) != 1:
        several = ", ".join(f"{key} ({name})" for key, name in found.items())
        known = (
            f"means {several}; name one key"
            if found
            else "is no key and no name in dim_region, e.g. 16070 or Ilm-Kreis"
        )
        raise ConfigError(f"--region {asked}: {known}")
    return next(iter(found.items()))
