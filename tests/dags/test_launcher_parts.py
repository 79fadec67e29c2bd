"""The launcher's parts: nothing it started outlives it, one Airflow per home, and what a person sees."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from integrationsmonitor.errors import ConfigError
from support import launch
from support.console import Console, Tail, reason, task_log
from support.dataset_ids import DATASET_IDS
from support.home import AirflowHome, free_port, port_is_free
from support.metadata_types import FailedTask, NightState
from support.processes import end_sessions, members_of

PROJECT = Path(__file__).resolve().parents[2]

COMPONENTS = """
import os, signal, subprocess, sys, time
from pathlib import Path
from support.processes import Components

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); time.sleep(600)"])
    Path({folder!r}, f"child-{{os.getpid()}}").write_text(str(child.pid))
    time.sleep(600)

components = Components(watched=True)
components.start("one", Path({folder!r}, "one.log"), stubborn)
components.start("two", Path({folder!r}, "two.log"), stubborn)
print(*components.sessions.values(), flush=True)
try:
    sys.stdin.readline()
finally:
    components.stop()
"""


def start_components(folder: Path) -> tuple[subprocess.Popen, set[int]]:
    script = textwrap.dedent(COMPONENTS).format(folder=str(folder))
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "dags")}
    launcher = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    sessions = {int(pid) for pid in launcher.stdout.readline().split()}
    wait_for(lambda: len(list(folder.glob("child-*"))) == 2 and len(members_of(sessions)) == 4)
    return launcher, sessions


def wait_for(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def watchdogs_of(launcher: subprocess.Popen) -> list[psutil.Process]:
    children = psutil.Process(launcher.pid).children()
    return [child for child in children if os.getsid(child.pid) == child.pid and not child.children()]


def test_a_killed_launcher_takes_its_components_and_their_children_along(tmp_path):
    launcher, sessions = start_components(tmp_path)
    watchdogs = watchdogs_of(launcher)
    assert len(watchdogs) == 1
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    wait_for(lambda: not members_of(sessions))
    wait_for(lambda: not members_of({watchdogs[0].pid}))


def test_a_launcher_that_ends_by_itself_leaves_nobody_not_even_who_ignores_sigterm(tmp_path):
    launcher, sessions = start_components(tmp_path)
    launcher.stdin.close()
    assert launcher.wait(timeout=20) == 0
    assert members_of(sessions) == []


def test_a_second_airflow_in_one_home_is_refused_and_a_later_one_is_not(tmp_path):
    home = AirflowHome(tmp_path)
    first = home.lock()
    with pytest.raises(ConfigError, match="already running"):
        home.lock(patience=0.3)
    os.close(first)
    os.close(home.lock(patience=0.3))


def test_what_outlives_the_command_does_not_hold_its_output_open(tmp_path):
    """Else `make up | tee log` would end only with `make down`."""
    script = (
        "import time\nfrom pathlib import Path\nfrom support.console import Console\n"
        "from support.processes import Components\n"
        f"console, log = Console(), Path({str(tmp_path / 'log')!r})\n"
        "components = Components(watched=False)\n"
        "with console.airflow_to(log):\n    components.start('one', log, lambda: time.sleep(600))\n"
        "print(*components.sessions.values(), flush=True)\nconsole.say('airflow', 'runs')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "dags")}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30, check=True)
    assert done.stderr.startswith("airflow")
    session = int(done.stdout)
    assert members_of({session}) == [session]
    end_sessions({session}, grace=0)


def test_what_a_component_opens_stays_open_in_its_own_children(tmp_path):
    """They get the numbers that the console's had: closed again, they would cut a task's line to its supervisor."""
    script = (
        "import os\nfrom pathlib import Path\nfrom support.console import Console\n"
        "from support.processes import Components\n"
        f"def component(path={str(tmp_path / 'told')!r}):\n"
        "    handles = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for _ in range(9)]\n"
        "    pid = os.fork()\n"
        "    if not pid:\n"
        "        for handle in handles:\n            os.write(handle, b'.')\n"
        "        os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
        f"console, components = Console(), Components(watched=True)\n"
        f"with console.airflow_to(Path({str(tmp_path / 'log')!r})):\n"
        f"    components.start('one', Path({str(tmp_path / 'log')!r}), component)\n"
        "    os.waitpid(components.sessions['one'], 0)\n"
        "components.stop()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "dags")}
    subprocess.run([sys.executable, "-c", script], env=environment, timeout=30, check=True)
    assert (tmp_path / "told").read_bytes() == b"." * 9, (tmp_path / "log").read_text(encoding="utf-8")


def test_old_logs_go_and_new_ones_stay(tmp_path):
    home = AirflowHome(tmp_path)
    home.logs.mkdir()
    old, new = home.log_of("scheduler", "old"), home.log_of("scheduler", "new")
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    home.remove_old_logs()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_port_that_is_taken_is_not_free():
    import socket

    port = free_port()
    assert port_is_free(port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert not port_is_free(port)


def test_progress_shows_whole_lines_once_and_waits_for_half_ones(tmp_path):
    lines: list[tuple] = []

    class Recorder(Console):
        def __init__(self):
            pass

        def say(self, stage, text, **counts):
            lines.append((stage, text, counts))

    path = tmp_path / "progress.jsonl"
    tail = Tail(path, Recorder())
    first = json.dumps({"at": "2026-01-01", "stage": "fetch", "text": "13111", "count": 1, "seconds": 0.1}) + "\n"
    second = json.dumps({"at": "2026-01-01", "stage": "parse", "text": "Köln"}, ensure_ascii=False) + "\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(first + second[:-8])
        file.flush()
        tail.show_new()
        assert lines == [("fetch", "13111", {"count": 1, "seconds": 0.1})]
        file.write(second[-8:])
        file.flush()
        tail.show_new()
        tail.show_new()
    assert lines[1:] == [("parse", "Köln", {})]


def test_a_failed_task_is_shown_with_its_last_error_and_its_log(tmp_path):
    task = FailedTask("load_ba", "night-1", "load", 3, 1, "regio_13111_01_03_4", will_retry=False)
    log = task_log(tmp_path, task)
    assert log == tmp_path / "dag_id=load_ba/run_id=night-1/task_id=load/map_index=3/attempt=1.log"
    assert "no exception" in reason(log)
    log.parent.mkdir(parents=True)
    records = [
        {"event": "Task failed", "error_detail": [{"exc_type": "FetchError", "exc_value": "first"}]},
        {"event": "Task failed", "error_detail": [{"exc_type": "ContractError", "exc_value": "line 3: …\nmore"}]},
    ]
    log.write_text("not json\n" + "\n".join(map(json.dumps, records)), encoding="utf-8")
    assert reason(log) == "line 3: …"


FAILED = FailedTask("load_ba", "r", "load", 0, 1, "d", will_retry=False)
RETRIED = FailedTask("load_ba", "r", "load", 0, 1, "d", will_retry=True)


@pytest.mark.parametrize(
    ("night_says", "builds", "failures", "news", "expected"),
    [
        (0, ["success"], [], False, 0),
        (0, [], [], False, 0),
        (2, ["success"], [FAILED], False, 2),
        (0, ["success"], [FAILED], False, 2),  # a task that died before the night could note it
        (0, ["success"], [RETRIED], False, 0),
        (0, ["failed"], [], True, 1),
        (0, ["success", "failed"], [], True, 1),
        (0, ["failed", "success"], [], False, 0),
        (0, [], [], True, 1),  # news and no build
        (1, [], [FAILED], False, 1),
    ],
)
def test_the_exit_code_is_never_milder_than_what_airflow_saw(monkeypatch, night_says, builds, failures, news, expected):
    monkeypatch.setattr(launch.night, "exit_code", lambda _: night_says)
    monkeypatch.setattr(launch.night, "has_news", lambda _: news)
    state = NightState(done=True, tasks_ended=1, builds=builds, failures=failures)
    assert launch.exit_code(None, state, Console()) == expected


def test_a_catalogue_that_the_timetables_do_not_know_is_refused_before_airflow_starts(monkeypatch):
    known = [dataset_id for ids in DATASET_IDS.values() for dataset_id in ids]
    monkeypatch.setattr(launch.night, "plan", lambda _: [*known, "regio_new"])
    with pytest.raises(ConfigError, match="differ in regio_new: run `make ids`"):
        launch._check_dataset_list(None)
    monkeypatch.setattr(launch.night, "plan", lambda _: known)
    launch._check_dataset_list(None)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"MONITOR_SOURCE": ""}, "MONITOR_SOURCE is not set"),
        ({"MONITOR_SOURCE": "recorded", "MONITOR_CATALOG": "/nowhere"}, "MONITOR_CATALOG=/nowhere is not a folder"),
    ],
)
def test_a_broken_setting_is_one_line_and_code_1(tmp_path, settings, said):
    environment = {**os.environ, "MONITOR_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT / "dags"), **settings}
    command = [sys.executable, "-m", "support.launch"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error ")
    assert said in line
