"""Write `dataset_ids.py` from `catalog/datasets/*.yml`, so that importing a DAG reads no file.

In: the dataset files. Out: the module, or with `--check` exit code 1 when it is not in step with them.
Refuses: a file whose name is not its id, and a load group nobody runs.

    python dags/support/make_dataset_ids.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).with_name("dataset_ids.py")
GROUPS = ("ba", "tls")
HEAD = '''"""Dataset ids per load group, made from `catalog/datasets/`: do not edit, run `make ids`."""
'''


def read_catalogue(folder: Path) -> dict[str, list[str]]:
    """Return the sorted dataset ids of each load group, without those that are off."""
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for path in sorted(folder.glob("*.yml")):
        dataset = yaml.safe_load(path.read_text(encoding="utf-8"))
        if dataset["id"] != path.stem:
            raise SystemExit(f"{path}: id is {dataset['id']!r}, expected the file's name {path.stem!r}")
        if dataset["load"] not in groups:
            raise SystemExit(f"{path}: load is {dataset['load']!r}, expected one of {', '.join(GROUPS)}")
        if "off_de" not in dataset:
            groups[dataset["load"]].append(dataset["id"])
    return groups


def render(groups: dict[str, list[str]]) -> str:
    """Return the module's text."""
    lines = [HEAD, "DATASET_IDS: dict[str, list[str]] = {"]
    for group, ids in groups.items():
        names = [f'        "{dataset_id}",' for dataset_id in ids]
        lines += [f'    "{group}": [', *names, "    ],"] if names else [f'    "{group}": [],']
    return "\n".join([*lines, "}", ""])


def main(arguments: list[str]) -> int:
    """Write the module, or only compare it."""
    text = render(read_catalogue(PROJECT / "catalog" / "datasets"))
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("dags/support/dataset_ids.py is not in step with catalog/datasets/: run `make ids`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
