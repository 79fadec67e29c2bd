"""Chosen datasets and years are fetched or read again, with a reason on record; only what differs changes anything."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest
from test_what_is_fetched import PEOPLE, RATES, methods, watched

from integrationsmonitor import archive, landing, night
from integrationsmonitor.errors import ContractError
from night_support import NOW, Night

A_YEAR = ("--from", "2019", "--to", "2019")
WHY = ("--reason", "the office corrected 2019")


@pytest.fixture
def home(small_project: Night, tmp_path, monkeypatch) -> Night:
    monkeypatch.setenv("MONITOR_NOW", NOW)
    return small_project.copied_to(tmp_path / "home")


def years_asked(asked) -> set[str]:
    return {request.form["startyear"] for request in asked if request.method == "data/tablefile"}


def test_only_the_chosen_years_are_asked_for_and_the_same_answer_changes_nothing(home):
    before = archive.history(home.settings, RATES)
    with watched() as asked:
        result = night.backfill(home.settings, RATES, "refetch", night.years_of(2013, 2014))
    assert years_asked(asked) == {"2013", "2014"}
    assert (result["changed"], result["unchanged"]) == (False, 2)
    after = archive.history(home.settings, RATES)
    assert after.accepted == before.accepted
    assert after.last_fetched == before.last_fetched, "a part is not everything: the weekly question comes as before"
    assert not night.has_news(home.settings)


def test_asking_for_a_part_settles_no_earlier_refusal(home):
    archive.record_rejection(home.settings, RATES, "refused", "contract", [])
    night.backfill(home.settings, RATES, "refetch", night.years_of(2013, 2013))
    assert archive.history(home.settings, RATES).rejection
    night.backfill(home.settings, RATES, "refetch")
    assert archive.history(home.settings, RATES).rejection is None


def test_reading_again_asks_nobody_and_changes_nothing_where_the_landing_is_right(home):
    before = archive.history(home.settings, RATES)
    with watched() as asked:
        result = night.backfill(home.settings, RATES, "reparse", night.years_of(None, 2014))
    assert methods(asked) == set()
    assert (result["changed"], result["unchanged"]) == (False, 4)
    assert archive.history(home.settings, RATES) == before
    assert not night.has_news(home.settings)


def test_a_landing_that_says_otherwise_than_its_bytes_is_made_anew_and_is_news(home):
    settings, past = home.settings, archive.history(home.settings, RATES)
    chosen = next(item.answer for item in past.accepted if item.answer.scope_from.startswith("2013"))
    path = landing.path_of(settings, RATES, chosen.raw_sha256, past.current_parse)
    right = landing.read(path)
    path.unlink()  # a copy of the home links the files of the landing
    pq.write_table(right.slice(1), path)
    said: list[str] = []

    def report(_: str, text: str, **__: object) -> None:
        said.append(text)

    another = night.backfill(settings, RATES, "reparse", night.years_of(2012, 2012), report)
    assert not another["changed"]
    assert night.backfill(settings, RATES, "reparse", night.years_of(2013, 2013), report)["changed"]
    assert any("it was damaged" in text for text in said)
    assert landing.read(path).equals(right)
    assert night.has_news(settings), "the release was made of the damaged file"
    assert not night.backfill(settings, RATES, "reparse")["changed"]


def test_what_cannot_be_read_any_more_is_said_and_the_landing_stays(home):
    past = archive.history(home.settings, RATES)
    answer = past.accepted[0].answer
    raw = archive.raw_path(home.settings, answer.raw_sha256)
    raw.unlink()
    raw.write_bytes(b"damaged")
    with pytest.raises(Exception, match="does not hold the bytes it is named after"):
        night.backfill(home.settings, RATES, "reparse")
    assert landing.is_whole(landing.path_of(home.settings, RATES, answer.raw_sha256, past.current_parse))


def test_the_reason_stands_in_the_journal_once_and_the_command_says_what_changed(home):
    outcome = home.monitor("backfill", RATES, PEOPLE, "--action", "reparse", *A_YEAR, *WHY)
    assert (outcome.code, outcome.out.strip()) == (0, "nothing changed"), outcome.err
    [record] = [line for line in archive.journal_records(home.settings) if line["event"] == "backfill"]
    assert record["datasets"] == sorted([RATES, PEOPLE])
    assert (record["action"], record["years"], record["reason"]) == ("reparse", [2019, 2019], WHY[1])
    told = home.monitor("backfill", RATES, "--action", "refetch", *A_YEAR, *WHY, "--json")
    assert [result["dataset"] for result in json.loads(told.out)] == [RATES]


def test_a_run_of_airflow_that_is_tried_again_notes_its_wish_once(home):
    for _ in range(2):
        night.note_backfill(home.settings, [RATES], "reparse", None, "why", who="op", run="manual__1")
    night.note_backfill(home.settings, [RATES], "reparse", None, "why", who="op", run="manual__2")
    noted = [line for line in archive.journal_records(home.settings) if line["event"] == "backfill"]
    assert [(line["run"], line["who"]) for line in noted] == [("manual__1", "op"), ("manual__2", "op")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("regio_none", "--action", "reparse", *WHY), "no dataset 'regio_none'"),
        ((RATES, "--action", "delete", *WHY), "expected refetch or reparse"),
        ((RATES, "--action", "reparse", "--reason", " "), "a reason is needed"),
        ((RATES, "--action", "reparse", "--from", "2019", "--to", "2018", *WHY), "the first year comes after the last"),
    ],
)
def test_a_wish_that_makes_no_sense_is_one_line_and_changes_nothing(home, arguments, said):
    outcome = home.monitor("backfill", *arguments)
    assert outcome.code == 1
    assert said in outcome.err
    assert not [line for line in archive.journal_records(home.settings) if line["event"] == "backfill"]


def test_a_refused_answer_is_code_2_and_keeps_no_other_from_being_asked(home, tmp_path, monkeypatch):
    def refuse(settings, dataset_id, *_, **__):
        if dataset_id == RATES:
            raise ContractError(dataset_id, "x.csv", "line 3", "Frauen", "weiblich")
        return {"dataset": dataset_id, "changed": True}

    from typer.testing import CliRunner

    from integrationsmonitor import cli

    monkeypatch.setattr(night, "backfill", refuse)
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    outcome = CliRunner().invoke(cli.app, ["backfill", RATES, PEOPLE, "--action", "refetch", *WHY])
    assert outcome.exit_code == 2
    assert f"changed: {PEOPLE}" in outcome.output
