"""What needs a person: causes with texts that are useful by themselves, each told once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integrationsmonitor import archive, clock, night
from integrationsmonitor.archive import ArchivedAnswer
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.errors import GateError, MonitorError
from integrationsmonitor.night import alerts, incidents
from integrationsmonitor.night.watch import Cause, import_failed, knows, task_failed
from integrationsmonitor.settings import Settings
from night_support import PROJECT

SVB, BENEFITS, AREA = "regio_13111_01_03_4", "regio_22221_01_01_4", "regio_11111_01_01_4"
ERROR = (
    f"{BENEFITS}: 22221-01-01-4_1507652555000_de_flat.csv, line 3: expected a known attribute of GES: 'Frauen', "
    f"found 'weiblich'. If the source changed it, say so in catalog/datasets/{BENEFITS}.yml"
)
PASSWORD, WEBHOOK = "geheim-und-lang", "https://hooks.example/services/T0KEN"


@pytest.fixture(autouse=True)
def _a_fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-11-24T04:45:00")
    monkeypatch.delenv("MONITOR_AS_RECORDED", raising=False)


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setenv("MONITOR_NOW", moment)


def home(folder: Path, mode: str = "live", **newest: str) -> Settings:
    """A home whose release holds figures of some datasets up to a period, all others up to one far ahead."""
    settings = Settings.from_env(
        {
            "MONITOR_SOURCE": mode,
            "MONITOR_HOME": str(folder),
            "MONITOR_PROJECT": str(PROJECT),
            "REGIO_USER": "amt",
            "REGIO_PASSWORD": PASSWORD,
            "MONITOR_ALERT_WEBHOOK": WEBHOOK,
        }
    )
    settings.claim_home()
    held = []
    for dataset_id in load_catalog(settings.catalog).datasets:
        accept(settings, dataset_id)
        begins = newest.get(dataset_id, "2090-12-31")
        periods = {"newest_begins": begins, "kreise": [int(begins[:4])], "land_only": []}
        held.append({"dataset_id": dataset_id, "newest_period": begins, "observations": 1, "periods_held": periods})
    release = settings.releases / "20261101T000000Z-00000000"
    release.mkdir(parents=True)
    facts = {"release_id": release.name, "sequence": 1, "datasets": held}
    (release / "release.json").write_text(json.dumps(facts), encoding="utf-8")
    settings.current.symlink_to(release.relative_to(settings.home))
    return settings


def accept(settings: Settings, dataset_id: str) -> None:
    answer = ArchivedAnswer(
        "2024-2024", "0" * 64, "1", "x", "u", "2024-01-01", "2024-12-31", "2025-01-01", "", "", "", 1
    )
    archive.record_delivery(settings, dataset_id, [answer], "key")


def refuse(settings: Settings, dataset_id: str, error: str, kind: str = "contract", *bytes_at: str) -> None:
    archive.record_rejection(settings, dataset_id, error, kind, list(bytes_at))


def only(settings: Settings) -> Cause:
    [cause] = night.watch(settings)
    return cause


class Channel:
    """Takes messages, or fails."""

    def __init__(self) -> None:
        self.sent: list[alerts.Message] = []
        self.broken = False

    def __call__(self, message: alerts.Message) -> None:
        if self.broken:
            raise OSError(f"no route to {WEBHOOK}")
        self.sent.append(message)

    @property
    def subjects(self) -> list[str]:
        return [message.subject for message in self.sent]


# ---- causes -------------------------------------------------------------------------------------------------------


def test_a_quiet_night_has_no_cause_and_ends_with_0(tmp_path):
    settings = home(tmp_path)
    archive.record_check(settings, SVB, unchanged=12, missing=0)
    assert night.watch(settings) == []
    assert night.exit_code(settings) == 0


def test_a_refused_answer_names_table_file_line_bytes_and_the_next_step(tmp_path):
    settings = home(tmp_path, **{BENEFITS: "2090-12-31"})
    refuse(settings, BENEFITS, ERROR, "contract", f"quarantine/{BENEFITS}/0123456789abcdef")
    cause = only(settings)
    assert (cause.kind, cause.dataset) == ("quarantine", BENEFITS)
    assert cause.subject == f"{BENEFITS}: Antwort der Quelle zurückgewiesen"
    for part in (
        "22221-01-01-4 (regio)",
        "22221-01-01-4_1507652555000_de_flat.csv, line 3: expected a known attribute of GES: 'Frauen'",
        f"{settings.home}/quarantine/{BENEFITS}/0123456789abcdef",
        "der letzte gute Stand bleibt veröffentlicht (neuester Zeitbezug 31.12.2090)",
        f"`monitor fetch {BENEFITS} --dry-run`",
    ):
        assert part in cause.text
    assert night.exit_code(settings) == 2


def test_a_jump_waits_for_a_decision_and_says_how_to_take_it(tmp_path):
    settings = home(tmp_path)
    refuse(settings, BENEFITS, ERROR, "jump")
    cause = only(settings)
    assert cause.kind == "jump"
    assert f"`monitor accept {BENEFITS} --reason …`" in cause.text
    assert states(settings)[BENEFITS] == "quarantine"


def test_a_source_without_an_answer_is_not_fetched_rather_than_in_quarantine(tmp_path):
    settings = home(tmp_path)
    refuse(settings, BENEFITS, f"{BENEFITS}: https://h/x: HTTP 503", "fetch")
    assert only(settings).kind == "not_fetched"
    assert states(settings)[BENEFITS] == "not_fetched"


def test_an_overdue_source_says_what_was_expected_when_and_since_when(tmp_path):
    settings = home(tmp_path, **{AREA: "2024-12-31"})
    cause = only(settings)
    assert cause.subject == f"{AREA}: 2025 überfällig seit 22.09.2026"
    assert "Zeitraum 2025 bis 31.08.2026; mit 21 Tagen Nachsicht überfällig seit 22.09.2026" in cause.text
    assert "cadence.release_days" in cause.text
    assert states(settings)[AREA] == "overdue"
    assert night.exit_code(settings) == 2


def test_a_dataset_that_is_due_but_within_grace_is_no_cause(tmp_path, monkeypatch):
    settings = home(tmp_path, **{AREA: "2024-12-31"})
    at(monkeypatch, "2026-09-21T12:00:00")
    assert night.watch(settings) == []
    assert states(settings)[AREA] == "due"
    assert night.exit_code(settings) == 0


def test_the_land_alone_does_not_make_a_table_of_kreise_fresh(tmp_path):
    """13111-01-03-4 holds the Land for 2025 and `-` for every Kreis: newest for the Kreise is 2024."""
    settings = home(tmp_path, **{SVB: "2024-06-30"})
    [svb] = [entry for entry in night.summary(settings)["datasets"] if entry["dataset_id"] == SVB]
    assert (svb["freshness"]["awaited_period"], svb["freshness"]["awaited_day"]) == ("2025", "2025-12-31")
    assert svb["state"] == "overdue"


def test_a_refused_dataset_that_is_late_too_is_one_cause(tmp_path):
    settings = home(tmp_path, **{AREA: "2024-12-31"})
    refuse(settings, AREA, f"{AREA}: x.csv, line 1: expected a, found b")
    assert only(settings).kind == "quarantine"


def test_recordings_that_end_are_shown_as_overdue_but_are_no_cause(tmp_path):
    settings = home(tmp_path, "recorded", **{AREA: "2015-12-31"})
    assert states(settings)[AREA] == "overdue"
    assert night.summary(settings)["judged_on"] == "2026-10-31"
    assert night.watch(settings) == []
    assert night.exit_code(settings) == 0


def test_a_recorded_night_at_an_earlier_day_is_judged_at_that_day(tmp_path, monkeypatch):
    settings = home(tmp_path, "recorded", **{AREA: "2015-12-31"})
    monkeypatch.setenv("MONITOR_AS_RECORDED", "2017-08-01")
    assert states(settings)[AREA] == "ok"


def test_warnings_of_a_delivery_are_shown(tmp_path):
    settings = home(tmp_path)
    archive.record_delivery(settings, AREA, [], "p", ["rows fell by 30 %"])
    (entry,) = (entry for entry in night.summary(settings)["datasets"] if entry["dataset_id"] == AREA)
    assert entry["warnings"] == ["rows fell by 30 %"]


def states(settings: Settings) -> dict[str, str]:
    return {entry["dataset_id"]: entry["state"] for entry in night.summary(settings)["datasets"]}


def test_a_build_that_breaks_is_a_cause_until_the_next_good_one(tmp_path):
    settings = Settings.from_env({"MONITOR_SOURCE": "live", "MONITOR_HOME": str(tmp_path)})
    for _ in range(2):
        with pytest.raises(MonitorError, match="no dataset has an accepted answer yet") as broken:
            night.build_and_publish(settings)
    cause = only(settings)
    assert (cause.key, cause.kind) == ("build", "build")
    assert "no dataset has an accepted answer yet" in cause.text
    assert len((tmp_path / "incidents.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert knows(settings, "", f"MonitorError: {broken.value}")
    assert not knows(settings, "", "RuntimeError: something else")
    with incidents.noted_build(settings):
        pass
    assert night.watch(settings) == []


def test_a_load_is_known_by_the_reason_on_record_and_a_damaged_record_is_none(tmp_path):
    settings = home(tmp_path)
    refuse(settings, BENEFITS, ERROR)
    assert knows(settings, BENEFITS, f"ContractError: {ERROR}")
    assert not knows(settings, BENEFITS, "KeyError: 'bug'")
    manifest = archive.manifest_path(settings, BENEFITS)
    manifest.write_bytes(b"00000000 {}\n" + manifest.read_bytes())
    assert not knows(settings, BENEFITS, f"ContractError: {ERROR}")


def test_a_failed_gate_names_the_findings_and_where_the_candidate_lies(tmp_path):
    settings = home(tmp_path)
    with pytest.raises(GateError), incidents.noted_build(settings):
        raise GateError("the gate failed, nothing is released: mart_indicator: value must not be null")
    cause = only(settings)
    assert cause.subject == "Prüfung nicht bestanden: nichts veröffentlicht"
    assert "mart_indicator: value must not be null" in cause.text
    assert str(settings.candidate / "warehouse.duckdb") in cause.text
    assert night.summary(settings)["failures"][0]["kind"] == "gate"


def test_the_night_notes_a_closed_gate_by_itself(tmp_path, monkeypatch):
    from types import SimpleNamespace

    from integrationsmonitor import confidentiality, quality, warehouse
    from integrationsmonitor.night import build_tables

    settings = home(tmp_path)
    built = SimpleNamespace(path=settings.candidate / "warehouse.duckdb")
    found = ["mart_indicator: A01 above 100 %"]
    closed = SimpleNamespace(gate="failed", critical=found, lost=(), page="quality/index.html")
    monkeypatch.setattr(build_tables, "ensure_landing", lambda *_: None)
    monkeypatch.setattr(warehouse, "build", lambda *_: built)
    monkeypatch.setattr(confidentiality, "check", lambda *_: confidentiality.Found({}, (), True))
    monkeypatch.setattr(quality, "check", lambda *_: closed)
    with pytest.raises(GateError):
        night.build_and_publish(settings)
    cause = only(settings)
    assert cause.kind == "gate"
    assert "mart_indicator: A01 above 100 %" in cause.text
    assert "quality/index.html" in cause.text


def test_no_secret_reaches_a_text_or_a_file(tmp_path):
    settings = home(tmp_path)
    leak = f"user amt, password {PASSWORD}, hook {WEBHOOK}"
    refuse(settings, BENEFITS, f"{BENEFITS}: {leak}")
    incidents.note(settings, "task:load_ba.load:x", "task", leak)
    causes = [*night.watch(settings), import_failed(settings, Path("/dags/x.py"), leak)]
    broken = Channel()
    broken.broken = True
    told = alerts.tell(settings, causes, {"webhook": broken})
    alerts.tell(settings, causes, {"mail": Channel()})
    written = [(tmp_path / name).read_text(encoding="utf-8") for name in ("incidents.jsonl", "alerts.jsonl")]
    everything = "\n".join([*(cause.text + cause.subject for cause in causes), *told, *written])
    assert len(causes) == 3
    assert "***" in everything
    assert PASSWORD not in everything
    assert "T0KEN" not in everything


# ---- telling ------------------------------------------------------------------------------------------------------


def test_a_cause_is_told_once_whatever_file_or_line_the_next_night_names(tmp_path, monkeypatch):
    settings, channel = home(tmp_path), Channel()
    for day in ("24", "25", "26"):
        at(monkeypatch, f"2026-11-{day}T04:45:00")
        refuse(settings, BENEFITS, ERROR.replace("1507652555000", f"15076525550{day}").replace("line 3", f"line {day}"))
        assert alerts.tell(settings, night.watch(settings), {"mail": channel}) == []
    assert channel.subjects == [f"Integrationsmonitor: {BENEFITS}: Antwort der Quelle zurückgewiesen"]


def test_a_cause_that_is_over_is_told_once_too(tmp_path):
    settings, channel = home(tmp_path), Channel()
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    archive.record_check(settings, BENEFITS, unchanged=1, missing=0)
    for _ in range(2):
        alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert channel.subjects[1:] == [
        f"Integrationsmonitor: Wieder in Ordnung: {BENEFITS}: Antwort der Quelle zurückgewiesen"
    ]
    assert "Gemeldet am 24.11.2026" in channel.sent[1].text
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert len(channel.sent) == 3, "it came back: that is new"


def test_what_could_not_be_sent_is_tried_again_and_silences_nobody_else(tmp_path):
    settings, mail, hook = home(tmp_path), Channel(), Channel()
    refuse(settings, BENEFITS, ERROR)
    mail.broken = True
    [problem] = alerts.tell(settings, night.watch(settings), {"mail": mail, "webhook": hook})
    assert problem.startswith("mail: Integrationsmonitor: ")
    assert "OSError" in problem
    mail.broken = False
    assert alerts.tell(settings, night.watch(settings), {"mail": mail, "webhook": hook}) == []
    assert (len(mail.sent), len(hook.sent)) == (1, 1)


def test_an_end_that_could_not_be_sent_is_tried_again(tmp_path):
    settings, mail = home(tmp_path), Channel()
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": mail})
    archive.record_check(settings, BENEFITS, unchanged=1, missing=0)
    mail.broken = True
    assert len(alerts.tell(settings, night.watch(settings), {"mail": mail})) == 1
    mail.broken = False
    alerts.tell(settings, night.watch(settings), {"mail": mail})
    assert [message.event for message in mail.sent] == ["new", "over"]


def test_what_still_stands_is_reminded_of_after_seven_days(tmp_path, monkeypatch):
    settings, channel = home(tmp_path), Channel()
    refuse(settings, BENEFITS, ERROR)
    for day in range(1, 18):
        at(monkeypatch, f"2026-12-{day:02}T04:45:00")
        alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert [message.event for message in channel.sent] == ["new", "reminder", "reminder"]
    assert channel.subjects[1].startswith("Integrationsmonitor: Erinnerung: ")


def test_another_kind_of_trouble_with_the_same_dataset_is_told_and_is_no_recovery(tmp_path):
    settings, channel = home(tmp_path), Channel()
    for kind in ("fetch", "contract", "jump", "jump"):
        refuse(settings, BENEFITS, ERROR, kind)
        alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert [(message.event, message.causes[0].kind) for message in channel.sent] == [
        ("new", "not_fetched"),
        ("new", "quarantine"),
        ("new", "jump"),
    ]


def test_a_host_that_is_away_is_one_message_and_another_problem_its_own(tmp_path):
    settings, channel = home(tmp_path), Channel()
    away = "https://www.regionalstatistik.de/x: connection failed (ConnectError). Check network"
    for dataset_id in (SVB, BENEFITS):
        refuse(settings, dataset_id, f"{dataset_id}: {away}", "fetch")
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert channel.subjects == [f"Integrationsmonitor: {SVB}: Quelle nicht abgerufen (und 1 weitere)"]
    assert BENEFITS in channel.sent[0].text
    refuse(settings, AREA, f"{AREA}: {away}", "fetch")
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert len(channel.sent) == 1, "the same host, away for one table more"
    refuse(settings, "regio_12711_03_02_4", "regio_12711_03_02_4: https://h/x: no such table (90)", "fetch")
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert len(channel.sent) == 2
    for dataset_id in (SVB, BENEFITS, AREA):
        archive.record_check(settings, dataset_id, unchanged=1, missing=0)
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert [(message.event, len(message.causes)) for message in channel.sent[2:]] == [("over", 3)]


def test_a_channel_that_is_new_hears_what_stands(tmp_path):
    settings, mail, hook = home(tmp_path), Channel(), Channel()
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": mail})
    alerts.tell(settings, night.watch(settings), {"mail": mail, "webhook": hook})
    assert (len(mail.sent), len(hook.sent)) == (1, 1)


def test_without_a_channel_the_causes_are_said_to_the_log_and_stay_untold(tmp_path):
    settings, said = home(tmp_path), []
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {}, lambda *words: said.append(words))
    assert said == [("alert", f"told nobody, no channel is configured: {BENEFITS}: Antwort der Quelle zurückgewiesen")]
    assert not (tmp_path / "alerts.jsonl").exists()


def test_a_task_speaks_of_itself_only(tmp_path):
    settings, channel = home(tmp_path), Channel()
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    key = f"task:load_ba.load:{SVB}"
    incidents.note(settings, key, "task", "killed")
    told = task_failed(settings, key, incidents.standing(settings)[key])
    alerts.tell(settings, [told], {"mail": channel}, about={key})
    assert channel.subjects[1:] == [f"Integrationsmonitor: {SVB}: Aufgabe in Airflow abgebrochen"]
    assert told in night.watch(settings), "the morning knows it too, and does not repeat it"
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert len(channel.sent) == 2
    assert incidents.clear(settings, key)
    alerts.tell(settings, [], {"mail": channel}, about={key})
    assert channel.sent[-1].event == "over"
    assert len(channel.sent) == 3


def test_twenty_tasks_that_break_for_one_reason_are_one_message(tmp_path):
    settings, channel = home(tmp_path), Channel()
    text = "catalog/regions.yml: cannot be read"
    for key in ("task:load_ba.announce", *(f"task:load_ba.load:{dataset_id}" for dataset_id in (SVB, BENEFITS))):
        incidents.note(settings, key, "task", text if "announce" in key else f"ConfigError: {text}")
        cause = task_failed(settings, key, incidents.standing(settings)[key])
        alerts.tell(settings, [cause], {"mail": channel}, about={key})
    assert len(channel.sent) == 1


def test_the_log_of_what_was_told_survives_a_torn_line(tmp_path):
    settings, channel = home(tmp_path), Channel()
    refuse(settings, BENEFITS, ERROR)
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    with (tmp_path / "alerts.jsonl").open("ab") as file:
        file.write(b'0000 {"event"')
    alerts.tell(settings, night.watch(settings), {"mail": channel})
    assert len(channel.sent) == 1
    assert clock.now().year == 2026
