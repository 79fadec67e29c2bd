"""What the images of the compose file hold, taken from this machine: the twin's stand-in for `docker build` and `pull`.

In: the Dockerfile, .venv-server, Debian's programs. Out: for a service, the folders of its root, its PATH, and what its
image's entrypoint does before the command. Refuses: an image that it has no programs for.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from composed import PROJECT, Service

HOME = "/opt/monitor"
VENV = ".venv-server"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SYSTEM = (
    "/usr",
    "/etc/alternatives",
    "/etc/ssl",
    "/etc/ld.so.cache",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/mime.types",
)
LINKS = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64"}

# What docker-entrypoint.sh of postgres does at the first start of an empty volume, with Debian's programs
POSTGRES_ENTRYPOINT = """
set -e
cd /tmp
data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
    (umask 077; printf '%s\\n' "$POSTGRES_PASSWORD" > /tmp/pw)
    initdb --pgdata "$data" --username "$POSTGRES_USER" --pwfile /tmp/pw --auth-local trust \\
        --encoding UTF8 --locale C.UTF-8 $POSTGRES_INITDB_ARGS
    rm /tmp/pw
    echo "create database $POSTGRES_DB" | postgres --single -D "$data" postgres
fi
exec "$@" -D "$data"
"""


@dataclass(frozen=True)
class Image:
    """The root of one service: source on this machine → path in the container, both read-only."""

    binds: dict[str, str]
    environment: dict[str, str]
    workdir: str
    passwd: str
    entrypoint: list[str] = field(default_factory=list)


def image_of(service: Service) -> Image:
    """The stand-in for the image of a service."""
    if "build" in service.raw:
        return _our_image()
    name = str(service.raw["image"]).partition(":")[0]
    binds = {path: path for path in SYSTEM if Path(path).exists()}
    if name == "postgres":
        [programs] = Path("/usr/lib/postgresql").glob("*/bin")
        entrypoint = ["/bin/sh", "-c", POSTGRES_ENTRYPOINT, "entrypoint"]
        return Image(binds, {"PATH": f"{programs}:{PATH}"}, "/", "postgres:x:999:999::/tmp:/bin/sh", entrypoint)
    if name in ("redis", "nginx"):
        return Image(binds, {"PATH": PATH}, "/", "redis:x:999:999::/data:/bin/sh")
    raise LookupError(f"{service.name}: no programs of this machine stand in for the image {name}")


def _our_image() -> Image:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile.rpartition("\nFROM ")[2]
    binds = {path: path for path in SYSTEM if Path(path).exists()}
    for source, target in re.findall(r"^COPY (?!--)(\S+) (\S+)$", last_stage, re.MULTILINE):
        binds[str(PROJECT / source)] = f"{HOME}/{target}"
    # COPY --from=builder: what the first stage made out of the lock file, and the package itself
    binds[str(PROJECT / VENV)] = f"{HOME}/.venv"
    binds[str(PROJECT / "src")] = f"{HOME}/src"
    binds |= {path: path for path in _interpreter()}
    environment = {"PATH": PATH}
    for line in re.findall(r"^ENV (.+)$", last_stage, re.MULTILINE):
        for word in line.split():
            name, _, value = word.partition("=")
            environment[name] = value.replace("$PATH", environment["PATH"])
    return Image(binds, environment, HOME, "monitor:x:10001:10001::/tmp:/usr/sbin/nologin")


def _interpreter() -> list[str]:
    """The folder of the Python that .venv-server was made with, where it is not the system's."""
    text = (PROJECT / VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    [home] = re.findall(r"^home = (.+)$", text, re.MULTILINE)
    prefix = (Path(home) / "python3").resolve().parents[1]
    return [] if prefix.is_relative_to("/usr") else [str(prefix)]


def missing() -> list[str]:
    """What must be installed before the twin can start; one line each."""
    lines = []
    if not (PROJECT / VENV / "bin" / "airflow").exists():
        lines.append(f"{VENV}: `make {VENV}/.installed` fills it")
    for program in ("docker-compose", "redis-server", "nginx", "unshare", "nsenter", "setpriv", "ip"):
        if not any((Path(folder) / program).exists() for folder in PATH.split(":")):
            lines.append(f"{program}: scripts/install_topology.sh installs it")
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        lines.append("postgres: scripts/install_topology.sh installs it")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(missing()) or 0)
