"""What dbt promises of what is published. Comes in: the project. Goes out: description, key and words by name.

A key is what a test holds unique, words are what a test accepts. A project without models promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MARTS = Path("dbt_project") / "models" / "marts"


@dataclass(frozen=True)
class Promise:
    """What it is, the columns that name a row, and the words that may stand in a column."""

    description: str = ""
    key: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_promises(project: Path) -> dict[str, Promise]:
    """The promises of all tables and macros, by name."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # dbt has read these files already: here only time counts
    found = {}
    for path in sorted((project / _MARTS).glob("*.yml")):
        if path.stem.endswith("unit_tests"):
            continue
        for model in yaml.load(path.read_text(encoding="utf-8"), Loader=loader).get("models") or ():  # noqa: S506
            found[model["name"]] = Promise(model["description"], _key(model), dict(_words(model)))
    return found


def _key(model: Mapping[str, Any]) -> tuple[str, ...]:
    """The shortest: one column alone before several together."""
    for column in model["columns"]:
        if "unique" in column.get("data_tests", ()):
            return (column["name"],)
    for columns in _arguments(model, "unique_grain", "columns"):
        return tuple(columns)
    return ()


def _words(model: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for column in model["columns"]:
        for values in _arguments(column, "accepted_values", "values"):
            yield column["name"], tuple(str(value) for value in values)


def _arguments(tested: Mapping[str, Any], test: str, argument: str) -> Iterator[Any]:
    for entry in tested.get("data_tests", ()):
        if isinstance(entry, dict) and test in entry:
            yield entry[test]["arguments"][argument]
