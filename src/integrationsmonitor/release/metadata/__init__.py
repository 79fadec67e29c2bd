"""What describes the exports: datapackage.json, the DCAT-AP.de catalogue, CHANGELOG.md and LIZENZEN.md.

Comes in: the tables that left and their files, already written; what the release changes; who publishes. Goes out:
files beside them. They may name the release and its time: they are no figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.release.metadata import changelog, datapackage, dcat, facts, rights
from integrationsmonitor.release.metadata.publisher import FILE as PUBLISHER
from integrationsmonitor.release.metadata.publisher import Publisher, load_publisher

if TYPE_CHECKING:
    from integrationsmonitor.release.exports import Exported
    from integrationsmonitor.settings import Settings

__all__ = ["PUBLISHER", "Publisher", "load_publisher", "write"]


def write(
    settings: Settings,
    target: Path,
    heading: Mapping[str, str],
    exported: Sequence[Exported],
    difference: Mapping[str, Any],
    quarantined: Sequence[str],
    publisher: Publisher,
    before: Path | None,
) -> None:
    """Write all of them into the folder of the exports; `before` is that of the last release."""
    suites, scratch = settings.project / "expectations" / "suites", settings.home / "tmp" / "publish"
    true = facts.of_tables(exported, target, suites, scratch)
    modified = datapackage.modified(exported, before, heading["released_at"])
    datapackage.write(target, heading, exported, true, modified, publisher)
    dcat.write(target, heading, exported, true, modified, publisher)
    rights.write(target, heading, exported, publisher)
    changelog.write(target, settings, difference, quarantined)
