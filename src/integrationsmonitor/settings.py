"""Settings of one run, read once from the environment. Refuses what is missing, misspelt or of the other mode.

A MONITOR_HOME belongs to one source mode for ever (recorded figures must never be mistaken for live ones): the first
run stamps it, every later run with the other mode is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from integrationsmonitor.errors import ConfigError

MODES = ("recorded", "live")
LIVE_BASE_URLS = {
    "regio": "https://www.regionalstatistik.de/genesisws/rest/2020/",
    "destatis": "https://genesis.destatis.de/genesisWS/rest/2020/",
    "ba_api": "https://statistik-dr.arbeitsagentur.de/bifrontend/bids-api/",
    "ba": "https://statistik.arbeitsagentur.de/",
    "tls": "https://statistik.thueringen.de/",
}
HOSTS_WITH_ACCOUNT = ("regio", "destatis")
# The recorded source knows one pair of credentials, which open nothing but the replay server on loopback.
RECORDED_CREDENTIALS = ("recorded", "recorded")
STAMP = "source-mode"  # the file of a home that says which source it belongs to
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Settings:
    """Where things are and which source is asked."""

    mode: str
    home: Path
    project: Path
    catalog: Path
    recordings: Path
    base_urls: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read MONITOR_SOURCE, MONITOR_HOME, MONITOR_CATALOG, _RECORDINGS, _LOCAL and MONITOR_BASE_URL_<HOST>.

        A home that was used belongs to one source for ever, so that it is not asked for again where the home knows.
        Raises ConfigError with one line that names the variable and a right value.
        """
        env = os.environ if environment is None else environment
        project = Path(env.get("MONITOR_PROJECT") or _find_project()).resolve()
        home = Path(env.get("MONITOR_HOME") or project / "var").expanduser()
        mode = env.get("MONITOR_SOURCE") or _stamp_of(home)
        if mode not in MODES:
            raise ConfigError(
                f"MONITOR_SOURCE={mode!r}: set it to 'recorded' (answers shipped with the project) or 'live'"
                if mode
                else "MONITOR_SOURCE is not set: set it to 'recorded' (answers shipped with the project) or 'live'"
            )
        catalog = _folder(env, "MONITOR_CATALOG", project / "catalog")
        recordings = _folder(env, "MONITOR_RECORDINGS", project / "recordings") if mode == "recorded" else project
        if env.get("MONITOR_LOCAL"):
            _folder(env, "MONITOR_LOCAL", project)
        if home.exists() and not home.is_dir():
            raise ConfigError(f"MONITOR_HOME={home} is not a folder; name a folder that may be created")
        urls = {
            host: _base_url(env.get(f"MONITOR_BASE_URL_{host.upper()}"), host, live, mode)
            for host, live in LIVE_BASE_URLS.items()
        }
        return cls(mode, home.resolve(), project, catalog, recordings, urls, dict(env))

    def claim_home(self) -> None:
        """Create the home and stamp it with the mode; refuse a home of the other mode."""
        stamp = self.home / STAMP
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if not stamp.exists():
                temporary = self.home / f".{STAMP}.{os.getpid()}-{threading.get_ident()}"
                temporary.write_text(self.mode + "\n", encoding="utf-8")
                with suppress(FileExistsError):  # two first runs: the one that links first decides
                    os.link(temporary, stamp)
                temporary.unlink()
            found = stamp.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ConfigError(f"MONITOR_HOME={self.home} cannot be used: {problem.strerror}") from None
        if found != self.mode:
            raise ConfigError(
                f"MONITOR_HOME={self.home} holds {found!r} figures and MONITOR_SOURCE is {self.mode!r}: "
                "the two are never mixed; name another MONITOR_HOME"
            )

    def credentials(self, host: str) -> tuple[str, str]:
        """User and password for a host's headers, empty for an open one; ConfigError names the missing variables."""
        if host not in HOSTS_WITH_ACCOUNT:
            return "", ""
        if self.mode == "recorded":
            return RECORDED_CREDENTIALS
        prefix = host.upper()
        user, password = self.environment.get(f"{prefix}_USER", ""), self.environment.get(f"{prefix}_PASSWORD", "")
        is_token = len(user) == 32 and not password
        if not user or not (password or is_token):
            raise ConfigError(f"{prefix}_USER and {prefix}_PASSWORD are not set; the host {host!r} needs an account")
        return user, password

    @property
    def is_projects_home(self) -> bool:
        """Whether the home is the project's own var/, the one that exports/current shows."""
        return self.home.resolve() == (self.project / "var").resolve()

    @property
    def local(self) -> Path:
        """The drop folder: descriptions and files of what a Kreis delivers by hand (MONITOR_LOCAL)."""
        named = self.environment.get("MONITOR_LOCAL", "")
        return Path(named).expanduser().resolve() if named else self.home / "local"

    @property
    def kept_descriptions(self) -> Path:
        """The descriptions of local tables as they were accepted last: they stay in force where a new one is wrong."""
        return self.archive / "descriptions"

    @property
    def archive(self) -> Path:
        """Raw bytes, manifests and journal: never changed."""
        return self.home / "archive"

    @property
    def landing(self) -> Path:
        """Tidy observations as Parquet: can be rebuilt from the archive."""
        return self.home / "landing"

    @property
    def quarantine(self) -> Path:
        """Answers that broke their contract, with the reason."""
        return self.home / "quarantine"

    @property
    def candidate(self) -> Path:
        """Folder of the warehouse under construction; its path is constant (dbt re-parses when it changes)."""
        return self.home / "candidate"

    @property
    def releases(self) -> Path:
        """Immutable release folders."""
        return self.home / "releases"

    @property
    def current(self) -> Path:
        """Symlink to the current release."""
        return self.home / "current"


def _stamp_of(home: Path) -> str:
    """The source that a home was used with; "" where it was not used yet."""
    try:
        found = (home / STAMP).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
    return found if found in MODES else ""


def _find_project() -> Path:
    """The checkout: the nearest folder above the working directory, or above this file, that holds dbt_project/."""
    for start in (Path.cwd(), Path(__file__).resolve()):
        for folder in (start, *start.parents):
            if (folder / "dbt_project").is_dir() and (folder / "catalog").is_dir():
                return folder
    raise ConfigError("no checkout found (a folder with dbt_project/ and catalog/); set MONITOR_PROJECT")


def _folder(env: Mapping[str, str], name: str, default: Path) -> Path:
    path = Path(env.get(name) or default).expanduser().resolve()
    if not path.is_dir():
        raise ConfigError(f"{name}={path} is not a folder")
    return path


def _base_url(value: str | None, host: str, live: str, mode: str) -> str:
    """The base URL of a host; in a live night none on loopback, or the recorded source could pass for a live one."""
    if not value:
        return live
    parts = urlsplit(value)
    is_local = parts.hostname in _LOOPBACK
    safe = not is_local if mode == "live" else True
    safe = safe and (parts.scheme == "https" or (parts.scheme == "http" and is_local))
    if not safe or not parts.hostname or parts.username or not value.endswith("/"):
        raise ConfigError(
            f"MONITOR_BASE_URL_{host.upper()} must be https://…/ (on loopback only in recorded nights), "
            "without credentials, ending in '/'"
        )
    return value
