"""A process that has imported what a build needs, and forks into `monitor …`: imports cost more than a small night.

As a program it reads one JSON line per command (arguments, environment, folder, files for its output) and answers with
the exit code. The command itself is the real one: its own process, environment and streams.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any


def run(arguments: Sequence[str], environment: Mapping[str, str], cwd: Path, patience: float) -> tuple[int, str, str]:
    """Run `monitor …` and wait for its end; returns exit code, standard output and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        order = {"arguments": [*arguments], "environment": dict(environment), "cwd": str(cwd)}
        server = _server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps({**order, "out": str(out), "err": str(err), "patience": patience}) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    atexit.register(server.terminate)
    return server


def _serve(orders: IO[str], answers: IO[str]) -> None:
    for line in orders:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_command(order))
        signal.alarm(int(order["patience"]))
        signal.signal(signal.SIGALRM, lambda *_, group=child: os.killpg(group, signal.SIGKILL))
        _, status = os.waitpid(child, 0)
        signal.alarm(0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


def _command(order: Mapping[str, Any]) -> int:
    """In the forked process: become the command."""
    os.setsid()
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["cwd"])
    for stream, target in ((1, order["out"]), (2, order["err"])):
        file = os.open(target, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, stream)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["monitor", *order["arguments"]]
    from integrationsmonitor.cli import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _import_all() -> None:
    import pyarrow.compute
    import pyarrow.parquet  # noqa: F401

    from integrationsmonitor import cli, night  # noqa: F401
    from integrationsmonitor.quality import validation

    with validation._great_expectations():
        pass
    _parse_once()


def _parse_once() -> None:
    """Let dbt read the project once, and every build of this very project start from what it read."""
    import dbt.cli.main as dbt

    from integrationsmonitor import warehouse
    from integrationsmonitor.settings import Settings

    project = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        place = {"MONITOR_SOURCE": "recorded", "MONITOR_HOME": folder, "MONITOR_PROJECT": str(project)}
        settings = Settings.from_env(place)
        with warehouse._dbt(settings, settings.candidate) as run:
            outcome = run(["parse"], lambda _: None)
    assert outcome.success, outcome.exception
    assert threading.active_count() == 1, "a process with threads must not fork"

    class Runner(dbt.dbtRunner):
        def invoke(self, args: list[str], **kwargs: Any) -> Any:
            if str(project / "dbt_project") in args:
                self.manifest = outcome.result
            return super().invoke(args, **kwargs)

    dbt.dbtRunner = Runner  # type: ignore[misc]


if __name__ == "__main__":
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print on their way in is no answer
    _import_all()
    _serve(orders, answers)
