"""Write .env, without which docker-compose.yml does not start: every secret made here, none by default.

In: nothing, or names of secrets to renew. Out: .env (0600) beside docker-compose.yml, and what to do next. Refuses: to
overwrite a .env that exists; to renew a secret that it does not know. Uses nothing but Python's own library: a server
needs no environment of ours.

    python3 scripts/make_secrets.py [--file FILE] [--source live|recorded] [--rotate NAME…]
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import secrets
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
RESTART = "docker compose up -d"
SET_POSTGRES = (
    """docker compose exec postgres sh -c 'echo "alter role airflow password :'"'"'new'"'"'" """
    """| psql -U airflow -v new="$POSTGRES_PASSWORD"'"""
)

# name of the secret → what it opens, and what to run once it was renewed
SECRETS = {
    "POSTGRES_PASSWORD": ("Airflow's metadata", ["docker compose up -d postgres", SET_POSTGRES, RESTART]),
    "REDIS_PASSWORD": ("the queue of the workers; renew it when no task runs", [RESTART]),
    "AIRFLOW_FERNET_KEY": (
        "encrypts connections in the metadata",
        [
            RESTART,
            "docker compose exec scheduler airflow rotate-fernet-key",
            "(then keep only the first key of AIRFLOW_FERNET_KEY in .env)",
            RESTART,
        ],
    ),
    "AIRFLOW_JWT_SECRET": ("signs tokens: all users log in anew, running tasks are tried again", [RESTART]),
    "AIRFLOW_API_SECRET": ("signs sessions of the page: all users log in anew", [RESTART]),
    "AIRFLOW_ADMIN_PASSWORD": ("the user `admin`", [RESTART]),
    "AIRFLOW_OPERATOR_PASSWORD": ("the user `operator`", [RESTART]),
    "AIRFLOW_VIEWER_PASSWORD": ("the user `viewer`", [RESTART]),
    "GRAFANA_ADMIN_PASSWORD": (
        "the user `admin` of Grafana",
        [
            "docker compose --profile monitoring up -d grafana",
            "docker compose exec grafana sh -c "
            """'grafana cli admin reset-admin-password "$GF_SECURITY_ADMIN_PASSWORD"'""",
        ],
    ),
}
FERNET = "AIRFLOW_FERNET_KEY"
JWT = "AIRFLOW_JWT_SECRET"

HEAD = """\
# Made by `make secrets`. Everything below the line is secret: keep this file to the user who starts Docker (0600), and
# out of every repository and backup that others read. Renew one secret: scripts/make_secrets.py --rotate NAME

# server: two Celery workers; local: one small machine. `--profile` on the command line replaces it
COMPOSE_PROFILES=server
COMPOSE_PROJECT_NAME=integrationsmonitor

# live asks the real hosts, recorded serves the answers shipped with the project; a home belongs to one of them for ever
MONITOR_SOURCE={source}

# Only this machine reaches the pages; TLS in front of them: docs/compose.md
MONITOR_BIND=127.0.0.1
AIRFLOW_PORT=8080
EXPORTS_PORT=8081
AIRFLOW_BASE_URL=http://localhost:8080
MONITOR_URL=http://localhost:8081
AIRFLOW_COOKIE_SECURE=False

# True with `--profile monitoring`
AIRFLOW_STATSD=False

# Where only a proxy reaches the net: http://proxy.amt.example:3128
HTTPS_PROXY=

# Accounts of the sources (live) and alerts: docs/operations.md. Single quotes around values with $ or spaces
REGIO_USER=
REGIO_PASSWORD=
DESTATIS_USER=
DESTATIS_PASSWORD=
MONITOR_ALERT_EMAIL=
MONITOR_ALERT_WEBHOOK=
AIRFLOW_CONN_SMTP_DEFAULT=

# --- made once, known to nobody ---
"""


class RefusedError(Exception):
    """What was asked cannot be done; says why and what to do."""


def new_secret(name: str) -> str:
    """At least 256 bits without signs that a URL or a shell would read; Fernet wants its own form, tokens 512 bits."""
    if name == FERNET:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(64 if name == JWT else 32)


def text_of(source: str) -> str:
    """A whole new .env."""
    lines = (f"# {what}\n{name}={new_secret(name)}\n" for name, (what, _) in SECRETS.items())
    return HEAD.format(source=source) + "".join(lines)


def create(file: Path, source: str) -> None:
    """Write it where there is none yet."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RefusedError(
            f"{file} exists and is not overwritten: what it opens would stay locked. "
            f"Renew single secrets with --rotate NAME; names: {', '.join(SECRETS)}"
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        os.fchmod(handle, 0o600)
        target.write(text_of(source))


def rotate(file: Path, names: list[str]) -> list[str]:
    """Renew these secrets in place, and return the commands that make the services follow."""
    if unknown := sorted(set(names) - set(SECRETS)):
        raise RefusedError(f"{', '.join(unknown)}: not a secret made here; names: {', '.join(SECRETS)}")
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as problem:
        raise RefusedError(f"{file}: {problem.strerror}; `make secrets` makes one") from None
    for name in names:
        line = re.compile(rf"^{name}=(.*)$", re.MULTILINE)
        if not (old := line.search(text)):
            raise RefusedError(f"{file} has no line {name}=…: add one with any value, then rotate it")
        # the first key encrypts, all of them decrypt: what is stored stays readable until it is encrypted anew
        kept = f",{old[1]}" if name == FERNET else ""
        text = text[: old.start(1)] + new_secret(name) + kept + text[old.end(1) :]
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)
    temporary.replace(file)
    steps = [step for name in names for step in SECRETS[name][1]]
    return [step for number, step in enumerate(steps) if step not in steps[number + 1 :]]


def main(arguments: list[str]) -> int:
    """Read the command line and say what was done."""
    parser = argparse.ArgumentParser(
        description="Write .env with all secrets of docker-compose.yml, or renew some of them.",
        epilog="secrets: " + "; ".join(f"{name} ({what})" for name, (what, _) in SECRETS.items()),
    )
    parser.add_argument("--file", type=Path, default=PROJECT / ".env", help="default: .env beside docker-compose.yml")
    parser.add_argument("--source", choices=("live", "recorded"), default="live", help="MONITOR_SOURCE (default: live)")
    parser.add_argument("--rotate", nargs="+", metavar="NAME", help="renew these secrets, and say what to run then")
    given = parser.parse_args(arguments)
    try:
        if given.rotate:
            steps = rotate(given.file, given.rotate)
            print(f"{given.file}: renewed {', '.join(given.rotate)}. Now run:")
            print("\n".join(f"    {step}" for step in steps))
        else:
            create(given.file, given.source)
            print(f"{given.file}: written, readable by you alone. Fill in the accounts of the sources, then run:")
            print("    docker compose up -d --build")
            print("Log in as viewer, operator or admin; the passwords stand in the file.")
    except RefusedError as refusal:
        print(f"make_secrets: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
