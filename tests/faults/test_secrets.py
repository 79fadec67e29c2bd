"""A whole night with credentials that can be told apart, while the host repeats them wherever it can: none is written.

The night is a live one but for the address of the hosts, which is the recorded source's. Searched are all files of the
home (archives and databases from within, too), standard output and error, and every log line down to debugging.
"""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from damage import CLIENT, POLICY
from fault import RATE, WORK

from integrationsmonitor import cli
from integrationsmonitor.http import HttpClient
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.settings import Settings
from integrationsmonitor.sources.genesis_client import GenesisClient
from night_support import NOW, PROJECT, Night

USER, PASSWORD = "kennung-1a&7f", 'losung<"9\\z4>'
BY_NATIONALITY = "12411-03-03-4"


def forms(secret: str) -> set[str]:
    """How a text may look in what programs write."""
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        html.escape(secret),
        repr(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    }


NEEDLES = {
    form.encode()
    for secret in (USER, PASSWORD)
    for form in forms(secret) | {base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
}


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what they hold packed."""
    data = path.read_bytes()
    yield data
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                yield repr(con.execute('from "{}"."{}"'.format(*table)).fetchall()).encode()
    elif data[:4] == b"PAR1":
        yield repr(pq.read_table(path).to_pylist()).encode()
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for member in packed.infolist():
                yield member.filename.encode()
                yield packed.read(member)


def leaks(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [str(path) for path in files for piece in pieces(path) if any(needle in piece for needle in NEEDLES)]
    return found + [str(path) for path in folder.rglob("*") if any(needle in str(path).encode() for needle in NEEDLES)]


def echo(request: Request) -> Answer | None:
    """A host that says again who asked: in bodies, addresses and headers, of failures and of good answers."""
    said = f"Anmeldung {USER} / {PASSWORD} fehlgeschlagen"
    table, year = request.form.get("name"), request.form.get("startyear")
    if table == RATE and year == "2024":
        told = {"Status": {"Code": 2, "Content": said}, "Username": USER, "Html": html.escape(PASSWORD)}
        return Answer(404, body=json.dumps(told).encode())
    if table == BY_NATIONALITY and year == "2020":
        where = f"https://example.org/?username={quote(USER)}&password={quote(PASSWORD)}#{quote_plus(PASSWORD)}"
        return Answer(307, "text/html", f"<a href='{html.escape(where)}'>{said}</a>".encode(), {"Location": where})
    if table == WORK and year == "2012":
        return Answer(500, "text/plain", said.encode(), {"Retry-After": PASSWORD, "WWW-Authenticate": USER})
    return None


class Echoing(ReplayServer):
    """Adds headers that repeat the credentials to every answer."""

    def respond(self, *asked: object, **more: object) -> Answer:
        given = super().respond(*asked, **more)  # type: ignore[arg-type]
        return replace(given, headers={**given.headers, "ETag": f'"{USER}"', "Last-Modified": PASSWORD, "X-User": USER})


def patient(client: Callable[..., GenesisClient]) -> Callable[..., GenesisClient]:
    """The client, whose waits take no time."""

    def made(*given: object, **more: object) -> GenesisClient:
        http = HttpClient(replace(POLICY, max_bytes=10**8), sleep=lambda _: None)
        return client(*given, http=http, **more)

    return made


@pytest.fixture(scope="module")
def night(good_home: Night, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The home after that night, and all that was said and logged."""
    folder = tmp_path_factory.mktemp("secret")
    log, told = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patched,
        patch("integrationsmonitor.replay.server.RECORDED_CREDENTIALS", (USER, PASSWORD)),
        closing(logging.StreamHandler(log)) as handler,
        Echoing(PROJECT / "recordings", faults=echo) as server,
    ):
        patched.setenv("MONITOR_NOW", NOW)
        patched.setattr("sys.stdout", told)
        patched.setattr("sys.stderr", told)
        root = logging.getLogger()
        patched.setattr(root, "level", logging.DEBUG)
        patched.setattr(root, "handlers", [*root.handlers, handler])
        patched.setattr(CLIENT, patient(GenesisClient))
        urls = {host: server.base_url(host) for host in ("regio", "destatis")}
        login = {"REGIO_USER": USER, "REGIO_PASSWORD": PASSWORD, "DESTATIS_USER": USER, "DESTATIS_PASSWORD": PASSWORD}
        live = {"mode": "live", "home": folder / "home", "base_urls": urls, "environment": login}
        settings = replace(good_home.settings, **live)
        patched.setattr(Settings, "from_env", lambda *_: settings)
        with pytest.raises(typer.Exit) as ended:
            cli.run()
    assert ended.value.exit_code == 2, told.getvalue()
    assert all(request.right_credentials for request in server.requests if request.verb == "POST")
    yield folder / "home", told.getvalue() + log.getvalue()


def test_the_night_met_every_echo_and_released_the_rest(night: tuple[Path, str]) -> None:
    home, told = night
    for words in ("GENESIS status 2", "HTTP 307", "HTTP 500"):
        assert words in told
    release = json.loads((home / "current" / "release.json").read_text(encoding="utf-8"))
    states = {entry["dataset_id"]: entry["state"] for entry in release["datasets"]}
    assert sorted(dataset for dataset, state in states.items() if state == "ok") == [
        "local_azr_presse",
        "regio_12411_01_01_4",
    ]
    assert len(list((home / "quarantine").rglob("*"))) >= 3, "an answer with its reason"


def test_no_file_of_the_home_holds_a_credential(night: tuple[Path, str]) -> None:
    assert leaks(night[0]) == []


def test_nothing_that_was_said_or_logged_holds_a_credential(night: tuple[Path, str]) -> None:
    assert [line for line in night[1].splitlines() if any(needle in line.encode() for needle in NEEDLES)] == []


@pytest.mark.parametrize("secret", [USER, PASSWORD])
def test_the_search_would_find_one(secret: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"error": secret}))
    pq.write_table(pa.table({"url": [f"https://a/?u={quote(secret)}"]}), tmp_path / "b.parquet", compression="zstd")
    with zipfile.ZipFile(tmp_path / "c", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("d.csv", html.escape(secret))
    with duckdb.connect(str(tmp_path / "e.duckdb")) as con:
        con.execute("create table t as select ? as x", [secret])
    assert {Path(found).name for found in leaks(tmp_path)} == {"a.json", "b.parquet", "c", "e.duckdb"}
