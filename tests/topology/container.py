"""The first process of one container: makes its root, takes its user, runs its command, and waits like `docker --init`.

In: a JSON file with what to mount and run; it is started in new mount, PID and UTS namespaces. Out: the command's exit
code. Refuses: nothing; a mount that fails ends it. Stands alone, since it runs before there is anything to import from.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path


def mount(*arguments: str) -> None:
    """Mount, or end."""
    subprocess.run(["mount", *arguments], check=True)


def make_root(root: Path, spec: dict) -> None:
    """A root of its own: a folder in memory with nothing but what the image and the volumes hold."""
    mount("-t", "tmpfs", "-o", "mode=755", "root", str(root))
    for path, target in spec["links"].items():
        (root / path.lstrip("/")).symlink_to(target)
    for source, target, writable in spec["binds"]:
        place = root / target.lstrip("/")
        if Path(source).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        mount("--bind", source, str(place))
        if not writable:
            mount("-o", "remount,bind,ro", str(place))
    for folder in ("proc", "dev", "etc"):
        (root / folder).mkdir(exist_ok=True)
    mount("--rbind", "/dev", str(root / "dev"))
    mount("-t", "proc", "proc", str(root / "proc"))
    for folder in spec["tmpfs"]:
        place = root / folder.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev,noexec", "tmpfs", str(place))
    for path, text in spec["files"].items():
        (root / path.lstrip("/")).write_text(text, encoding="utf-8")
    if spec["read_only"]:
        mount("-o", "remount,bind,ro", str(root))


def main() -> int:
    """Start and wait; every child that lost its parent is collected here."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    root = Path(spec["root"])
    make_root(root, spec)
    subprocess.run(["hostname", spec["hostname"]], check=True)
    os.chroot(root)
    os.chdir(spec["workdir"])
    child = os.fork()
    if not child:
        os.setsid()
        command = [*spec["privileges"], *spec["command"]]
        os.execvpe(command[0], command, {**spec["environment"], "HOSTNAME": spec["hostname"]})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: os.kill(child, caught))
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
