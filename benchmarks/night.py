"""What Airflow adds to a night, how long a night without news takes, and what `make up` holds in memory when idle.

In: nothing; homes of its own in a temporary folder, the recorded source. Out: a table. All in one run, one after the
other, so that a machine under load slows all of it alike. Takes six minutes.

    .venv/bin/python benchmarks/night.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
PORT = "18099"
IDLE_SECONDS = 30


def run(command: list[str], home: Path) -> tuple[float, str]:
    """Seconds of a command, and what it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MONITOR_", "AIRFLOW_"))}
    environment |= {
        "MONITOR_HOME": str(home),
        "MONITOR_SOURCE": "recorded",
        "PYTHONPATH": str(PROJECT / "dags"),
        "AIRFLOW_PORT": PORT,
    }
    began = time.monotonic()
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began, done.stdout + done.stderr


def memory(home: Path) -> dict[str, float]:
    """MB (PSS) of each component of `make up`."""
    sessions = json.loads((home / "airflow" / "up.json").read_text(encoding="utf-8"))["sessions"]
    held = {}
    for name, (leader, _) in sessions.items():
        total = 0
        for pid in psutil.pids():
            with suppress(ProcessLookupError, psutil.Error):
                if os.getsid(pid) == leader:
                    total += psutil.Process(pid).memory_full_info().pss
        held[name] = total / 1e6
    return held


def main() -> None:
    """Measure and print."""
    monitor = str(Path(sys.executable).with_name("monitor"))
    launcher, stay = [sys.executable, "-m", "support.launch"], [sys.executable, "-m", "support.stay"]
    with tempfile.TemporaryDirectory(prefix="night-") as folder:
        plain, airflow = Path(folder, "plain"), Path(folder, "airflow")
        alone, _ = run([monitor, "run"], plain)
        scheduled, _ = run(launcher, airflow)
        builds = len(list((airflow / "archive" / "runs").iterdir()))
        again_alone, _ = run([monitor, "run"], plain)
        again, said = run(launcher, airflow)
        news = len(list((airflow / "archive" / "runs").iterdir())) - builds
        run([*stay, "up"], airflow)
        try:
            time.sleep(IDLE_SECONDS)
            held = memory(airflow)
        finally:
            run([*stay, "down"], airflow)
        for path in (path for home in (plain, airflow) for path in home.rglob("*") if path.is_dir()):
            path.chmod(0o755)
    rows = [
        ("a night, `monitor run`", f"{alone:.1f} s"),
        ("a night under the scheduler", f"{scheduled:.1f} s, {scheduled - alone:+.1f} s (goal: +25)"),
        ("a night without news, `monitor run`", f"{again_alone:.1f} s"),
        ("a night without news under the scheduler", f"{again:.1f} s (goal: 30), {news} builds begun"),
        ("it says", next(line for line in said.splitlines() if "nothing new" in line)),
        ("`make up`, idle", f"{sum(held.values()):.0f} MB (goal: 1,400)"),
        *((f"  {name}", f"{size:.0f} MB") for name, size in held.items()),
    ]
    for what, figure in rows:
        print(f"{what:<44}{figure}")


if __name__ == "__main__":
    main()
