"""Executes faults: the night's load in-process, and a build where it brought news. Comes in: a home after a good night.

Goes out: per fault an `Executed`, as observed. `python tests/faults/runner.py [--json]` (or `make faults`) makes such
a home in a temporary folder, runs the whole registry and prints a table or one JSON line per fault. Faults of layouts
that no night asks for go through the reader (reading.py).
"""

# ruff: noqa: E402
from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from catalogue import FAULTS
from damage import executing
from fault import PRESS, WORK, Fault, dataset_of
from reading import read

from integrationsmonitor import archive, landing, night
from integrationsmonitor.errors import ContractError, FetchError, MonitorError
from night_support import SMALL, Night, small_catalog

DATASETS = (*SMALL, PRESS, dataset_of(WORK).id)
Rows = set[tuple[object, ...]]


@dataclass(frozen=True)
class Executed:
    """What one fault did. Digests are of the dataset's rows in mart_indicator, through the reader of its observations.

    There is no release and no exit code where no night was run. `problem` says how it differs from the registry.
    """

    fault: Fault
    exit_code: int | None
    releases: tuple[str | None, str | None]
    rows: tuple[Rows, Rows]
    error: str
    flaws: tuple[str, ...]
    seconds: float

    @property
    def cells_changed(self) -> int:
        """Rows that stand in one of the two states only."""
        return len(self.rows[0] ^ self.rows[1])

    @property
    def problem(self) -> str:
        """How it differs from what the registry expects; "" where it does not."""
        fault = self.fault
        if self.flaws:
            return "; ".join(self.flaws)
        if fault.expected == "reject":
            missing = [word for word in fault.wanted_in_the_error if word not in self.error]
            return f"not said: {missing}" if missing else "not kept" if self.cells_changed else ""
        if self.error or self.exit_code:
            return "refused"
        if fault.expected == "harmless":
            return "changed" if self.cells_changed else ""
        new = repr(self.rows[1] - self.rows[0])
        missing = [word for word in fault.words if word not in new]
        return "did not get through" if not self.cells_changed else f"not in the rows: {missing}" if missing else ""

    @property
    def facts(self) -> dict[str, object]:
        """What `--json` prints."""
        return {
            "id": self.fault.id,
            "dataset": self.fault.dataset,
            "through": self.fault.through,
            "layout": self.fault.layout,
            "expected": self.fault.expected,
            "exit_code": self.exit_code,
            "release_before": self.releases[0],
            "release_after": self.releases[1],
            "digest_before": _digest(self.rows[0]),
            "digest_after": _digest(self.rows[1]),
            "cells_changed": self.cells_changed,
            "error": self.error,
            "problem": self.problem,
            "seconds": self.seconds,
        }


def execute(fault: Fault, base: Night, folder: Path) -> Executed:
    """Run what the fault damages: a night in a copy of the home, or the reader."""
    started = time.monotonic()
    if fault.through == "reader":
        folder.mkdir(parents=True)
        clean, after, error = read(fault, folder)
        flaws = ("more than one line",) if "\n" in error else ()
        return Executed(fault, None, (None, None), (clean, after), error, flaws, _since(started))
    place = base.copied_to(folder / "home", only=("nothing",) if fault.first else ())
    place = _with_own_catalog(fault, place, folder) if fault.edit else place
    rows, release, states = _rows(place, fault.dataset), _release(place), _states(place)
    with executing(fault) as answered:
        error, body, code, built = _night(fault, place)
    flaws = [*_flaws(fault, place, error, states, built), *_badly_kept(fault, place, error, body or answered)]
    after = (rows, _rows(place, fault.dataset))
    return Executed(fault, code, (release, _release(place)), after, error, tuple(flaws), _since(started))


def _night(fault: Fault, place: Night) -> tuple[str, bytes, int, bool]:
    """What `monitor run` does for one dataset: the error, bytes that came with it, exit code, whether it was built."""
    settings, error, body, built = place.settings, "", b"", False
    try:
        try:
            night.load(settings, fault.dataset, everything=fault.listed is None)
        except ContractError as problem:
            error = str(problem)
            body = _curated(fault, place)
        except FetchError as problem:
            error = str(problem)
        built = night.has_news(settings)
        if built and (outcome := place.monitor("build")).code == 1:
            return error or outcome.err.strip().splitlines()[-1], body, 1, False
    except MonitorError as problem:
        return error or str(problem), body, 1, False
    return error, body, night.exit_code(settings), built


def _flaws(fault: Fault, place: Night, error: str, before: dict[str, object], built: bool) -> Iterator[str]:
    """What must hold whatever the fault: the neighbours' states, and after a refusal the dataset's own."""
    after = _states(place)
    touched = {dataset for dataset in after if after[dataset] != before[dataset]}
    if touched - {fault.dataset}:
        yield f"neighbours changed: {sorted(touched - {fault.dataset})}"
    if fault.expected == "reject" and touched:
        yield "the last good state changed"
    if fault.expected == "reject" and built:
        yield "a refused answer made news"
    rejection = archive.history(place.settings, fault.dataset).rejection or {"error": ""}
    if not fault.full and rejection["error"] != error:
        yield "another error is on record"
    if "\n" in error:
        yield "more than one line"
    if left := [str(path) for path in place.home.rglob("*.tmp")]:
        yield f"left behind: {left}"


def _badly_kept(fault: Fault, place: Night, error: str, answered: bytes) -> Iterator[str]:
    """Refused bytes lie in quarantine as they came, beside the reason; nothing else does."""
    folder = place.settings.quarantine
    kept = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"}
    # a credential in an answer is not kept
    wanted = answered.replace(b"recorded", b"***") if fault.expected == "reject" and fault.keeps else b""
    if {path.parent for path in kept} - {folder / fault.dataset}:
        yield "quarantine of another dataset"
    if [path.read_bytes() for path in kept] != ([wanted] if wanted else []):
        yield f"quarantine holds {len(kept)} files, not what came"
    for path in kept:
        if json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["error"] != error:
            yield "quarantine tells another reason"


def _with_own_catalog(fault: Fault, place: Night, folder: Path) -> Night:
    """A copy of the catalogue with the curated file changed."""
    copy = shutil.copytree(place.settings.catalog, folder / "catalog")
    file = copy / "local" / f"{fault.dataset}.csv"
    assert fault.edit
    file.write_bytes(fault.edit(file.read_bytes()))
    return place.with_(catalog=copy)


def _curated(fault: Fault, place: Night) -> bytes:
    return (place.settings.catalog / "local" / f"{fault.dataset}.csv").read_bytes() if fault.edit else b""


def _rows(place: Night, dataset: str) -> Rows:
    """The dataset's rows of the mart that others build on; none before the first release."""
    if not place.warehouse.exists():
        return set()
    return set(
        place.query("select * exclude (recorded_at) from mart_indicator where contains(dataset_ids, ?)", dataset)
    )


def _digest(rows: Rows) -> str:
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def _release(place: Night) -> str | None:
    return str(place.release["release_id"]) if place.warehouse.exists() else None


def _states(place: Night) -> dict[str, object]:
    """What the last good state of each dataset consists of: accepted answers, and their landing files as they are."""
    states: dict[str, object] = {}
    for dataset in DATASETS:
        past = archive.history(place.settings, dataset)
        raws = [item.answer.raw_sha256 for item in past.accepted]
        files = [landing.path_of(place.settings, dataset, raw, past.current_parse) for raw in raws]
        states[dataset] = (past.accepted, past.current_parse, [path.stat().st_ino for path in files])
    return states


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)


def good_night(folder: Path) -> Night:
    """Where the faults happen: a catalogue of five datasets, and a home for them."""
    return Night(folder / "home").with_(catalog=folder / "catalog")


def main() -> int:
    """Run all faults in temporary homes; 1 where one is not met as the registry says."""
    as_json, failed = "--json" in sys.argv[1:], 0
    with tempfile.TemporaryDirectory() as temporary:
        base = good_night(Path(temporary))
        small_catalog(Path(temporary) / "catalog", DATASETS)
        if (good := base.monitor("run")).code:
            print(good.err, file=sys.stderr)
            return 1
        for number, fault in enumerate(FAULTS.values()):
            done = execute(fault, base, Path(temporary) / f"{number}")
            failed += bool(done.problem)
            if as_json:
                print(json.dumps(done.facts, ensure_ascii=False), flush=True)
            else:
                told, code = done.problem or done.error[:90], "-" if done.exit_code is None else done.exit_code
                print(f"{'!!' if done.problem else 'ok'} {fault.id:<24} {fault.through:<6} {fault.layout:<6} "
                      f"{fault.expected:<8} {code} {done.cells_changed:>4} {done.seconds:>5.1f} s  {told}",
                      flush=True)  # fmt: skip
    print(f"{len(FAULTS)} faults executed, {failed} not met as expected", file=sys.stderr)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
