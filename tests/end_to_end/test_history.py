"""What the warehouse knows changes in three ways, and each is called by its name.

The story of one home in three nights, on tables that were published before and after 2017-12-01:
  1. the source as it stood on 2017-12-01, read with a mistake in a dataset's file (Germans and foreigners swapped)
  2. the same answers, the mistake corrected: no new bytes, an own correction
  3. the source answers with the latest years only, and with a new Stand of 2016: a revision, and nothing is lost
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from night_support import Night, Outcome, copy_home, edit_yaml, small_catalog
from recordings_support import Recordings, answer, lines_of

POPULATION, UNEMPLOYMENT, INHABITANTS = "regio_12411_03_03_4", "regio_13211_02_05_4", "regio_12411_01_01_4"
THE_DAY = "2017-12-01"
ERFURT_RATE_2016 = (
    "region_key = '16051' and period_end = '2016-12-31' and measure = 'arbeitslosenquote_alle_zivilen' "
    "and nationality = 'auslaendisch'"
)


def _swap_germans_and_foreigners(raw: dict[str, Any]) -> None:
    (axis,) = (axis for axis in raw["axes"] if axis["code"] == "NAT")
    values = {value["code"]: value for value in axis["values"]}
    values["NATD"]["is"], values["NATA"]["is"] = values["NATA"]["is"], values["NATD"]["is"]


def _succeed(run: Outcome) -> Outcome:
    assert run.code == 0, run.err[-3000:]
    return run


@pytest.fixture(scope="session")
def first(once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The night at the day, with the mistake."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog")

    def make(folder: Path) -> Outcome:
        small_catalog(folder / "catalog", (POPULATION, UNEMPLOYMENT, INHABITANTS))
        edit_yaml(folder / "catalog" / "datasets" / f"{POPULATION}.yml", _swap_germans_and_foreigners)
        return _succeed(night(folder).monitor("run", "--as-recorded", THE_DAY))

    return night(once("history-1", make)[0])


@pytest.fixture(scope="session")
def second(first: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The night after: the same day, the mistake corrected."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog", now="2026-11-23T02:15:00+01:00")

    def make(folder: Path) -> Outcome:
        small_catalog(folder / "catalog", (POPULATION, UNEMPLOYMENT, INHABITANTS))
        copy_home(first.home, folder / "home")
        return _succeed(night(folder).monitor("run", "--as-recorded", THE_DAY))

    return night(once("history-2", make)[0])


@pytest.fixture(scope="session")
def third(second: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """Today: of every table the source holds the latest year only, and Erfurt's rate of 2016 was revised."""

    def night(folder: Path) -> Night:
        extra = {**second.extra, "MONITOR_RECORDINGS": str(folder / "recordings")}
        return Night(folder / "home", extra)

    def make(folder: Path) -> Outcome:
        latest = {("13211-02-05-4", 2023), ("12411-01-01-4", 2025), ("12411-03-03-4", 2022)}
        recordings = Recordings(folder / "recordings").keep(lambda table, year: (table, year) in latest)
        revised = [_revised(line) for line in lines_of("13211-02-05-4", 2016)]
        recordings.put("13211-02-05-4", 2016, answer("13211-02-05-4", revised))
        copy_home(second.home, folder / "home")
        return _succeed(night(folder).monitor("run"))

    return night(once("history-3", make)[0])


def _revised(line: str) -> str:
    is_it = all(word in line for word in (";16051;", ";NATA;", ";ERWP10;"))
    assert not is_it or ";25,0;" in line
    return line.replace(";25,0;", ";24,8;") if is_it else line


def _cells(night: Night, dataset: str) -> dict[str, tuple[Any, ...]]:
    """Every cell of a dataset with what the source says of it."""
    rows = night.query(
        "select observation_id, value, sign, status, source_known_from from fct_observation where dataset_id = ?",
        dataset,
    )
    return {row[0]: row[1:] for row in rows}


def _vintages(night: Night, columns: str, of_cells: str) -> list[tuple[Any, ...]]:
    """The changes of cells, oldest first."""
    return night.query(
        f"select {columns} from fct_observation_vintage where axis = 'source' and {of_cells} order by vintage_no"
    )


def _kinds(night: Night, dataset: str) -> Counter[str]:
    return Counter(kind for (kind,) in _vintages(night, "revision_kind", f"dataset_id = '{dataset}'"))


# ---- as recorded on a day -----------------------------------------------------------------------------------------


def test_the_source_as_it_stood_on_a_day_knows_nothing_later(first: Night) -> None:
    (latest,) = first.query("select max(source_known_from) < timestamp '2017-12-02' from fct_observation")
    assert latest == (True,)
    newest = dict(first.query("select dataset_id, max(period_end)::varchar from fct_observation group by 1"))
    assert newest == {POPULATION: "2015-12-31", UNEMPLOYMENT: "2016-12-31", INHABITANTS: "2015-12-31"}


def test_what_was_known_on_a_day_is_what_was_known_then(first: Night) -> None:
    assert first.query(f"select value from fct_observation where {ERFURT_RATE_2016}") == [(Decimal("25.0"),)]


# ---- an own correction --------------------------------------------------------------------------------------------

SHARE_OF_2015 = (
    "select value, flags from mart_indicator "
    "where indicator_id = 'A01' and region_key = '16' and period_end = '2015-12-31' and is_default "
    "and territory = 'as_published'"
)


def test_without_new_bytes_a_corrected_mapping_makes_a_new_release(first: Night, second: Night) -> None:
    assert second.release["release_id"] != first.release["release_id"]
    assert second.release["previous"] == first.release["release_id"]
    assert _without_readings(second) == _without_readings(first)
    again = {raw["dataset_id"] for raw in second.release["raw_inputs"] if len(raw["parse_keys"]) > 1}
    assert again == {POPULATION}, "only the table of the corrected mapping was read a second time"


def _without_readings(night: Night) -> list[dict[str, Any]]:
    """The answers of a release, whichever way they were read."""
    return [{key: value for key, value in raw.items() if key != "parse_keys"} for raw in night.release["raw_inputs"]]


def test_the_corrected_value_is_right_and_marked_as_our_own_correction(first: Night, second: Night) -> None:
    ((wrong, before),) = first.query(SHARE_OF_2015)
    ((right, after),) = second.query(SHARE_OF_2015)
    assert wrong + right == pytest.approx(100)
    assert 3 < right < 5
    assert (before, after) == ("", "own_correction")


def test_only_the_cells_that_were_read_wrong_are_marked(second: Night) -> None:
    marked = second.query(
        "select distinct dataset_id, nationality, flags from fct_observation where flags <> '' order by nationality"
    )
    assert marked == [(POPULATION, "auslaendisch", "own_correction"), (POPULATION, "deutsch", "own_correction")]


def test_an_own_correction_is_no_revision_of_the_source(second: Night) -> None:
    assert set(_kinds(second, POPULATION)) == {"first", "own_correction"}
    known = second.query("select distinct source_known_from::date::varchar from fct_observation where flags <> ''")
    assert known == [("2017-10-10",)]


def test_the_release_before_stays_as_it_was(first: Night, second: Night) -> None:
    before = second.home / "releases" / first.release["release_id"] / "warehouse.duckdb"
    with duckdb.connect(str(before), read_only=True) as con:
        assert con.execute(SHARE_OF_2015).fetchall() == first.query(SHARE_OF_2015)


# ---- the latest year only, and a second Stand ---------------------------------------------------------------------


@pytest.mark.parametrize("dataset", [POPULATION, UNEMPLOYMENT, INHABITANTS])
def test_an_answer_of_the_latest_year_withdraws_nothing(second: Night, third: Night, dataset: str) -> None:
    before, after = _cells(second, dataset), _cells(third, dataset)
    assert before.keys() < after.keys(), "every cell is still there, and the latest year has come"
    assert "withdrawn" not in _kinds(third, dataset)


def test_a_second_stand_of_a_year_is_a_revision_and_no_loss(second: Night, third: Night) -> None:
    before, after = _cells(second, UNEMPLOYMENT), _cells(third, UNEMPLOYMENT)
    changed = {cell for cell in before if before[cell] != after[cell]}
    assert len(changed) == 1, "an answer that repeats a figure is no change, however its Kreis is spelled"
    assert _vintages(third, "revision_kind, value", ERFURT_RATE_2016) == [
        ("first", Decimal("25.0")),
        ("correction", Decimal("24.8")),
    ]
    assert _kinds(third, UNEMPLOYMENT)["correction"] == 1


def test_the_indicator_follows_the_revision(third: Night) -> None:
    rate = third.query(
        "select value, value_low, value_high, source_known_from::date::varchar from mart_indicator "
        "where indicator_id = 'E10' and region_key = '16051' and period_end = '2016-12-31' "
        "and territory = 'as_published' and group_key = 'auslaender'"
    )
    assert rate == [(Decimal("24.8"), Decimal("24.75"), Decimal("24.85"), "2026-11-05")]


def test_the_own_correction_stays_marked(third: Night) -> None:
    ((_, flags),) = third.query(SHARE_OF_2015)
    assert flags == "own_correction"


# ---- built anew ---------------------------------------------------------------------------------------------------

OF_ITS_OWN_TIME = {"meta_release", "mart_publication", "mart_run"}


def _tables(night: Night) -> dict[str, list[tuple[Any, ...]]]:
    names = [name for (name,) in night.query("select table_name from duckdb_tables() order by 1")]
    return {name: night.query(f"from {name} order by all") for name in names if name not in OF_ITS_OWN_TIME}


@pytest.fixture(scope="session")
def restored(third: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The third night's home out of its archive alone, years later."""

    def night(folder: Path) -> Night:
        return Night(folder / "home", {**third.extra, "MONITOR_NOW": "2031-01-01T04:00:00+01:00"})

    def make(folder: Path) -> Outcome:
        copy_home(third.home, folder / "home", only=("archive",))
        return _succeed(night(folder).monitor("build"))

    return night(once("history-4", make)[0])


def test_a_home_built_anew_from_its_archive_has_the_same_tables(third: Night, restored: Night) -> None:
    before, after = _tables(third), _tables(restored)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    assert {"fct_observation_vintage", "mart_indicator_vintage", "mart_revision"} <= before.keys()


def test_it_still_knows_what_we_read_wrong(third: Night, restored: Night) -> None:
    misread = (
        "select axis, revision_kind, count(*) from fct_observation_vintage "
        f"where dataset_id = '{POPULATION}' and period_end = '2015-12-31' group by all order by all"
    )
    told = restored.query(misread)
    assert told == third.query(misread)
    assert {(axis, kind) for axis, kind, _ in told} == {
        ("recorded", "first"),
        ("recorded", "own_correction"),
        ("source", "first"),
        ("source", "own_correction"),
    }


def test_as_of_tells_the_mistake_on_our_axis_only(first: Night, third: Night) -> None:
    def told(relation: str) -> Decimal:
        ((value, _),) = third.query(SHARE_OF_2015.replace("mart_indicator", relation))
        return Decimal(value)

    wrong, right = first.query(SHARE_OF_2015)[0][0], told("mart_indicator")
    assert wrong != right
    assert told("indicator_as_of('2018-01-01')") == right, "the source never said it"
    assert told("indicator_as_of('2026-11-22 12:00', axis := 'recorded')") == wrong, "we did, until we noticed"
    assert told("indicator_as_of('2026-11-23 12:00', axis := 'recorded')") == right


# ---- what is new --------------------------------------------------------------------------------------------------


def _news(night: Night) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((night.home / "current" / "diff.json").read_text(encoding="utf-8"))[
        "values"
    ]
    return found


def test_the_news_of_the_second_night_are_our_own_correction(first: Night, second: Night) -> None:
    changed = [value for value in _news(second) if value["kind"] == "changed"]
    ids = "select value_id, value from mart_indicator where value is not null"
    before, after = dict(first.query(ids)), dict(second.query(ids))
    assert {value["value_id"] for value in changed} == {name for name in after if after[name] != before[name]}
    assert {value["reason"] for value in changed} == {"own_correction"}


def test_the_news_of_the_third_night_are_new_periods_and_one_revision(third: Night) -> None:
    news = _news(third)
    appeared = {value["reason"] for value in news if value["kind"] == "appeared"}
    assert appeared == {"new_period", "newly_recorded", "gap_shown"}, "what goes on, what begins, gaps between"
    (revised,) = [value for value in news if value["kind"] == "changed"]
    assert "Erfurt, Jahresdurchschnitt 2016: 24,8 % statt 25,0 %" in revised["sentence_de"]


def test_the_account_gives_back_every_night(first: Night, second: Night, third: Night) -> None:
    shown = "select value_id, value, status from mart_indicator order by 1"
    numbers = third.query("select distinct publication_no from mart_publication order by 1")
    assert numbers == [(1,), (2,), (3,)]
    for number, night in enumerate((first, second, third), start=1):
        last = "row_number() over (partition by value_id order by publication_no desc) = 1"
        state = third.query(
            "select value_id, value, status from "
            f"(from mart_publication where publication_no <= ? qualify {last}) where status <> 'removed' order by 1",
            number,
        )
        assert state == night.query(shown)
