"""A small engine: starts the services of a compose file as processes, in the order of their conditions, and restarts.

In: services and a folder for volumes and logs. Out: processes with the command, environment, user, mounts, privileges
and health checks that the compose file names, each in its own mount, PID and UTS namespace; all share one loopback.
Refuses: to wait longer than told for a service that does not get healthy; limits of memory are not enforced.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from composed import PROJECT, Health, Service
from image import LINKS, Image, image_of

CONTAINER = Path(__file__).with_name("container.py")
NAMESPACES = ("unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child")
START_INTERVAL = 2.0  # seconds between checks until the first good one
TICK = 0.2


@dataclass
class Running:
    """One service and what became of it."""

    service: Service
    image: Image
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    healthy: bool = False
    failures: int = 0
    checked: float = 0.0
    check: Future[str] | None = None
    exit_code: int | None = None
    restarts: int = 0
    wanted: bool = True
    complaint: str = ""


@dataclass
class Engine:
    """Starts, watches, restarts and ends."""

    services: dict[str, Service]
    folder: Path
    running: dict[str, Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make volumes as Docker does: with the owner that the image's folder has."""
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._checks = ThreadPoolExecutor(4)
        for folder in ("volumes", "logs", "roots", "specs"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        (self.folder / "roots").chmod(0o755)
        for service in self.services.values():
            self.running[service.name] = Running(service, image_of(service))
            for source, _, writable in service.mounts:
                volume = self.volume(source)
                if "/" not in source and writable and not volume.exists():
                    volume.mkdir()
                    os.chown(volume, *service.uid)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def volume(self, name: str) -> Path:
        """The folder of a named volume."""
        return self.folder / "volumes" / name

    def log(self, name: str) -> str:
        """What a service wrote so far."""
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def wait(self, limit: float) -> None:
        """Until all are healthy, or ended well where they are to end; raises TimeoutError with the reason."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            with self._lock:
                late = [name for name in self.running if not self._is_ready(name)]
                broken = [name for name, one in self.running.items() if one.exit_code and not one.service.restarts]
            if broken:
                raise TimeoutError(
                    f"{broken[0]} ended with {self.running[broken[0]].exit_code}:\n{self.log(broken[0])[-3000:]}"
                )
            if not late:
                return
            time.sleep(TICK)
        reasons = (f"{name}: {self.running[name].complaint}\n{self.log(name)[-1500:]}" for name in late)
        raise TimeoutError(f"not healthy within {limit:.0f} s:\n" + "\n".join(reasons))

    def kill(self, name: str) -> None:
        """SIGKILL to a whole container; the engine restarts it, as its policy says."""
        os.kill(self.pid(name), signal.SIGKILL)

    def stop(self, name: str, grace: float = 20.0) -> None:
        """Ask a service to end, then make it; it stays down."""
        with self._lock:
            one = self.running[name]
            one.wanted, process = False, one.process
        if process is None or process.poll() is not None:
            return
        try:
            os.kill(self.pid(name), signal.SIGTERM)
            process.wait(grace)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            process.kill()  # `unshare --kill-child` takes all of the namespace with it
            process.wait()

    def restart(self, name: str, grace: float = 20.0) -> None:
        """As `docker compose restart`."""
        self.stop(name, grace)
        with self._lock:
            self._start(self.running[name])

    def run_again(self, name: str, limit: float) -> None:
        """Run a one-shot service once more; raises TimeoutError where it fails."""
        with self._lock:
            self._start(self.running[name])
        self.wait(limit)

    def pid(self, name: str) -> int:
        """The first process of a container, as this namespace numbers it."""
        process = self.running[name].process
        if process is None:
            raise ProcessLookupError(name)
        text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        if not text.split():
            raise ProcessLookupError(name)
        return int(text.split()[0])

    def execute(self, name: str, command: list[str], timeout: float = 60.0) -> subprocess.CompletedProcess[bytes]:
        """As `docker compose exec`: in the namespaces, root, user and environment of the service."""
        one = self.running[name]
        enter = [
            "nsenter",
            "--target",
            str(self.pid(name)),
            "--mount",
            "--pid",
            "--uts",
            "--root",
            f"--wdns={one.image.workdir}",
        ]
        environment = {**one.image.environment, **one.service.environment, "HOSTNAME": one.service.hostname}
        words = ["env", "-i", *(f"{key}={value}" for key, value in environment.items()), *command]
        return subprocess.run(
            [*enter, *_privileges(one.service), *words], check=False, capture_output=True, timeout=timeout
        )

    def memory(self) -> dict[str, int]:
        """Bytes that each running service holds, pages that it shares with others in proportion (PSS)."""
        held = {}
        for name, one in self.running.items():
            if one.process is not None and one.process.poll() is None:
                held[name] = sum(_pss(pid) for pid in self._below(self.pid(name)))
        return held

    def _below(self, pid: int) -> list[int]:
        """All processes of a container but its first, which an engine would have, too."""
        found: list[int] = []
        with suppress(OSError):  # it ended meanwhile
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                for child in map(int, children.read_text(encoding="ascii").split()):
                    found += [child, *self._below(child)]
        return found

    def end(self) -> None:
        """End everything that was started here."""
        self._ended.set()
        self._watcher.join()
        with ThreadPoolExecutor(len(self.running)) as pool:
            list(pool.map(lambda name: self.stop(name, 8.0), self.running))
        self._checks.shutdown(cancel_futures=True)

    def _watch(self) -> None:
        while not self._ended.wait(TICK):
            with self._lock:
                for one in self.running.values():
                    self._look_at(one)

    def _look_at(self, one: Running) -> None:
        if not one.wanted:
            return
        if one.process is None:
            if self._may_start(one):
                self._start(one)
            return
        if (code := one.process.poll()) is not None:
            one.healthy, one.exit_code = False, code
            pause = 0.1 * 2 ** min(one.restarts, 6)
            if one.service.restarts and time.monotonic() - one.started > pause:
                one.restarts += 1
                self._start(one)
            return
        if one.service.health is not None:
            self._check(one, one.service.health)

    def _check(self, one: Running, health: Health) -> None:
        now = time.monotonic()
        if one.check is None:
            if now - one.checked >= (health.interval if one.healthy else START_INTERVAL):
                one.checked = now
                one.check = self._checks.submit(self._ask, one.service.name, health)
        elif one.check.done():
            complaint, one.check = one.check.result(), None
            one.failures = one.failures + 1 if complaint else 0
            one.complaint = complaint
            one.healthy = not complaint or (one.healthy and one.failures < health.retries)

    def _ask(self, name: str, health: Health) -> str:
        try:
            done = self.execute(name, health.command, health.timeout)
        except (subprocess.TimeoutExpired, OSError) as problem:
            return str(problem)
        return (done.stderr + done.stdout).decode(errors="replace")[-500:] or "failed" if done.returncode else ""

    def _may_start(self, one: Running) -> bool:
        return all(self._is_met(name, condition) for name, condition in one.service.waits_for.items())

    def _is_met(self, name: str, condition: str) -> bool:
        if condition == "service_completed_successfully":
            return self.running[name].exit_code == 0
        return self.running[name].healthy if condition == "service_healthy" else self.running[name].process is not None

    def _is_ready(self, name: str) -> bool:
        one = self.running[name]
        if not one.wanted:
            return True
        if not one.service.restarts:
            return one.exit_code == 0
        return one.healthy if one.service.health else one.process is not None

    def _start(self, one: Running) -> None:
        name = one.service.name
        root = self.folder / "roots" / name
        root.mkdir(exist_ok=True)
        spec = self.folder / "specs" / f"{name}.json"
        spec.touch(0o600)
        spec.write_text(json.dumps(self._spec(one, root)), encoding="utf-8")
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            os.fchown(log.fileno(), *one.service.uid)  # as an engine does, or nobody may open /dev/stderr anew
            one.process = subprocess.Popen(
                [*NAMESPACES, sys.executable, str(CONTAINER), str(spec)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        one.started, one.wanted, one.healthy, one.failures, one.exit_code = time.monotonic(), True, False, 0, None
        one.checked = time.monotonic()

    def _spec(self, one: Running, root: Path) -> dict[str, object]:
        service, image = one.service, one.image
        binds = [(source, target, False) for source, target in image.binds.items()]
        for source, target, writable in service.mounts:
            path = PROJECT / source if "/" in source else self.volume(source)
            binds.append((str(path), target, writable))
        return {
            "root": str(root),
            "hostname": service.hostname,
            "links": LINKS,
            "binds": binds,
            "tmpfs": service.tmpfs,
            "files": {
                "/etc/passwd": f"root:x:0:0::/root:/bin/sh\n{image.passwd}\n",
                "/etc/group": f"root:x:0:\n{image.passwd.partition(':')[0]}:x:{service.uid[1]}:\n",
                "/etc/hosts": _hosts(service.hostname, self.services),
            },
            "read_only": bool(service.raw.get("read_only")),
            "workdir": image.workdir,
            "privileges": _privileges(service),
            "command": [*image.entrypoint, *service.command],
            "environment": {**image.environment, **service.environment},
        }


def _hosts(own: str, services: dict[str, Service]) -> str:
    """Every service is a neighbour on the one loopback; its first name is a container's own."""
    names = [own, "localhost", *services, "statsd-exporter", *(service.hostname for service in services.values())]
    return f"127.0.0.1 {' '.join(dict.fromkeys(names))}\n"


def _privileges(service: Service) -> list[str]:
    """The words that take a process down to what the compose file leaves it."""
    user, group = service.uid
    words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    if service.raw.get("cap_drop") == ["ALL"]:
        words += ["--inh-caps=-all", "--bounding-set=-all"]
    if "no-new-privileges:true" in (service.raw.get("security_opt") or []):
        words.append("--no-new-privs")
    return words


def _pss(pid: int) -> int:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace")
        return sum(int(size) * 1024 for size in re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE))
    return 0
