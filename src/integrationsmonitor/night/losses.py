"""What a candidate lost against the last release. Comes in: the home. Goes out: what to compare with; a decision.

A gate that closed on a loss opens when a person says that the loss is right: for the very inputs of the refused build,
against the very release that it was compared with. Anything else is judged anew. Refuses (ConfigError): an empty
reason, a decision where no build was refused for a loss, or where the inputs changed since.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, decisions, files, release
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.night import inputs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from integrationsmonitor.quality import LastRelease, QualityResult
    from integrationsmonitor.settings import Settings


def last_release(settings: Settings, digests: Mapping[str, str]) -> LastRelease | None:
    """What `current` means, and why what is lost against it is right, if a person said so of these inputs."""
    from integrationsmonitor.quality import LastRelease

    now = release.current(settings)
    if now is None:
        return None
    against = str(now["release_id"])
    reason = decisions.accepted_losses(settings).get((against, release.inputs_digest(digests)), "")
    return LastRelease(against, settings.current / "warehouse.duckdb", reason)


def note_refused(
    settings: Settings, digests: Mapping[str, str], last: LastRelease | None, checked: QualityResult
) -> str:
    """Write down which losses closed the gate; returns what a person can do, "" where nothing was lost."""
    if last is None or not checked.lost:
        _file(settings).unlink(missing_ok=True)
        return ""
    noted = {"against": last.release_id, "inputs": release.inputs_digest(digests), "lost": list(checked.lost)}
    files.write_atomic(_file(settings), json.dumps(noted, ensure_ascii=False, indent=1).encode())
    return " If what is lost since the last release is right to be lost: monitor accept-losses --reason '…'"


def accept_losses(settings: Settings, reason: str) -> dict[str, Any]:
    """Say that what the refused build lost is right; returns the record that the journal holds of it."""
    text = " ".join(reason.split())
    if not text:
        raise ConfigError("a reason is needed: --reason '…', in German; it is kept in the journal and published")
    settings.claim_home()
    with files.locked(settings.archive / "journal.lock"):
        noted = _noted(settings)
        now = release.current(settings) or {}
        if noted.get("against") != now.get("release_id") or not noted:
            raise ConfigError("nothing to accept: no build was refused for what it lost against the current release")
        histories = inputs.histories_of(settings, catalog_of(settings))
        if noted["inputs"] != release.inputs_digest(inputs.digests(settings, histories)):
            raise ConfigError("the inputs changed since that build: `monitor build` says what is lost now")
        record = {"event": decisions.ACCEPT_LOSSES, "reason": text, "who": archive.person(), **noted}
        archive.journal(settings, record)
    return record


def _noted(settings: Settings) -> dict[str, Any]:
    try:
        noted: dict[str, Any] = json.loads(_file(settings).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return noted


def _file(settings: Settings) -> Path:
    return settings.candidate / "losses.json"
