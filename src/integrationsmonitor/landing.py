"""Landing: one Parquet file per archived answer and parse, keyed so that the same input never makes two.

Comes in: observations as an Arrow table. Goes out: files `landing/obs/<dataset_id>/<raw>-<parse>.parquet`
with exactly the schema of observation.py, and `_schema.parquet` without rows, so that reading an empty landing works.
Nothing is overwritten; a file that is missing or damaged can be made again from the archive.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import files
from integrationsmonitor.observation import COLUMNS, STATED, schema

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings

_ADDED_LATER = ("printed",)
_OPTIONS = {"compression": "zstd", "store_schema": False, "write_page_checksum": True}
_PARSING_CODE = (
    "sources",
    "columns.py",
    "contract",
    "dataset.py",
    "dataset_file.py",
    "landing.py",
    "local_columns.py",
    "local_dataset.py",
    "local_description.py",
    "night/parsing.py",
    "observation.py",
    "outages.py",
    "spreadsheet.py",
)
# says nothing of how bytes are read
_ASKING_CODE = frozenset(
    {
        *("genesis_body.py", "genesis_client.py", "genesis_jobs.py", "fetched.py"),
        *("ba_api_client.py", "ba_regions.py", "ba_report_client.py", "tls_client.py"),
        "local_drop.py",
    }
)


@cache
def parser_version() -> str:
    """A hash of all code that turns bytes into observations: whoever changes it need not remember a number."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in parsing_code():
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def parsing_code() -> list[Path]:
    """The files of which the parse of an answer is made; the client that asks for answers is none of them."""
    paths = [Path(__file__).parent / name for name in _PARSING_CODE]
    files_of = [sorted(path.rglob("*.py")) if path.is_dir() else [path] for path in paths]
    return [file for files in files_of for file in files if file.name not in _ASKING_CODE]


def parse_key(dataset: Dataset, catalog: Catalog, version: str) -> str:
    """Key of one way to parse a dataset: the code's version, the dataset's file, and the regions it is read against."""
    regions = (catalog.path / "regions.yml").read_bytes()
    parts = (version, dataset.file_sha256, hashlib.sha256(regions).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def path_of(settings: Settings, dataset_id: str, raw_sha256: str, key: str) -> Path:
    """Where the observations of one answer in one parse stand."""
    return settings.landing / "obs" / dataset_id / f"{raw_sha256[:24]}-{key}.parquet"


def drop_other_parses(settings: Settings, dataset_id: str, key: str) -> None:
    """Remove what earlier parses of a local table landed: they may show what a stricter threshold hides today."""
    for path in sorted((settings.landing / "obs" / dataset_id).glob("*.parquet")):
        if not path.stem.endswith(f"-{key}"):
            path.unlink()


@contextmanager
def written(observations: pa.Table, path: Path | None) -> Iterator[None]:
    """Write observations while the block judges them; they get their final name only where it raises nothing.

    Parquet is encoded outside of Python's lock, so a second core does it. An existing file stays as it is; without a
    path nothing is written.
    """
    if path is None or path.exists():
        yield
        return
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    with files.room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with ThreadPoolExecutor(1) as writer:
            done = writer.submit(_encode, observations, temporary)
            yield
        with files.room_for(path):
            done.result()
            temporary.replace(path)
            files.sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _encode(observations: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    repeating = [name for name in (*COLUMNS, *STATED) if name not in ("raw_locator", "value")]
    with path.open("wb") as file:
        pq.write_table(observations, file, use_dictionary=repeating, **_OPTIONS)
        file.flush()
        os.fsync(file.fileno())


def ensure_schema_file(settings: Settings) -> None:
    """Put the typed file without rows into the folder that dbt reads."""
    path = settings.landing / "obs" / "_schema.parquet"
    if path.exists() and _has_all_columns(path):
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(schema((*COLUMNS, *STATED)).empty_table(), sink)
    files.write_atomic(path, sink.getvalue().to_pybytes())


def is_whole(path: Path) -> bool:
    """Whether a landing file can be read."""
    return read(path) is not None


def read(path: Path) -> pa.Table | None:
    """The observations of a landing file; None unless it is whole by the checksums of its pages, with the schema.

    What was landed before a column came (`_ADDED_LATER`) does without it.
    """
    observations = read_any(path)
    if observations is None or _without_later(observations.column_names) != _without_later((*COLUMNS, *STATED)):
        return None
    return observations


def read_any(path: Path) -> pa.Table | None:
    """The same of a file that an earlier version wrote, with the columns that it had."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read()
    except (OSError, pa.ArrowException):
        return None


def same_rows(one: Path, other: Path) -> bool:
    """Whether two landing files say the same, whatever parse they are of, in the columns that both have."""
    tables = [read_any(path) for path in (one, other)]
    if tables[0] is None or tables[1] is None:
        return False
    shared = [name for name in tables[0].column_names if name in tables[1].column_names and name != "parse_key"]
    return bool(tables[0].select(shared).equals(tables[1].select(shared)))


def _has_all_columns(path: Path) -> bool:
    import pyarrow.parquet as pq

    return bool(pq.read_schema(path).names == [*COLUMNS, *STATED])


def _without_later(columns: Sequence[str]) -> list[str]:
    return [name for name in columns if name not in _ADDED_LATER]
