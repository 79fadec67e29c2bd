"""The compose file as a compose implementation reads it: what starts with which profile, what no container may do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import composed
import pytest
import yaml
from composed import PROJECT, Service

pytestmark = pytest.mark.topology

SERVER = {
    "postgres",
    "redis",
    "init",
    "api-server",
    "scheduler",
    "dag-processor",
    "triggerer",
    "worker-1",
    "worker-2",
    "web",
}
LOCAL = {"postgres", "init", "api-server", "scheduler-local", "dag-processor", "web"}
MONITORING = {"metrics", "statsd-exporter", "prometheus", "grafana"}
INNER_SECRETS = (
    "POSTGRES_PASSWORD",
    "AIRFLOW_FERNET_KEY",
    "AIRFLOW_JWT_SECRET",
    "AIRFLOW_API_SECRET",
    "REDIS_PASSWORD",
)


@pytest.fixture(scope="module")
def env_file(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("secrets") / ".env"
    subprocess.run(
        [sys.executable, PROJECT / "scripts" / "make_secrets.py", "--file", file], check=True, capture_output=True
    )
    return file


@pytest.fixture(scope="module")
def everything(env_file) -> dict[str, Service]:
    return composed.resolve(env_file, "server", "local", "monitoring")


@pytest.fixture(scope="module")
def secrets(env_file) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(\S{32,})$", env_file.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    ("profiles", "services"),
    [(("server",), SERVER), (("local",), LOCAL), (("server", "monitoring"), SERVER | MONITORING)],
)
def test_a_profile_starts_its_services_and_no_other(env_file, profiles, services):
    assert set(composed.resolve(env_file, *profiles)) == services


def test_without_secrets_nothing_starts_and_the_message_says_what_to_do(tmp_path):
    empty = tmp_path / ".env"
    empty.touch()
    with pytest.raises(composed.RefusedError, match="run make secrets"):
        composed.resolve(empty, "server")


def test_each_single_variable_that_is_missing_is_named(tmp_path, env_file, secrets):
    for name in (*secrets, "MONITOR_SOURCE"):
        file = tmp_path / name
        file.write_text(re.sub(rf"^{name}=.*$", f"{name}=", env_file.read_text(encoding="utf-8"), flags=re.MULTILINE))
        with pytest.raises(composed.RefusedError, match=name):
            composed.resolve(file, "server")


def test_the_file_itself_holds_no_secret_and_no_default_for_one():
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    for name, value in re.findall(r"^\s+(\w*(?:PASSWORD|SECRET|FERNET_KEY|CONN|AUTH)\w*): (.+)$", text, re.MULTILINE):
        named = re.findall(r"\$\{\w+:([?-])([^}]*)\}", value)
        harmless = name in ("AIRFLOW__CORE__AUTH_MANAGER",) or (
            named and all(sign == "?" or not rest for sign, rest in named)
        )
        assert harmless or name == "GF_AUTH_ANONYMOUS_ENABLED", f"{name}: {value}"


def test_the_source_is_live_as_generated_and_named_nowhere_else(everything):
    assert {one.environment["MONITOR_SOURCE"] for one in everything.values() if "build" in one.raw} == {"live"}
    assert "MONITOR_SOURCE:-" not in (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(SERVER | LOCAL | MONITORING))
def test_a_container_has_no_privileges_and_bounds(everything, name):
    raw = everything[name].raw
    assert everything[name].uid[0] > 0
    assert (raw["cap_drop"], raw["security_opt"], raw["read_only"]) == (["ALL"], ["no-new-privileges:true"], True)
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(raw)
    assert raw["mem_limit"]
    assert raw["pids_limit"]
    assert raw["logging"]["options"]["max-size"]
    assert raw["restart"] == ("no" if name == "init" else "unless-stopped")
    assert name == "init" or everything[name].health is not None
    assert ":latest" not in raw["image"] or "build" in raw
    assert "docker.sock" not in str(raw.get("volumes"))


def test_only_this_machine_reaches_the_ports(everything):
    ports = {port for one in everything.values() for port in one.raw.get("ports", [])}
    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def networks(service: Service) -> set[str]:
    return set(service.raw["networks"])


def test_tasks_of_workers_reach_no_database_and_the_web_server_reaches_nobody(everything, env_file):
    assert networks(everything["worker-1"]) == networks(everything["worker-2"]) == {"broker", "airflow"}
    assert networks(everything["postgres"]) == {"database"}
    assert networks(everything["redis"]) == {"broker"}
    assert networks(everything["web"]) == {"web"}
    assert [name for name, one in everything.items() if "web" in networks(one)] == ["web"]
    inner = composed.resolve_all(env_file)["networks"]
    assert inner["database"]["internal"] and inner["broker"]["internal"]


def test_a_service_knows_no_secret_that_it_does_not_need(everything, secrets):
    def known(name: str) -> set[str]:
        text = str(everything[name].raw)
        return {secret for secret, value in secrets.items() if value in text}

    assert known("worker-1") == known("worker-2") == {"REDIS_PASSWORD"}
    assert known("web") == known("metrics") == set()
    assert known("scheduler") == set(INNER_SECRETS)
    assert (
        known("api-server") == known("dag-processor") == known("triggerer") == set(INNER_SECRETS) - {"REDIS_PASSWORD"}
    )
    assert {name for name in everything if "AIRFLOW_ADMIN_PASSWORD" in known(name)} == {"init"}


def test_no_secret_stands_in_a_command_line(everything, secrets):
    for service in everything.values():
        words = " ".join([*service.command, *(service.health.command if service.health else [])])
        assert not [name for name, value in secrets.items() if value in words], service.name


def test_the_web_server_sees_the_home_and_may_not_write_it(everything):
    assert all(not writable for _, _, writable in everything["web"].mounts)


def test_every_setting_of_airflow_is_one_that_airflow_has(everything, tmp_path):
    """A misspelt variable is silently ignored; the names come from Airflow's own list."""
    ask = (
        "from airflow.configuration import conf; from airflow.providers_manager import ProvidersManager as P; "
        "import json, sys; P().initialize_providers_configuration(); "
        "print(json.dumps([f'AIRFLOW__{s}__{o}'.upper().replace('.', '_') "
        "for s, section in conf.configuration_description.items() for o in section['options']]))"
    )
    [packages] = (PROJECT / ".venv-server" / "lib").glob("python3*/site-packages")
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = [{str(packages)!r}, *sys.path]\n{ask}"],
        check=False, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "AIRFLOW_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    known = set(yaml.safe_load(done.stdout.splitlines()[-1]))
    # a section that takes any option of Celery's; one that the code reads and the list does not hold
    free = {
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT",
        "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES",
    }
    used = {name for one in everything.values() for name in one.environment if name.startswith("AIRFLOW__")}
    assert used - known - free == set()
