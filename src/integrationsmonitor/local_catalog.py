"""The drop folder's descriptions: tables that a Kreis delivers by hand. Comes in: a folder of YAML. Goes out: datasets.

Every `<id>.yml` but indicators.yml and the operator's lists (catalog_lists.py) describes one table. One that is wrong
costs nobody else anything: it becomes a dataset with a `problem` (file, key, fix), whose load is refused with it, on
the description that was accepted last, if there is one. Regions are those of the descriptions in force; what an
accepted description declared stays known while the description exists.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from integrationsmonitor import files
from integrationsmonitor.cadence import Cadence
from integrationsmonitor.dataset import BasisRule, Contract, Dataset
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_dataset import CONNECTOR, read_description
from integrationsmonitor.region import Region

INDICATORS = "indicators.yml"
REGION_TYPES, RECEPTION_CENTRES = "region_types.yml", "reception_centres.yml"
CONCEPTS, SIGNALS = "integrationskonzepte.yml", "signals.yml"
_NO_DESCRIPTIONS = {INDICATORS, REGION_TYPES, RECEPTION_CENTRES, CONCEPTS, SIGNALS}
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class LocalCatalog:
    """Datasets by id, and the regions that they declare, by key."""

    datasets: Mapping[str, Dataset]
    regions: Mapping[str, Region]


def read_folder(
    folder: Path, kept: Path | None, schema: Path, regions: Mapping[str, Region], taken: Collection[str]
) -> LocalCatalog:
    """Read all descriptions of a folder; `taken` are the ids of the catalogue, `regions` its regions."""
    datasets: dict[str, Dataset] = {}
    found: dict[str, Region] = {}
    wrong: list[tuple[Path, Dataset | None, str]] = []
    files_there = _names(folder)
    descriptions = [folder / name for name in files_there if _is_description(name)]
    for file in sorted(descriptions, key=lambda file: not _is_kept(file, kept)):
        before = _accepted_before(file, kept, schema, regions)
        dataset = None
        try:
            dataset = _checked(file, schema, regions, {*taken, *datasets}, found)
            _check_files(file, dataset, datasets.values(), files_there)
            datasets[dataset.id] = dataset
        except Exception as problem:  # whatever a description does wrong, the others' night goes on
            wrong.append((file, before, str(problem).replace(str(file), file.name)))
        for known in (before, dataset):
            if known is not None and known.local is not None:
                found |= known.local.regions
    for file, before, text in wrong:  # last, so that none takes the id of a right one
        dataset = _with_problem(file, before, text, {*taken, *datasets})
        datasets[dataset.id] = dataset
    return LocalCatalog(datasets, found)


def unnamed(folder: Path, datasets: Iterable[Dataset]) -> list[str]:
    """Names of the files of a folder that no description names: whoever put them there waits in vain."""
    if not folder.is_dir():
        return []
    tables = [dataset.local for dataset in datasets if dataset.local is not None]
    own = {".yml", ".yaml"}
    found = [path for path in folder.iterdir() if not path.name.startswith((".", "~$")) and path.suffix not in own]
    return sorted(path.name for path in found if not any(table.names(path.name) for table in tables))


def keep(folder: Path, kept: Path, dataset: Dataset) -> None:
    """Remember a description whose figures were accepted; another one may be wrong tomorrow."""
    if dataset.connector != CONNECTOR or dataset.problem or dataset.local is None:
        return
    target, file = kept / f"{dataset.id}.yml", folder / f"{dataset.id}.yml"
    data = file.read_bytes() if file.exists() else b""
    if hashlib.sha256(data).hexdigest() != dataset.file_sha256:
        return  # it was edited or taken away meanwhile: the next load sees it
    if not target.exists() or target.read_bytes() != data:
        files.write_atomic(target, data)


def _names(folder: Path) -> list[str]:
    """All names in a folder; raises ConfigError where nobody can tell."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError as problem:
        raise ConfigError(f"{folder} cannot be read ({problem.strerror}): what it describes would vanish") from None


def _is_description(name: str) -> bool:
    return name.endswith((".yml", ".yaml")) and name not in _NO_DESCRIPTIONS


def _is_kept(file: Path, kept: Path | None) -> bool:
    """Whether a description of this name was accepted before: it comes first, and no new one takes what it has."""
    return kept is not None and (kept / file.name).exists()


def _check_files(file: Path, dataset: Dataset, others: Iterable[Dataset], names: Collection[str]) -> None:
    """Refuse a file that another description reads: each protects small figures without knowing of the other."""
    table = dataset.local_table
    for other in others:
        beside = other.local_table
        if table.sheet and beside.sheet and table.sheet != beside.sheet:
            continue  # two sheets of one workbook are two tables
        for name in names:
            if table.names(name) and beside.names(name):
                raise ConfigError(
                    f"{file}: files: {name} is read by {beside.description}, too, and what one hides the other may "
                    "show; describe all its columns in one of them"
                )


def _checked(
    file: Path, schema: Path, regions: Mapping[str, Region], taken: Collection[str], others: Mapping[str, Region]
) -> Dataset:
    if file.is_symlink() or not file.is_file():
        raise ConfigError(f"{file}: is a link, a folder or a pipe; put the file itself into the folder")
    if file.suffix != ".yml":
        raise ConfigError(f"{file}: a description ends in .yml; rename it to {file.with_suffix('.yml').name}")
    if file.stat().st_size > _MAX_BYTES:
        raise ConfigError(f"{file}: has more than {_MAX_BYTES:,} bytes; a description is a page")
    dataset = _read(file, schema, _Known(regions), (file.stat().st_mtime_ns, file.stat().st_size))
    if dataset.id in taken:
        raise ConfigError(f"{file}: id: {dataset.id!r} is taken by another dataset; choose another id and file name")
    for key, region in dataset.local_table.regions.items():
        if others.get(key, region) != region:
            raise ConfigError(
                f"{file}: regions: {key} ({region.name}) is {others[key].name!r} in another description of this "
                "folder; one key stands for one region: write both alike, or choose another key"
            )
    return dataset


class _Known(dict[str, Region]):
    """The catalogue's regions as part of a cache's key: by identity of their words."""

    def __hash__(self) -> int:  # type: ignore[override]  # a dict that nobody changes
        return hash(tuple(self))


@lru_cache(maxsize=256)
def _read(file: Path, schema: Path, regions: _Known, stamp: tuple[int, ...]) -> Dataset:
    del stamp  # part of the cache's key
    return read_description(file, schema, regions)


def _accepted_before(file: Path, kept: Path | None, schema: Path, regions: Mapping[str, Region]) -> Dataset | None:
    before = kept / f"{file.stem}.yml" if kept is not None else None
    if before is None or not before.exists():
        return None
    try:
        return _read(before, schema, _Known(regions), (before.stat().st_mtime_ns, before.stat().st_size))
    except Exception:  # accepted by earlier rules: then nothing is known of it
        return None


def _with_problem(file: Path, before: Dataset | None, problem: str, taken: Collection[str]) -> Dataset:
    if before is not None and before.id not in taken:
        return replace(before, problem=problem)
    word = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")[:40] or "beschreibung"
    dataset_id = word if word.startswith("local_") and word == file.stem else f"local_{word.removeprefix('local_')}"
    while dataset_id in taken:
        dataset_id += "_x"
    return Dataset(
        id=dataset_id,
        title_de=f"Beschreibung {file.name} ist fehlerhaft",
        publisher="unbekannt",
        licence={"id": "intern", "attribution": "unbekannt"},
        load="tls",
        source={"connector": CONNECTOR, "file": file.name},
        cadence=Cadence(),
        period_type="stichtag",
        territory_rule="as_published",
        place="none",
        basis=(BasisRule("Kreisangabe"),),
        constants={},
        statistic={},
        time={},
        measures=(),
        axes=(),
        csv={},
        signs=(),
        not_yet="",
        outages=(),
        rounding={},
        contract=Contract("none", (), (), (), 1, ()),
        notes_de="",
        file_sha256=hashlib.sha256(file.name.encode()).hexdigest(),
        problem=problem,
    )
