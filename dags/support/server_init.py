"""The one-shot service `init` of docker-compose.yml: after it the other services may start; it may run again any time.

In: the environment of the compose file, with a password for each user. Out: the metadata in the state of this version,
the pool, the users `viewer`, `operator` and `admin` with the passwords of the environment, the home with the mode of
each folder. Refuses: a missing password; a home of the other source.

    python -m support.server_init
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from airflow.providers.fab.www.security_manager import AirflowSecurityManagerV2

ROLES = {"viewer": "Viewer", "operator": "Op", "admin": "Admin"}
SHORTEST_PASSWORD = 16
# The web server's user is none of ours and passes through the home to `current`; what it may not read is closed to it
# by mode, whatever its configuration says. Listing the home is not needed for passing.
HOME_MODE, PRIVATE_MODE, SHOWN_MODE, FILE_MODE = 0o711, 0o700, 0o755, 0o600
SHOWN = ("releases",)
PRIVATE = ("airflow", "archive", "candidate", "jobs", "landing", "local", "quarantine", "tmp", "turns")


def prepare_home(home: Path) -> None:
    """Make the folders, and close all but the releases to other users; files of the home itself, too."""
    home.chmod(HOME_MODE)
    for name in (*PRIVATE, *SHOWN):
        (home / name).mkdir(exist_ok=True)
    for path in home.iterdir():
        if path.is_symlink():
            continue
        shown = path.name in SHOWN
        path.chmod(FILE_MODE if path.is_file() else SHOWN_MODE if shown else PRIVATE_MODE)


def passwords(environment: Mapping[str, str]) -> dict[str, str]:
    """The users' passwords; ConfigError names the variable of one that is missing or short enough to be guessed."""
    found = {}
    for user in ROLES:
        name = f"AIRFLOW_{user.upper()}_PASSWORD"
        found[user] = environment.get(name, "")
        if len(found[user]) < SHORTEST_PASSWORD:
            raise ConfigError(f"{name}: expected at least {SHORTEST_PASSWORD} signs; `make secrets` makes one")
    return found


def prepare_metadata() -> None:
    """Create or migrate the tables, FAB's included, and make the pool."""
    from airflow.utils.db import initdb

    from support import metadata

    initdb()
    metadata.make_pool()


def set_users(given: Mapping[str, str]) -> None:
    """Let each user exist with its one role and this password; other users stay as they are."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        manager: AirflowSecurityManagerV2 = builder.sm
        manager.sync_roles()
        for name, password in given.items():
            role = manager.find_role(ROLES[name])
            user = manager.find_user(username=name)
            if user is None:
                manager.add_user(name, name, "Monitor", f"{name}@monitor.invalid", role, password)
                continue
            manager.reset_password(user.id, password)
            user.roles, user.active = [role], True
            manager.update_user(user)


def main() -> int:
    """Do all of it; one line says what stands."""
    try:
        settings = Settings.from_env()
        given = passwords(os.environ)
        settings.claim_home()
        prepare_home(settings.home)
        prepare_metadata()
        set_users(given)
    except MonitorError as problem:
        print(f"init: {problem}", file=sys.stderr)
        return 1
    print(f"init: metadata migrated, users {', '.join(ROLES)}, home {settings.home} (source: {settings.mode})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
