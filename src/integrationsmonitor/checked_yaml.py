"""YAML files that people write. Comes in: a file and its JSON schema. Goes out: plain data that keeps the schema.

Refuses with file, key and fix: YAML that cannot be read, a key that stands twice, anything the schema does not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from integrationsmonitor.errors import ConfigError


def read_checked(file: Path, schema_file: Path) -> Any:
    """Parse a YAML file strictly and check it against a JSON schema; raises ConfigError with file, key and fix."""
    raw = read_yaml(file)
    check_against(raw, file, schema_file)
    return raw


def read_yaml(file: Path) -> Any:
    """Parse a YAML file strictly; raises ConfigError where it is none, or a key stands twice."""
    import yaml

    try:
        loader = _strict_loader()(file.read_text(encoding="utf-8"))
        raw = loader.get_single_data()
    except OSError as problem:
        raise ConfigError(f"{file}: cannot be read ({problem.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{file}: is no valid YAML: {' '.join(str(problem).split())}") from None
    return _plain(raw)


def check_against(raw: Any, file: Path, schema_file: Path) -> None:
    """Check plain data against a JSON schema; raises ConfigError with file, key and fix."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(
        json.loads(schema_file.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
    )
    mistake = jsonschema.exceptions.best_match(validator.iter_errors(raw))
    if mistake is not None:
        key = ".".join(str(part) for part in mistake.absolute_path) or "(top level)"
        raise ConfigError(f"{file}: {key}: {_explain(mistake)}; see {schema_file.name} for what may stand there")


def _explain(problem: Any) -> str:
    text = " ".join(str(problem.message).split())
    if problem.validator == "enum":
        return f"{problem.instance!r} is none of {', '.join(map(repr, problem.validator_value))}"
    return text if len(text) < 300 else text[:297] + "…"


def _strict_loader() -> Any:
    """A safe loader that refuses a key that stands twice in one mapping."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]  # the base class is chosen at run time
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
            twice = {key for key in keys if keys.count(key) > 1}
            if twice:
                raise yaml.YAMLError(f"key {sorted(map(str, twice))[0]!r} stands twice, {node.start_mark}")
            return dict(super().construct_mapping(node, deep=deep))

    return Loader


def _plain(value: Any) -> Any:
    """Dates to ISO text, so that one JSON schema can check everything."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
