"""Who may do what through Airflow's API, and where no secret may lie."""

from __future__ import annotations

import pytest
from twin import LOADS, Api, files_below

pytestmark = pytest.mark.topology

CLOSED = [
    ("GET", "/api/v2/dags"),
    ("GET", "/api/v2/dags/load_ba/dagRuns"),
    ("POST", "/api/v2/dags/load_ba/dagRuns"),
    ("POST", "/api/v2/dags/load_ba/clearTaskInstances"),
    ("PATCH", "/api/v2/dags/load_ba"),
    ("DELETE", "/api/v2/dags/load_ba"),
    ("GET", "/api/v2/connections"),
    ("POST", "/api/v2/connections"),
    ("GET", "/api/v2/variables"),
    ("GET", "/api/v2/config"),
    ("GET", "/api/v2/pools"),
    ("GET", "/api/v2/eventLogs"),
    ("GET", "/api/v2/importErrors"),
    ("GET", "/api/v2/dagSources/load_ba"),
    ("GET", "/auth/fab/v1/users"),
    ("POST", "/auth/fab/v1/users"),
    ("GET", "/ui/config"),
    ("PATCH", "/execution/task-instances/00000000-0000-7000-8000-000000000000/run"),
    ("GET", "/execution/variables/any"),
    ("GET", "/execution/connections/any"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nothing_is_answered_without_a_token(server, method, path):
    assert Api().ask(method, path, json={}).status_code in (401, 403)


def test_a_token_that_nobody_signed_opens_nothing(server):
    forged = Api("admin")
    forged._token = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIiwiYXVkIjoiYXBhY2hlLWFpcmZsb3cifQ.AAAA"
    assert forged.ask("GET", "/api/v2/dags").status_code in (401, 403)


def test_a_token_of_a_user_is_none_of_a_task(server):
    assert server.api("admin").ask("GET", "/execution/variables/any").status_code in (401, 403)


@pytest.mark.parametrize("user", ["viewer", "operator", "admin"])
@pytest.mark.parametrize("password", ["", "admin", "airflow", "operator", "viewer", "password", "wrong"])
def test_no_password_but_the_generated_one_opens(server, user, password):
    assert Api(user, password).log_in().status_code in (400, 401)


@pytest.mark.parametrize("user", ["airflow", "root", "Admin", "anonymous"])
def test_there_is_no_other_user(server, user):
    assert Api(user, "airflow").log_in().status_code == 401


def test_a_viewer_reads_and_starts_nothing(server):
    viewer = server.api("viewer")
    assert viewer.ask("GET", "/api/v2/dags").status_code == 200
    for method, path, body in (
        ("POST", "/api/v2/dags/load_ba/dagRuns", {"logical_date": None}),
        ("POST", "/api/v2/dags/load_ba/clearTaskInstances", {"dry_run": True}),
        ("PATCH", "/api/v2/dags/load_ba", {"is_paused": True}),
        ("GET", "/api/v2/connections", None),
        ("GET", "/api/v2/variables", None),
        ("GET", "/auth/fab/v1/users", None),
    ):
        assert viewer.ask(method, path, json=body).status_code == 403, path


def test_an_operator_starts_nights_and_makes_no_users(server, undisturbed):
    operator = server.api("operator")
    assert {run["triggering_user_name"] for run in operator.runs(*LOADS) if run["run_type"] == "manual"} == {"operator"}
    body = {
        "username": "x",
        "email": "x@x",
        "first_name": "x",
        "last_name": "x",
        "password": "x" * 20,
        "roles": [{"name": "Admin"}],
    }
    assert operator.ask("POST", "/auth/fab/v1/users", json=body).status_code == 403
    assert operator.ask("GET", "/auth/fab/v1/users").status_code == 403


def test_the_administrator_sees_the_three_users_and_nobody_sees_the_configuration(server):
    admin = server.api("admin")
    users = admin.ask("GET", "/auth/fab/v1/users").json()["users"]
    assert {user["username"]: [role["name"] for role in user["roles"]] for user in users} == {
        "viewer": ["Viewer"], "operator": ["Op"], "admin": ["Admin"],
    }  # fmt: skip
    assert admin.ask("GET", "/api/v2/config").status_code == 403


def test_no_secret_lies_in_a_log_or_in_the_home(server, undisturbed):
    places = (server.running.volume("logs"), server.running.folder / "logs", server.home)
    secrets = {name: value.encode() for name, value in server.secrets.items()}
    assert len(secrets) == 9
    files = list(files_below(*places))
    assert len(files) > 100
    found = {(name, str(file)) for file in files for name, value in secrets.items() if value in file.read_bytes()}
    assert found == set()


def test_a_worker_knows_neither_the_database_nor_a_key(server):
    environment = server.running.execute("worker-1", ["cat", "/proc/1/environ", "/proc/self/environ"]).stdout.decode()
    known = {name for name, value in server.secrets.items() if value in environment}
    assert known == {"REDIS_PASSWORD"}


def test_redis_answers_nobody_without_its_password(server):
    done = server.running.execute("redis", ["env", "-u", "REDISCLI_AUTH", "redis-cli", "ping"])
    assert b"NOAUTH" in done.stdout + done.stderr


def test_postgresql_answers_nobody_without_its_password(server):
    for password in ("", "airflow", "postgres"):
        words = [
            "env",
            f"PGPASSWORD={password}",
            "psql",
            "-w",
            "-h",
            "127.0.0.1",
            "-U",
            "airflow",
            "-c",
            "select 1",
            "airflow",
        ]
        assert server.running.execute("postgres", words).returncode != 0


@pytest.mark.parametrize("name", ["api-server", "worker-1", "scheduler", "web", "postgres", "redis"])
def test_a_container_cannot_change_its_own_programs(server, name):
    for folder in ("/usr", "/etc", "/"):
        done = server.running.execute(name, ["touch", f"{folder}/probe"])
        assert done.returncode != 0
        assert b"Read-only file system" in done.stderr
    status = server.running.execute(name, ["cat", "/proc/self/status"]).stdout.decode()
    assert "CapBnd:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
