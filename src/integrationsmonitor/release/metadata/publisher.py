"""Who publishes. Comes in: exports/publisher.yml. Goes out: a checked `Publisher`. Refuses unknown keys, half URLs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from integrationsmonitor.checked_yaml import read_checked

FILE = "publisher.yml"


@dataclass(frozen=True)
class Publisher:
    """The office that publishes; what it does not say is empty. `licence` is that of its own tables."""

    name: str
    homepage: str = ""
    mail: str = ""
    contributor_id: str = ""
    base_uri: str = ""
    licence: str = ""


def load_publisher(path: Path) -> Publisher:
    """Read and check the file; raises ConfigError with file, key and what is wrong."""
    content = read_checked(path, path.with_suffix(".schema.json"))
    return Publisher(**{key: value or "" for key, value in content.items() if key != "version"})
