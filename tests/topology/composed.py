"""The compose file as a compose implementation resolves it.

In: docker-compose.yml, a .env file, profiles. Out: the services of these profiles, each with what a container gets.
Refuses: what docker-compose refuses, with its words.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
IMPLEMENTATION = "docker-compose"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class RefusedError(Exception):
    """The compose implementation does not take it; its own words."""


@dataclass(frozen=True)
class Health:
    """A health check, in seconds."""

    test: list[str]
    interval: float
    timeout: float
    retries: int
    start_period: float

    @property
    def command(self) -> list[str]:
        """What is executed."""
        kind, *rest = self.test
        return ["/bin/sh", "-c", *rest] if kind == "CMD-SHELL" else rest


@dataclass(frozen=True)
class Service:
    """One service; `raw` holds all keys."""

    name: str
    raw: dict[str, Any] = field(repr=False)

    @property
    def command(self) -> list[str]:
        """Entrypoint and command, as one list."""
        return [*_words(self.raw.get("entrypoint")), *_words(self.raw.get("command"))]

    @property
    def environment(self) -> dict[str, str]:
        """As the process gets it."""
        return {name: unescaped(str(value)) for name, value in (self.raw.get("environment") or {}).items()}

    @property
    def uid(self) -> tuple[int, int]:
        """User and group."""
        user, _, group = str(self.raw["user"]).partition(":")
        return int(user), int(group)

    @property
    def mounts(self) -> list[tuple[str, str, bool]]:
        """Source (a path, or the name of a volume), target, whether it may be written to."""
        found = []
        for text in self.raw.get("volumes") or []:
            source, target, *mode = text.split(":")
            found.append((source, target, mode != ["ro"]))
        return found

    @property
    def tmpfs(self) -> list[str]:
        """Folders in memory."""
        return list(self.raw.get("tmpfs") or [])

    @property
    def hostname(self) -> str:
        """Its own name for itself."""
        return str(self.raw.get("hostname", self.name))

    @property
    def waits_for(self) -> dict[str, str]:
        """Service → condition."""
        return {name: entry["condition"] for name, entry in (self.raw.get("depends_on") or {}).items()}

    @property
    def restarts(self) -> bool:
        """Whether the engine starts it again when it ends by itself."""
        return str(self.raw.get("restart", "no")) in ("always", "unless-stopped")

    @property
    def health(self) -> Health | None:
        """Its check, where it has one."""
        raw = self.raw.get("healthcheck")
        if not raw:
            return None
        return Health(
            [unescaped(word) for word in raw["test"]],
            seconds(raw.get("interval", "30s")),
            seconds(raw.get("timeout", "30s")),
            int(raw.get("retries", 3)),
            seconds(raw.get("start_period", "0s")),
        )


def resolve(env_file: Path, *profiles: str, project: Path = PROJECT) -> dict[str, Service]:
    """The services that would start with these profiles; raises RefusedError."""
    raw = resolve_all(env_file, project)
    return {
        name: Service(name, service)
        for name, service in raw["services"].items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }


def resolve_all(env_file: Path, project: Path = PROJECT) -> dict[str, Any]:
    """Everything that `docker-compose config` prints; raises RefusedError. Only the file speaks, not this shell."""
    command = [IMPLEMENTATION, "--env-file", str(env_file), "--file", str(project / "docker-compose.yml"), "config"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp"}
    done = subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RefusedError(done.stderr.strip())
    return yaml.safe_load(done.stdout)


def unescaped(text: str) -> str:
    """`config` prints what can be read again: each `$` stands there twice."""
    return text.replace("$$", "$")


def seconds(text: str) -> float:
    """`1m30s` → 90."""
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h)", text))


def _words(given: Any) -> list[str]:
    if given is None:
        return []
    return [unescaped(str(word)) for word in ([given] if isinstance(given, str) else given)]
