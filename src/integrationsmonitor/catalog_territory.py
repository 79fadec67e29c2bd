"""The catalogue's territorial steps. Comes in: `catalog/territory/steps.yml`. Goes out: a Territory.

Refuses with file, step and fix: what the JSON schema does not know, ids that stand twice, steps or targets out of the
order of time, units that no region is, shares of a unit that do not make up 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.territory import AREA, EMPLOYMENT, POPULATION, Move, Step, Territory


def load_territory(catalog: Catalog) -> Territory:
    """Read the file, check it against its schema and the regions; raises ConfigError."""
    file = catalog.path / "territory" / "steps.yml"
    raw = read_checked(file, catalog.path / "schemas" / "territory.schema.json")
    targets = tuple(date.fromisoformat(day) for day in raw["targets"])
    if list(targets) != sorted(targets):
        raise ConfigError(f"{file}: targets: days out of the order of time; the first one is the default")
    steps = tuple(_step(entry) for entry in raw["steps"])
    for step in steps:
        _check(f"{file}: step {step.id}", step, catalog)
    for one, other in pairwise(steps):
        if other.begins < one.effective_from or other.id == one.id:
            raise ConfigError(f"{file}: step {other.id}: expected an id of its own and a day after step {one.id}")
    return Territory(targets, steps)


def _step(raw: Mapping[str, Any]) -> Step:
    effective_from = date.fromisoformat(raw["effective_from"])
    return Step(
        id=raw["id"],
        begins=date.fromisoformat(raw["begins"]) if "begins" in raw else effective_from,
        effective_from=effective_from,
        quality=raw["quality"],
        text_de=raw["text_de"],
        source_de=raw["source_de"],
        moves=tuple(
            Move(
                move["from"],
                move["to"],
                {kind: Decimal(move[kind]) for kind in (POPULATION, EMPLOYMENT, AREA) if kind in move},
            )
            for move in raw["moves"]
        ),
    )


def _check(key: str, step: Step, catalog: Catalog) -> None:
    if step.begins > step.effective_from:
        raise ConfigError(f"{key}: begins after effective_from; expected a day before it")
    for unit in sorted(step.units):
        if unit not in catalog.regions:
            raise ConfigError(f"{key}: {unit!r} is no key of regions.yml")
    for unit in sorted({move.from_key for move in step.moves}):
        moves = [move for move in step.moves if move.from_key == unit]
        for kind in sorted({kind for move in moves for kind in move.shares}):
            shares = [move.shares.get(kind) for move in moves]
            known = [share for share in shares if share is not None]
            if len(known) < len(shares) or sum(known) != 1:
                raise ConfigError(
                    f"{key}: the shares ({kind}) of {unit} add up to {sum(known)} over {len(known)} of {len(shares)} "
                    "moves; expected 1 over all of them, or none of them"
                )
