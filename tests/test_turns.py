"""Turns at a host: within a process, across processes, and after one that was killed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integrationsmonitor.turns import Turns

HOST = "example.org:443"
HOLD = """
import sys, time
from pathlib import Path
from integrationsmonitor.turns import Turns
with Turns(Path(sys.argv[1])).at(sys.argv[2]):
    print("mine", flush=True)
    time.sleep(float(sys.argv[3]))
"""


def holding(folder: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), HOST, str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    return process


@pytest.mark.parametrize("shared", [False, True])
def test_a_host_knows_how_long_it_rested(tmp_path, shared):
    turns = Turns(tmp_path) if shared else Turns()
    with turns.at(HOST) as rested:
        assert rested == math.inf
    with turns.at(HOST) as rested:
        assert 0 <= rested < 5
    with turns.at("another.example") as rested:
        assert rested == math.inf


@pytest.mark.parametrize("shared", [False, True])
def test_threads_take_turns(tmp_path, shared):
    turns, inside, most = (Turns(tmp_path) if shared else Turns()), [], []

    def ask(number: int) -> None:
        with turns.at(HOST):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.001)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    assert max(most) == 1


def test_a_turn_that_failed_is_given_back(tmp_path):
    turns = Turns(tmp_path)
    with pytest.raises(ValueError, match="broken"), turns.at(HOST):
        raise ValueError("broken")
    with turns.at(HOST) as rested:
        assert rested < 5


def test_another_process_waits_for_its_turn(tmp_path):
    process = holding(tmp_path, 0.5)
    with Turns(tmp_path).at(HOST) as rested:
        assert rested < 5  # the other one asked just now; it had the turn to itself
        assert process.wait(timeout=10) == 0


def test_a_killed_process_blocks_nobody(tmp_path):
    process = holding(tmp_path, 60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    with Turns(tmp_path).at(HOST):
        assert process.stdout is not None
    process.stdout.close()


def test_a_clock_that_was_set_back_counts_as_no_rest(tmp_path):
    turns = Turns(tmp_path)
    with turns.at(HOST):
        pass
    (file,) = tmp_path.iterdir()
    os.utime(file, (time.time() + 9999,) * 2)
    with turns.at(HOST) as rested:
        assert rested == 0
