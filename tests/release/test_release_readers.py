"""Readers see whole releases while releases are swapped under them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
from release_support import facts_of, settings_of

from integrationsmonitor.release import publish

# Reads until the file `stop` exists: number of queries, errors, and pairs of tables that do not belong together.
READER = """
import json, sys
from pathlib import Path
import duckdb
current, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, errors, mixed = {}, [], 0
while not stop.exists():
    try:
        con = duckdb.connect(str(current / "warehouse.duckdb"), read_only=True)
        (release_id,), = con.execute("select release_id from meta_release").fetchall()
        (version,), = con.execute("select max(definition_version) from mart_indicator").fetchall()
        con.close()
    except Exception as error:
        errors.append(repr(error))
        continue
    mixed += seen.setdefault(release_id, version) != version
print(json.dumps({"seen": seen, "errors": errors, "mixed": mixed}))
"""


def test_four_readers_see_no_error_and_no_mixture_while_twenty_releases_are_swapped(
    tmp_path: Path, small_candidate: Path, quality_dir: Path
) -> None:
    settings = settings_of(tmp_path / "home")
    versions: dict[str, int] = {}

    def night(number: int) -> None:
        candidate = shutil.copy(small_candidate, tmp_path / "candidate.duckdb")
        with duckdb.connect(str(candidate)) as con:
            con.execute(f"update mart_indicator set definition_version = {number}")
        versions[publish(settings, candidate, quality_dir, facts_of(number)).id] = number

    night(0)
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(settings.current), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for number in range(1, 21):
            night(number)
    finally:
        stop.touch()
        answers = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    assert [answer["errors"] for answer in answers] == [[], [], [], []]
    assert sum(answer["mixed"] for answer in answers) == 0
    seen = {release_id: version for answer in answers for release_id, version in answer["seen"].items()}
    assert len(seen) > 3
    assert seen.items() <= versions.items()
