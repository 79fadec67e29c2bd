"""The real scheduler, started by the launcher as `make run` does, on the recorded source. Slow: minutes."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.dataset_ids import DATASET_IDS
from support.home import AirflowHome

PROJECT = Path(__file__).resolve().parents[2]
ALL_IDS = {dataset_id for ids in DATASET_IDS.values() for dataset_id in ids}
NOT_RECORDED = {dataset_id for dataset_id in ALL_IDS if dataset_id.startswith(("ba_", "tls_"))}
RECORDED = ALL_IDS - NOT_RECORDED
DAMAGED = "regio_21111_02_06_4"

pytestmark = pytest.mark.slow


def start(home: Path, **settings: str) -> subprocess.Popen:
    environment = {
        **os.environ,
        "MONITOR_HOME": str(home),
        "MONITOR_SOURCE": "recorded",
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "dags"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        **settings,
    }
    command = [sys.executable, "-m", "support.launch"]
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def night(home: Path, **settings: str) -> tuple[int, str]:
    launcher = start(home, **settings)
    try:
        output, _ = launcher.communicate(timeout=600)
    finally:
        launcher.kill()
    assert_nobody_lives(home, patience=0.0)
    return launcher.returncode, output


def assert_nobody_lives(home: Path, patience: float) -> None:
    """Every process of a launcher holds the home's lock by inheritance: whoever gets it is alone."""
    os.close(AirflowHome(home / "airflow").lock(patience=patience))


def release_of(home: Path) -> dict:
    return json.loads((home / "current" / "release.json").read_text(encoding="utf-8"))


def builds_in(output: str) -> int:
    return len(re.findall(r"^build .*dbt build", output, re.MULTILINE))


@pytest.fixture(scope="module")
def first_night(tmp_path_factory) -> tuple[Path, int, str]:
    home = tmp_path_factory.mktemp("night")
    return home, *night(home)


def test_a_night_runs_through_the_scheduler_and_ends_with_a_release(first_night):
    home, code, output = first_night
    assert code == 0, output
    assert (home / "current" / "warehouse.duckdb").exists()
    assert builds_in(output) == 1
    for stage in ("fetch", "load", "build", "publish", "airflow"):
        assert re.search(rf"^{stage} ", output, re.MULTILINE), stage
    assert {dataset_id for dataset_id in ALL_IDS if f"{dataset_id}: new" in output} == RECORDED
    assert {dataset_id for dataset_id in ALL_IDS if f"{dataset_id}: nothing there" in output} == NOT_RECORDED
    assert release_of(home)["release_id"] in output


def asked(home: Path, sql: str) -> list[tuple]:
    """Rows of Airflow's metadata."""
    with contextlib.closing(sqlite3.connect(f"file:{home}/airflow/airflow.db?mode=ro", uri=True)) as con:
        return con.execute(sql).fetchall()


def test_two_loads_that_end_apart_make_one_build_and_the_second_run_finds_nothing_to_do(first_night):
    home, _, _ = first_night
    ends = asked(home, "select dag_id, end_date from dag_run where dag_id like 'load_%'")
    assert len({end for _, end in ends}) == 2, "the loads ended at the very same moment: nothing was tried"
    states = asked(home, "select state from task_instance where task_id = 'build_and_publish'")
    assert states.count(("success",)) == 1
    assert set(states) <= {("success",), ("skipped",)}
    assert len(list((home / "releases").iterdir())) == 1


def test_the_log_of_the_build_tells_the_story_and_that_of_a_load_too(first_night):
    home, _, _ = first_night
    logs = home / "airflow" / "logs"
    [build] = logs.glob("dag_id=build_warehouse/*/task_id=build_and_publish/*.log")
    said = [
        json.loads(line).get("event", "") for line in build.read_text(encoding="utf-8").splitlines() if line[0] == "{"
    ]
    release = release_of(home)["release_id"]
    head = next(
        number for number, line in enumerate(said) if re.fullmatch(rf"build 1: released, \d+ s {release}", line)
    )
    told = said[head:]
    unfolded = told[: told.index("::group::every model and test")] + told[told.index("::endgroup::") :]
    assert len(unfolded) < 60, "the story no longer fits one screen"
    assert any(re.match(r"ok +step +\d+\.\d\d .* gate$", line) for line in told)
    assert any(re.fullmatch(r"dbt: \d+ models, \d+ tests", line) for line in told)
    assert sum(bool(re.match(r"ok +test ", line)) for line in told) > 100
    assert f"  what is new      {home / 'current'}/diff.md" in told
    load = next(logs.glob("dag_id=load_ba/*/task_id=load/map_index=0/*.log"))
    assert "  answers " in load.read_text(encoding="utf-8")
    assert '"level": "error"' not in load.read_text(encoding="utf-8").replace('":"', '": "'), "progress is no error"


@pytest.mark.parametrize(
    ("dag_id", "conf", "ended"),
    [
        ("load_ba", "", {"success"}),
        ("load_tls", '{"everything": true}', {"success"}),
        ("build_warehouse", "", {"skipped"}),
        ("backfill", '{"datasets": ["regio_13111_01_03_4"], "action": "reparse", "reason": "a try"}', {"success"}),
        ("watch_sources", "", {"success"}),
    ],
)
def test_each_timetable_runs_by_hand_and_changes_nothing_that_is_released(first_night, dag_id, conf, ended):
    home, _, _ = first_night
    before = release_of(home)
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home / "by-hand"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "MONITOR_HOME": str(home),
        "MONITOR_SOURCE": "recorded",
        "PYTHONPATH": str(PROJECT / "dags"),
    }
    airflow = Path(sys.executable).with_name("airflow")
    if not (home / "by-hand" / "airflow.db").exists():
        subprocess.run([airflow, "db", "migrate"], env=environment, capture_output=True, check=True, timeout=300)
        subprocess.run([airflow, "dags", "reserialize"], env=environment, capture_output=True, check=True, timeout=300)
    command = [airflow, "dags", "test", dag_id, *(["--conf", conf] if conf else [])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with contextlib.closing(sqlite3.connect(home / "by-hand" / "airflow.db")) as con:
        states = con.execute("select distinct state from task_instance where dag_id = ?", [dag_id]).fetchall()
    assert {state for (state,) in states} == ended
    assert release_of(home) == before


def test_a_second_night_asks_every_source_finds_nothing_new_and_builds_nothing(first_night):
    home, _, _ = first_night
    before = release_of(home)
    code, output = night(home)
    assert code == 0, output
    nothing = ("unchanged", "not among the source's changes")
    assert {i for i in ALL_IDS if any(f"{i}: {words}" in output for words in nothing)} == RECORDED
    assert builds_in(output) == 0
    assert "nothing new: the current release stays" in output
    assert release_of(home) == before
    assert len(list((home / "archive" / "runs").iterdir())) == 1, "a build was begun"


def test_everything_airflow_writes_stays_below_its_home(first_night):
    home, _, _ = first_night
    assert (home / "airflow" / "airflow.db").exists()
    assert not (PROJECT / "airflow.db").exists()
    assert not list(PROJECT.glob("airflow.cfg"))


def damage(recordings: Path) -> None:
    """Rename one column in every recorded answer of one table, and keep the manifest's checksums right."""
    manifest_path = recordings / "manifest.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    table = DAMAGED.removeprefix("regio_").replace("_", "-")
    entries = [entry for entry in manifest["recordings"] if entry["table"] == table]
    assert entries
    for entry in entries:
        path = recordings / entry["path"]
        with zipfile.ZipFile(path) as archive:
            [name] = archive.namelist()
            text = archive.read(name).decode("utf-8-sig")
        assert "value_unit" in text
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, text.replace("value_unit", "value_einheit").encode("utf-8-sig"))
        entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest_path.write_text(json.dumps(manifest), encoding="utf-8")


def test_one_rejected_dataset_is_named_the_others_are_released_and_the_code_is_2(tmp_path):
    recordings = tmp_path / "recordings"
    shutil.copytree(PROJECT / "recordings", recordings)
    damage(recordings)
    home = tmp_path / "var"
    code, output = night(home, MONITOR_RECORDINGS=str(recordings))
    assert code == 2, output
    [failure] = re.findall(r"^failed .*$", output, re.MULTILINE)  # red at once: no retry is shown, no second failure
    assert DAMAGED in failure
    assert "value_einheit" in failure or "value_unit" in failure
    log = Path(failure.rsplit(" · ", 1)[1])
    assert log.is_file()
    assert not re.search(r"^retry ", output, re.MULTILINE)
    states = {entry["dataset_id"]: entry["observations"] for entry in release_of(home)["datasets"]}
    assert {dataset_id for dataset_id, count in states.items() if count} == RECORDED - {DAMAGED}


def test_a_killed_launcher_leaves_no_process_and_the_next_night_is_whole(tmp_path):
    home = tmp_path / "var"
    for sign in ("airflow", "load ", "build "):
        launcher = start(home)
        lines = []
        for line in launcher.stdout:
            lines.append(line)
            if line.startswith(sign):
                break
        else:
            pytest.fail(f"ended before {sign!r}: {''.join(lines)}")
        launcher.send_signal(signal.SIGKILL)
        launcher.wait()
        assert_nobody_lives(home, patience=10.0)
        with contextlib.suppress(FileNotFoundError):
            assert "release_id" in release_of(home)  # whatever `current` names is whole
    code, output = night(home)
    assert code == 0, output
    assert builds_in(output) == 1
    assert release_of(home)["release_id"] in output


def test_an_asked_end_stops_everything_and_says_that_nothing_was_released(tmp_path):
    launcher = start(tmp_path / "var")
    for line in launcher.stdout:
        if line.startswith("load "):
            break
    launcher.terminate()
    output = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == 1
    assert "ended by SIGTERM" in output
    assert_nobody_lives(tmp_path / "var", patience=0.0)
