"""The archive: bytes for ever, and a history that tells what was accepted, refused and read anew."""

from __future__ import annotations

import pytest

from integrationsmonitor import archive
from integrationsmonitor.archive import ArchivedAnswer
from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.settings import Settings


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("MONITOR_SOURCE", "recorded")
    monkeypatch.setenv("MONITOR_HOME", str(tmp_path / "home"))
    return Settings.from_env()


def answer(settings: Settings, slot: str, body: bytes, known_from: str = "2017-10-10T10:00:00+00:00") -> ArchivedAnswer:
    digest = archive.put_raw(settings, body)
    return ArchivedAnswer(
        slot=slot,
        raw_sha256=digest,
        content_sha256=digest,
        filename="t.csv",
        url="http://127.0.0.1/",
        scope_from=f"{slot}-01-01",
        scope_to=f"{slot}-12-31",
        known_from=known_from,
        known_from_quality="source_stand",
        retrieved_at=known_from,
        layout="ffcsv",
        bytes=len(body),
    )


def test_bytes_are_kept_once_and_verified_when_read(settings):
    digest = archive.put_raw(settings, b"answer")
    assert archive.put_raw(settings, b"answer") == digest
    assert archive.get_raw(settings, digest) == b"answer"
    archive.raw_path(settings, digest).write_bytes(b"damaged")
    with pytest.raises(MonitorError, match="does not hold the bytes it is named after"):
        archive.get_raw(settings, digest)
    archive.raw_path(settings, digest).unlink()
    with pytest.raises(MonitorError, match="missing from the archive"):
        archive.get_raw(settings, digest)


def test_the_newest_delivery_of_a_request_counts_and_the_older_one_stays(settings):
    archive.record_delivery(settings, "d", [answer(settings, "2015", b"a"), answer(settings, "2016", b"b")], "p1")
    archive.record_delivery(settings, "d", [answer(settings, "2016", b"c", "2021-08-17T10:00:00+00:00")], "p1")
    past = archive.history(settings, "d")
    assert [(item.answer.slot, item.delivery_seq) for item in past.accepted] == [("2015", 0), ("2016", 0), ("2016", 1)]
    assert archive.get_raw(settings, past.latest_by_slot["2016"].raw_sha256) == b"c"
    assert past.newest_known == "2021-08-17T10:00:00+00:00"


def test_a_parse_is_current_only_when_it_covers_every_accepted_answer(settings):
    first, second = answer(settings, "2015", b"a"), answer(settings, "2016", b"b")
    archive.record_delivery(settings, "d", [first, second], "p1")
    archive.record_parse(settings, "d", "p2", [first.raw_sha256])
    assert archive.history(settings, "d").current_parse == "p1"
    archive.record_parse(settings, "d", "p2", [second.raw_sha256])
    assert archive.history(settings, "d").current_parse == "p2"
    archive.record_parse(settings, "d", "p1", [first.raw_sha256, second.raw_sha256])
    assert archive.history(settings, "d").current_parse == "p1"


def test_a_parse_that_repeats_the_one_before_takes_its_place(settings):
    raw = answer(settings, "2015", b"a")
    archive.record_delivery(settings, "d", [raw], "wrong")
    archive.record_parse(settings, "d", "corrected", [raw.raw_sha256])
    archive.record_parse(settings, "d", "corrected, new comment", [raw.raw_sha256], repeats="corrected")
    assert archive.history(settings, "d").parses == ["wrong", "corrected, new comment"]


def test_a_refusal_ends_with_the_next_night_in_which_nothing_is_refused(settings):
    archive.record_delivery(settings, "d", [answer(settings, "2015", b"a")], "p1")
    archive.record_rejection(settings, "d", "d: line 3: expected a number", "contract", ["quarantine/d/1"])
    assert archive.history(settings, "d").rejection["error"] == "d: line 3: expected a number"
    archive.record_check(settings, "d", unchanged=1, missing=0)
    assert archive.history(settings, "d").rejection is None


def test_a_home_belongs_to_one_source_mode(settings, monkeypatch):
    settings.claim_home()
    settings.claim_home()
    monkeypatch.setenv("MONITOR_SOURCE", "live")
    with pytest.raises(ConfigError, match="never mixed"):
        Settings.from_env().claim_home()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("MONITOR_SOURCE", "", "MONITOR_SOURCE is not set"),
        ("MONITOR_SOURCE", "Live", "set it to 'recorded'"),
        ("MONITOR_CATALOG", "/nowhere", "is not a folder"),
        ("MONITOR_BASE_URL_REGIO", "http://example.org/", "must be https"),
        ("MONITOR_BASE_URL_REGIO", "https://user:secret@example.org/", "without credentials"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(monkeypatch, name, value, problem):
    monkeypatch.setenv("MONITOR_SOURCE", "recorded")
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=problem) as raised:
        Settings.from_env()
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_live_night_never_asks_the_recorded_source(monkeypatch):
    monkeypatch.setenv("MONITOR_SOURCE", "live")
    monkeypatch.setenv("MONITOR_BASE_URL_REGIO", "http://127.0.0.1:8770/regio/genesisws/rest/2020/")
    with pytest.raises(ConfigError, match="on loopback only in recorded nights"):
        Settings.from_env()
