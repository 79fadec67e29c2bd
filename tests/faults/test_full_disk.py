"""A disk that is really full: a small one of its own, in a mount namespace that ends with the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from night_support import MONITOR, PATIENCE_SECONDS, Night
from recordings_support import Recordings, answer, lines_of

TABLE, DATASET = "12511-04-01-4", "regio_12511_04_01_4"
SPARE = 300_000  # bytes that a build does not get by with
NIGHTS = """
set -u
mount -t tmpfs -o size="$SIZE" tmpfs "$DISK" && cp -a "$GOOD" "$DISK/home" || exit 99
head -c 100000000 /dev/zero > "$DISK/filler" 2>/dev/null
"$MONITOR" load "$DATASET"; echo "load $?"
truncate -s -$SPARE "$DISK/filler"
"$MONITOR" load "$DATASET"; echo "again $?"
"$MONITOR" build; echo "build $?"
cp -a "$DISK/home" "$KEPT"
"""


def _can_mount(folder: Path) -> bool:
    if not shutil.which("unshare"):
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_full_disk_costs_a_night_and_nothing_else(good_home: Night, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not _can_mount(disk):
        pytest.skip("this machine does not let tests mount a disk of their own")
    corrected = [line.replace(";1,1;", ";1,2;") for line in lines_of(TABLE, 2024)]
    recordings = Recordings(tmp_path / "recordings").put(TABLE, 2024, answer(TABLE, corrected))
    size = sum(path.stat().st_blocks * 512 for path in good_home.home.rglob("*") if not path.is_symlink())
    place = good_home.with_(home=disk / "home", recordings=recordings.folder)
    more = {"MONITOR": str(MONITOR), "GOOD": str(good_home.home), "DISK": str(disk), "KEPT": str(tmp_path / "kept")}
    more |= {"SIZE": str(size + 2_000_000), "DATASET": DATASET, "SPARE": str(SPARE)}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", NIGHTS],
        env={**os.environ, **place.environment, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert done.stdout.split("\n")[:3] == ["load 1", "again 0", "build 1"], told
    assert "Traceback" not in told
    errors = [line for line in told.splitlines() if line.startswith("monitor: ")]
    assert len(errors) == 2, told
    assert "ENOSPC (No space left on device), 0 bytes are free on its disk" in errors[0]
    assert "No space left on device" in errors[1]
    kept = Night(tmp_path / "kept", good_home.extra)
    assert kept.release == good_home.release
    assert kept.query("select count(*) from mart_indicator") == good_home.query("select count(*) from mart_indicator")
