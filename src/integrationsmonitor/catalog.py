"""The catalogue: facts about datasets and regions, read from `catalog/` and checked before anything else happens.

Comes in: the folder, and where a home has one the drop folder with descriptions of local tables. Goes out: frozen
objects. Refuses with file, key and fix: YAML that cannot be read, anything the JSON schemas of `catalog/schemas/` do
not know, keys used twice. A wrong description in the drop folder is not refused here: it is a dataset with a `problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.dataset import FIRST_DAY, LAST_DAY, Dataset
from integrationsmonitor.dataset_file import load_dataset
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_catalog import read_folder
from integrationsmonitor.region import Region
from integrationsmonitor.settings import Settings

__all__ = ["Catalog", "Region", "catalog_of", "load_catalog"]


@dataclass(frozen=True)
class Catalog:
    """Everything the catalogue knows of sources and regions; `local` is the drop folder, if there is one."""

    path: Path
    datasets: Mapping[str, Dataset]
    regions: Mapping[str, Region]
    local: Path | None = None

    def kreise_at(self, day: date) -> list[str]:
        """Keys of the Thüringen Kreise that existed on that day."""
        return [r.key for r in self.regions.values() if r.level == "kreis" and r.exists_at(day)]

    def kreise_of(self, dataset: Dataset, day: date) -> list[str]:
        """Keys of the Kreise that a dataset speaks of: those of that day, or today's where the source restates."""
        return self.kreise_at(LAST_DAY if dataset.is_restated else day)

    def of_level(self, level: str) -> list[str]:
        """Keys of all regions of a level, whenever they existed."""
        return [r.key for r in self.regions.values() if r.level == level]

    def group(self, load: str) -> list[str]:
        """Ids of the datasets that one load DAG fetches; those that are off are left out."""
        return sorted(d.id for d in self.datasets.values() if d.load == load and not d.off_de)

    @property
    def groups(self) -> list[str]:
        """The load groups."""
        return sorted({d.load for d in self.datasets.values()})


def catalog_of(settings: Settings, only: str = "") -> Catalog:
    """The catalogue of a home: that of the project, and what was put into the home's drop folder."""
    return load_catalog(settings.catalog, only, local=settings.local, kept=settings.kept_descriptions)


def load_catalog(path: Path, only: str = "", *, local: Path | None = None, kept: Path | None = None) -> Catalog:
    """Read and check `catalog/`, or of its datasets `only` one; raises ConfigError naming file, key and fix.

    `local` is a drop folder, `kept` where the descriptions stand that were accepted last. A file that did not change
    is read once per process.
    """
    schemas = path / "schemas"
    regions = _regions(path / "regions.yml", schemas / "regions.schema.json", _stamp(path / "regions.yml"))
    files = sorted((path / "datasets").glob("*.yml"))
    if not files:
        raise ConfigError(f"{path / 'datasets'} holds no dataset file (*.yml)")
    schema = schemas / "dataset.schema.json"
    datasets = [_dataset(file, schema, (*_stamp(file), *_stamp(schema))) for file in files if only in ("", file.stem)]
    found = {dataset.id: dataset for dataset in datasets}
    if local is None or not local.is_dir():
        return Catalog(path, found, regions)
    schema = schemas / "local_description.schema.json"
    described = read_folder(local, kept, schema, regions, {file.stem for file in files})
    found |= {dataset.id: dataset for dataset in described.datasets.values() if only in ("", dataset.id)}
    return Catalog(path, found, {**regions, **described.regions}, local)


def _stamp(file: Path) -> tuple[int, int]:
    """What tells a changed file from an unchanged one."""
    facts = file.stat() if file.exists() else None
    return (facts.st_mtime_ns, facts.st_size) if facts else (0, 0)


@lru_cache(maxsize=8)
def _regions(file: Path, schema: Path, stamp: tuple[int, ...]) -> Mapping[str, Region]:
    del stamp  # part of the cache's key
    regions: dict[str, Region] = {}
    for entry in read_checked(file, schema)["regions"]:
        if entry["key"] in regions:
            raise ConfigError(f"{file}: key {entry['key']!r} stands twice; remove one")
        regions[entry["key"]] = Region(
            **{k: v for k, v in entry.items() if not k.startswith("valid_") and k != "comparator_of"},
            valid_from=date.fromisoformat(entry.get("valid_from", FIRST_DAY.isoformat())),
            valid_to=date.fromisoformat(entry.get("valid_to", LAST_DAY.isoformat())),
            comparator_of=tuple(entry.get("comparator_of", ())),
        )
    return regions


@lru_cache(maxsize=512)
def _dataset(file: Path, schema: Path, stamp: tuple[int, ...]) -> Dataset:
    del stamp  # part of the cache's key
    return load_dataset(file, schema)
