"""What people decided about published values, read from the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integrationsmonitor import archive, decisions
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.night import build_tables, inputs, withdrawing
from integrationsmonitor.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})


def _record(settings: Settings, event: str, value_id: str = "a", reason: str = "Fehler", **more: Any) -> None:
    archive.journal(settings, {"event": event, "value_id": value_id, "reason": reason, "who": None, "what": {}, **more})


def _in_force(settings: Settings) -> list[tuple[str, str]]:
    return [(item.value_id, item.reason) for item in decisions.withdrawals(settings)]


def test_a_home_without_a_journal_has_no_withdrawals(settings: Settings) -> None:
    assert archive.journal_records(settings) == []
    assert decisions.withdrawals(settings) == []
    assert build_tables.withdrawals(settings).num_rows == 0


def test_the_last_decision_on_a_value_counts(settings: Settings) -> None:
    _record(settings, "withdraw", "a", "erster Grund")
    _record(settings, "withdraw", "b")
    _record(settings, "reinstate", "a")
    assert _in_force(settings) == [("b", "Fehler")]
    _record(settings, "withdraw", "a", "zweiter Grund")
    assert _in_force(settings) == [("b", "Fehler"), ("a", "zweiter Grund")]


def test_other_records_of_the_journal_are_passed_over(settings: Settings) -> None:
    archive.journal(settings, {"event": "published", "release_id": "r", "previous": None})
    archive.journal(settings, {"event": "accept", "dataset": "d", "contents": [], "reason": "bestätigt"})
    _record(settings, "withdraw")
    assert [record["event"] for record in archive.journal_records(settings)] == ["published", "accept", "withdraw"]
    assert _in_force(settings) == [("a", "Fehler")]


def test_a_decision_is_an_input_of_a_build_and_one_undone_is_none(settings: Settings) -> None:
    before = inputs.digests(settings, {})
    _record(settings, "withdraw")
    after = inputs.digests(settings, {})
    assert {name for name in before if before[name] != after[name]} == {"decisions"}
    _record(settings, "reinstate")
    assert inputs.digests(settings, {}) == before


def test_a_line_that_a_kill_tore_was_never_decided_and_a_damaged_one_is_named(settings: Settings) -> None:
    _record(settings, "withdraw", "a")
    journal = archive.journal_path(settings)
    whole = journal.read_bytes()
    _record(settings, "withdraw", "b")
    torn = journal.read_bytes()[:-5]
    journal.write_bytes(torn)
    assert _in_force(settings) == [("a", "Fehler")]
    journal.write_bytes(whole.replace(b"Fehler", b"Fehlex"))
    with pytest.raises(MonitorError, match=r"journal\.jsonl, line 1: checksum does not fit"):
        decisions.withdrawals(settings)


def test_who_decided_is_kept_where_the_machine_knows_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _record(settings, "withdraw")
    monkeypatch.setattr(archive.getpass, "getuser", lambda: "irene")
    assert withdrawing.reinstate(settings, "a", " Der Wert\nstimmt. ")["who"] == "irene"
    _record(settings, "withdraw")

    def unknown() -> str:
        raise OSError("no user name for this id")

    monkeypatch.setattr(archive.getpass, "getuser", unknown)
    assert withdrawing.reinstate(settings, "a", "Der Wert stimmt.")["who"] is None
    reasons = [record["reason"] for record in archive.journal_records(settings) if record["event"] == "reinstate"]
    assert reasons == ["Der Wert stimmt."] * 2
