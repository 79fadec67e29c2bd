"""Alerts through Airflow, to a real mail server and a real web server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from alert_servers import HookServer, MailServer, serving, text_of

from integrationsmonitor import archive
from integrationsmonitor.settings import Settings
from support.dataset_ids import DATASET_IDS
from support.home import AirflowHome, enter

PROJECT = Path(__file__).resolve().parents[2]
DATASET, NEXT, *_ = DATASET_IDS["ba"]
TOKEN = "T0KENofTHEhook"
ERROR = f"{DATASET}: answer.csv, line 3: expected 'Frauen' for 'GESW', found '{{{{ dag }}}} <b>weiblich</b>'"


@dataclass
class Place:
    """A home, the two receivers, and processes that tell something."""

    home: Path
    mail: MailServer
    hook: HookServer

    @property
    def settings(self) -> Settings:
        return Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(self.home)})

    def probe(self, *arguments: str, **other: str) -> tuple[list[str], str]:
        """Run the probe; returns what it says, and everything it printed."""
        connection = {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": self.mail.port,
            "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "monitor@amt.example", "retry_limit": 1},
        }
        ours = {
            "AIRFLOW_HOME": str(self.home / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "dags" / "support" / "plugins"),
            "AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(connection),
            "MONITOR_ALERT_EMAIL": "leitung@amt.example, betrieb@amt.example",
            "MONITOR_ALERT_WEBHOOK": f"http://127.0.0.1:{self.hook.port}/services/{TOKEN}",
            "MONITOR_HOME": str(self.home),
            "MONITOR_SOURCE": "recorded",
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(PROJECT / "dags"),
        }
        script = Path(__file__).with_name("alert_probe.py")
        done = subprocess.run(
            [sys.executable, str(script), *arguments],
            env={**os.environ, **ours, **other},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr

    @property
    def subjects(self) -> list[str]:
        """Subjects of the mails, decoded."""
        return [str(make_header(decode_header(mail["Subject"]))) for mail in self.mail.mails]

    @property
    def posts(self) -> list[dict]:
        """Bodies of the webhook's requests."""
        return [body for _, _, body in self.hook.posts]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    mail, hook = MailServer(), HookServer()
    with serving(mail), serving(hook):
        place = Place(tmp_path / "home", mail, hook)
        place.settings.claim_home()
        yield place


def refuse(place: Place) -> None:
    archive.record_rejection(place.settings, DATASET, ERROR, "contract", [f"quarantine/{DATASET}/0123"])


@pytest.mark.xdist_group("dag_probe")
def test_watch_sources_tells_a_refused_dataset_by_mail_and_webhook_once(place):
    refuse(place)
    states, printed = place.probe("dag", "2")
    assert states == ["success", "success"]
    subject = f"Integrationsmonitor: {DATASET}: Antwort der Quelle zurückgewiesen"
    assert place.subjects == [subject]
    [mail] = place.mail.mails
    assert (mail["From"], mail["To"]) == ("monitor@amt.example", "leitung@amt.example, betrieb@amt.example")
    text = text_of(mail)
    assert "found &#x27;{{ dag }} &lt;b&gt;weiblich&lt;/b&gt;&#x27;" in text, "neither a template nor markup"
    assert f"{place.home}/quarantine/{DATASET}/0123" in text
    assert "der letzte gute Stand" in text or "noch keinen guten Stand" in text
    [(path, kind, post)] = place.hook.posts
    assert (path, kind) == (f"/services/{TOKEN}", "application/json; charset=utf-8")
    assert (post["subject"], post["cause"], post["dataset"], post["event"]) == (subject, "quarantine", DATASET, "new")
    assert "{{ dag }} <b>weiblich</b>" in post["text"]
    assert TOKEN not in printed


def test_a_webhook_that_refuses_is_tried_again_and_its_address_is_never_shown(place):
    refuse(place)
    place.hook.status = 404
    [problem], printed = place.probe("channel")
    assert problem.startswith(f"webhook: Integrationsmonitor: {DATASET}")
    assert "webhook at 127.0.0.1: HTTP 404" in problem
    assert TOKEN not in printed + problem
    place.hook.status = 204
    assert place.probe("channel")[0] == []
    assert (len(place.subjects), len(place.posts)) == (1, 2)
    told = (place.home / "alerts.jsonl").read_text(encoding="utf-8")
    assert TOKEN not in told


def test_a_webhook_in_plain_http_outside_loopback_is_refused_without_its_address(place):
    refuse(place)
    [problem], printed = place.probe("channel", MONITOR_ALERT_WEBHOOK=f"http://hooks.example/{TOKEN}")
    assert "plain http is refused outside loopback" in problem
    assert TOKEN not in printed + problem
    assert len(place.subjects) == 1, "the mail goes all the same"


def test_a_mail_server_that_is_away_does_not_silence_the_webhook(place):
    refuse(place)
    place.mail.shutdown()
    place.mail.server_close()
    [problem], _ = place.probe("channel")
    assert problem.startswith("e-mail: ")
    assert len(place.posts) == 1


def test_without_a_channel_nothing_is_sent_and_that_is_no_error(place):
    refuse(place)
    assert place.probe("channel", MONITOR_ALERT_EMAIL="", MONITOR_ALERT_WEBHOOK=" ")[0] == []
    assert (place.subjects, place.posts) == ([], [])


def test_a_task_that_dies_without_a_word_is_told_at_once_and_its_next_success_too(place):
    _, printed = place.probe("callback", "worker was killed", "worker was killed", "good", "good")
    assert [post["event"] for post in place.posts] == ["new", "over"]
    assert place.posts[0]["subject"] == f"Integrationsmonitor: {DATASET}: Aufgabe in Airflow abgebrochen"
    assert "worker was killed" in place.posts[0]["text"]
    assert f"`monitor load {DATASET}`" in place.posts[0]["text"]
    assert len(place.subjects) == 2
    assert TOKEN not in printed


def test_a_task_that_failed_for_a_reason_on_record_is_left_to_the_morning(place):
    refuse(place)
    place.probe("callback", f"ContractError: {ERROR}")
    assert place.posts == []
    place.probe("channel")
    assert [post["cause"] for post in place.posts] == ["quarantine"]


def test_a_backfill_of_a_refused_dataset_is_left_to_the_morning_and_one_that_dies_is_told(place):
    refuse(place)
    place.probe("redone", DATASET, f"ContractError: {ERROR}")
    assert place.posts == []
    place.probe("redone", NEXT, "worker was killed")
    [post] = place.posts
    assert (post["dataset"], post["cause"]) == (NEXT, "task")


def test_tasks_that_could_not_speak_are_told_by_their_failed_run_and_those_on_record_are_not(place):
    """A process killed for want of memory runs no callback of its own."""
    refuse(place)
    states = {"load_0": "failed", "load_1": "failed", "load_2": "success", "announce": "upstream_failed"}
    place.probe("silent", "load_ba", json.dumps(states))
    [post] = place.posts
    assert (post["dataset"], post["cause"]) == (NEXT, "task")
    assert "Prozess ohne Meldung beendet" in post["text"]
    place.probe("silent", "build_warehouse", json.dumps({"wait_for_loads": "success", "build_and_publish": "failed"}))
    assert "build_warehouse.build_and_publish: Aufgabe in Airflow abgebrochen" in place.posts[1]["subject"]
    assert len(place.posts) == 2


def test_a_timetable_that_breaks_is_told_at_once_even_if_it_is_watch_sources(place):
    imported, _ = place.probe("listener")
    assert imported == [], "the DAG processor must not keep old code of ours for its later readings"
    [post] = place.posts
    assert post["subject"] == "Integrationsmonitor: watch_sources.py: Zeitplan lässt sich nicht laden"
    assert "ImportError: cannot import name {{ ds }}" in post["text"]
    assert post["cause"] == "dag_import"


def test_airflow_keeps_the_connection_for_mail_and_drops_those_of_another_airflow(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ |= {
        "AIRFLOW_CONN_SMTP_DEFAULT": "smtp://mail",
        "AIRFLOW_CONN_OTHER": "x",
        "AIRFLOW__CORE__FERNET_KEY": "x",
    }
    settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})
    enter(settings, AirflowHome.of(settings), 1, 1)
    assert os.environ["AIRFLOW_CONN_SMTP_DEFAULT"] == "smtp://mail"
    assert "AIRFLOW_CONN_OTHER" not in os.environ
    assert "AIRFLOW__CORE__FERNET_KEY" not in os.environ
