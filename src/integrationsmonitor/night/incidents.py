"""What broke beside the datasets' answers: a build, a task. Comes in: failures, successes. Goes out: what stands now.

`<home>/incidents.jsonl` is append-only and holds changes only; a failure that repeats itself is noted once. Refused
answers are not noted here: they stand in the manifest of their dataset. Refuses: a secret of the settings in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from integrationsmonitor import clock, files
from integrationsmonitor.errors import GateError, MonitorError
from integrationsmonitor.redact import SecretHeaders

if TYPE_CHECKING:
    from pathlib import Path

    from integrationsmonitor.settings import Settings

BUILD = "build"
INDICATORS, LISTS = "local_indicators", "local_lists"
_SECRETS = re.compile(r"(_PASSWORD|_TOKEN|_SECRET|_KEY|_WEBHOOK)$|^AIRFLOW_CONN_")


def standing(settings: Settings) -> dict[str, dict[str, Any]]:
    """Failures without a later success, by key: `kind`, `text` as of the last one, `since` the first one."""
    found: dict[str, dict[str, Any]] = {}
    for record in files.read_lines(_path(settings)):
        key = record["key"]
        if record["event"] == "good":
            found.pop(key, None)
        else:
            since = found.get(key, {}).get("since", record["at"])
            found[key] = {"kind": record["kind"], "text": record["text"], "since": since}
    return found


def note(settings: Settings, key: str, kind: str, text: str) -> None:
    """Note a failure, unless the same one stands already."""
    text = redacted(settings, " ".join(text.split()))
    known = standing(settings).get(key, {})
    if (known.get("kind"), known.get("text")) != (kind, text):
        _append(settings, {"event": "failed", "key": key, "kind": kind, "text": text})


def clear(settings: Settings, key: str) -> bool:
    """Note a success; returns whether a failure stood before."""
    stood = key in standing(settings)
    if stood:
        _append(settings, {"event": "good", "key": key})
    return stood


@contextmanager
def noted_build(settings: Settings) -> Iterator[None]:
    """Note how a build ends; the error goes on."""
    try:
        yield
    except Exception as problem:
        text = str(problem) if isinstance(problem, MonitorError) else f"{type(problem).__name__}: {problem}"
        with suppress(MonitorError):  # a full disk: the build's own error matters more than that it cannot be noted
            note(settings, BUILD, "gate" if isinstance(problem, GateError) else "build", text)
        raise
    clear(settings, BUILD)


def redacted(settings: Settings, text: str) -> str:
    """The text without any secret of the environment, whatever it came from."""
    values = {
        name: value
        for name, value in settings.environment.items()
        if _SECRETS.search(name) or (name.endswith("_USER") and len(value) == 32)  # a token in place of a user
    }
    return SecretHeaders({name: value for name, value in values.items() if len(value) > 3}).redact(text)


def _path(settings: Settings) -> Path:
    return settings.home / "incidents.jsonl"


def _append(settings: Settings, record: dict[str, Any]) -> None:
    files.append_line(_path(settings), {"at": clock.now().isoformat(), **record})
