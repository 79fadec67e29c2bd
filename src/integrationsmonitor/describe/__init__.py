"""`monitor describe`: a description proposed for a file. Comes in: a file and the catalogue. Goes out: YAML with TODOs.

What can be seen in the file is proposed, what a person must decide is a TODO, which the schema refuses until it is
decided. Nothing is kept. Refuses what a load refuses of any file: personal data, formulas, a file without a table.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from integrationsmonitor.describe import looking, writing
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.sources.local_grid import MAX_BYTES

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Catalog


class Proposal(NamedTuple):
    """A proposed description; `todo` are the keys that a person must decide, `columns` heading → field."""

    id: str
    text: str
    todo: list[str]
    columns: dict[str, str]


def propose(file: Path, catalog: Catalog) -> Proposal:
    """Look at a file and propose its description; raises ConfigError or ContractError."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"{file}: has {size:,} bytes; at most {MAX_BYTES:,} are read")
        data = file.read_bytes()
    except OSError as problem:
        raise ConfigError(f"{file}: cannot be read ({problem.strerror})") from None
    seen = looking.look(data, file.name, catalog)
    text = writing.written(seen)
    return Proposal(seen.id, text, writing.undecided(text), {column.heading: column.field for column in seen.columns})


def put(folder: Path, proposal: Proposal) -> Path:
    """Write a proposal into the drop folder, never over a file that is there; raises ConfigError."""
    path = folder / f"{proposal.id}.yml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as target:
            target.write(proposal.text)
    except FileExistsError:
        raise ConfigError(
            f"{path}: is there already; nothing was written. Rename it, or the file to describe"
        ) from None
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be written ({problem.strerror})") from None
    return path
