"""The web server gives the current release and nothing else, however the address is written."""

from __future__ import annotations

import json
import shutil

import pytest
from twin import web

pytestmark = pytest.mark.topology

CLOSED_FOLDERS = ("airflow", "archive", "candidate", "jobs", "landing", "local", "quarantine", "tmp", "turns")
SECRET = "archive/journal.jsonl"
UP = ("..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..;", "%252e%252e", "..%00", "%c0%ae%c0%ae", "\\..", "%5c..")
SLASHES = ("/", "//", "%2f", "%2F", "\\", "%5c")
PREFIXES = (
    "/",
    "/exports/",
    "/exports",
    "/quality/",
    "/quality",
    "/docs/",
    "/docs",
    "/report",
    "/exports/csv/",
    "/diff/",
    "/healthz/",
)
TRAVERSALS = sorted(
    {
        f"{prefix}{slash.join([up] * depth)}{slash}{target}"
        for prefix in PREFIXES
        for up in UP
        for slash in SLASHES
        for depth in (1, 2, 3, 6)
        for target in (SECRET, "etc/passwd", "release.json")
    }
)
NOT_THERE = [
    "/release.json",
    "/warehouse.duckdb",
    "/latest.json",
    "/source-mode",
    "/current",
    "/current/",
    "/releases/",
    "/archive/",
    "/archive/journal.jsonl",
    "/candidate/warehouse.duckdb",
    "/exports/.hidden",
    "/.env",
    "/.git/config",
    "/exports/../release.json",
    "/exports/%2e%2e/release.json",
    "/exports..%2frelease.json",
    "/exports../release.json",
    "//release.json",
    "/exports//..//release.json",
    "/quality../release.json",
    "/docs../warehouse.duckdb",
    "/diff/../release.json",
    "/diff/16.md/",
    "/diff.md%00.html",
    "/diff.json/",
    "/report",
    "/nginx_status",
    "/var/lib/monitor/current/release.json",
    "/exports/csv/..%2f..%2frelease.json",
]


def test_the_released_pages_and_files_are_served_as_what_they_are(server, undisturbed):
    release = (server.home / "current").resolve()
    for path, kind in (
        ("/", "text/html"),
        ("/healthz", "text/plain"),
        ("/exports/", "text/html"),
        ("/exports/datenlexikon.html", "text/html"),
        ("/exports/datapackage.json", "application/json"),
        ("/exports/dcat.ttl", "text/turtle"),
        ("/quality/", "text/html"),
        ("/docs/", "text/html"),
        ("/diff.md", "text/markdown"),
        ("/diff.json", "application/json"),
    ):
        status, headers, body = web(path)
        assert (status, headers["content-type"].partition(";")[0]) == (200, kind), path
        if path not in ("/", "/healthz", "/exports/"):
            name = path + "index.html" if path.endswith("/") else path
            assert body == (release / name.lstrip("/")).read_bytes()
    for folder, kind in (
        ("csv", "text/csv"),
        ("parquet", "application/vnd.apache.parquet"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        file = sorted(path for path in (release / "exports" / folder).iterdir() if path.suffix == f".{folder}")[0]
        status, headers, body = web(f"/exports/{folder}/{file.name}")
        assert (status, headers["content-type"].partition(";")[0], body) == (200, kind, file.read_bytes())


@pytest.mark.parametrize("path", ["/", "/exports/", "/exports/datapackage.json", "/quality/", "/nothing"])
def test_every_answer_carries_the_headers_that_protect_its_reader(server, undisturbed, path):
    _, headers, _ = web(path)
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["server"] == "nginx"


def test_no_way_up_leads_out_of_the_release(server, undisturbed):
    secret = (server.home / SECRET).read_bytes()
    release = (server.home / "current" / "release.json").read_bytes()
    given = {}
    for path in TRAVERSALS:
        status, _, body = web(path)
        if status == 200 or secret[:60] in body or release[:200] in body or b"root:" in body:
            given[path] = (status, body[:80])
    assert len(TRAVERSALS) > 3000
    assert given == {}


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_is_not_offered_is_not_there(server, undisturbed, path):
    status, _, body = web(path)
    assert status in (400, 403, 404)
    assert b"release_id" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "MKCOL", "COPY"])
def test_nobody_writes(server, undisturbed, method):
    assert web("/exports/datapackage.json", method)[0] == 405
    assert web("/healthz", method)[0] == 405
    assert web("/nothing", method)[0] == 405


def test_only_the_exports_are_listed(server, undisturbed):
    assert b"datapackage.json" in web("/exports/")[2]
    for path in ("/quality/assets/", "/docs/assets/", "/diff/"):
        assert web(path)[0] in (403, 404)


def test_a_link_inside_a_release_leads_nowhere_and_a_hidden_file_stays_hidden(server, undisturbed):
    exports = (server.home / "current").resolve() / "exports"
    (exports / ".hidden").write_text("hidden", encoding="utf-8")
    (exports / "passwd.txt").symlink_to("/etc/passwd")
    (exports / "release.txt").symlink_to("../release.json")
    (exports / "home").symlink_to("../../../archive")
    try:
        for name in (".hidden", "passwd.txt", "release.txt", "home/journal.jsonl", "home/"):
            assert web(f"/exports/{name}")[0] in (403, 404), name
    finally:
        for name in (".hidden", "passwd.txt", "release.txt", "home"):
            (exports / name).unlink()


def test_the_web_servers_user_reads_nothing_but_releases_whatever_its_configuration(server, undisturbed):
    def read(*words: str) -> int:
        return server.running.execute("web", list(words)).returncode

    home = "/var/lib/monitor"
    assert read("cat", f"{home}/current/release.json") == 0
    for name in CLOSED_FOLDERS:
        assert (server.home / name).is_dir(), name
        assert read("ls", f"{home}/{name}") != 0, name
    assert read("cat", f"{home}/{SECRET}") != 0
    assert read("cat", f"{home}/source-mode") != 0
    assert read("ls", home) != 0
    assert read("touch", f"{home}/releases/probe") != 0


def test_a_new_release_is_seen_with_the_next_request(server, undisturbed):
    home = server.home
    name = (home / "current").resolve().name
    probe = home / "releases" / "probe"
    (probe / "exports").mkdir(parents=True)
    (probe / "exports" / "latest.json").write_text(json.dumps({"release_id": "probe"}), encoding="utf-8")
    try:
        for target in ("probe", name, "probe", name):
            (home / ".swap").symlink_to(f"releases/{target}")
            (home / ".swap").replace(home / "current")
            assert json.loads(web("/exports/latest.json")[2])["release_id"] == target
    finally:
        shutil.rmtree(probe)
