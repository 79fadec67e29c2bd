"""The calendar of the sources: what should be out on a day, and when a dataset is late."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.cadence import MONTHS, Cadence, read_cadence
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.freshness import judge
from night_support import PROJECT, edit_yaml

CATALOG = load_catalog(PROJECT / "catalog")
YEAR_END = {"every": "year", "reference": "31.12.", "expected_by": "31.08.", "grace_days": 21}
ORDER = ["fresh", "due", "overdue"]


def day(text: str) -> date:
    return date.fromisoformat(text)


# Worked by hand from the files: dataset → a period held, the day its successor should be out, the first day overdue.
BY_HAND = {
    "destatis_12411_0018": ("2020-12-31", "2022-07-31", "2022-08-22"),
    "destatis_12521_0041": ("2025-12-31", "2027-06-30", "2027-07-22"),
    "destatis_12531_0043": ("2024-12-31", "2026-08-31", "2026-09-22"),
    "regio_11111_01_01_4": ("2015-12-31", "2017-08-31", "2017-09-22"),
    "regio_12411_01_01_4": ("2025-12-31", "2027-07-31", "2027-08-22"),
    "regio_12411_03_03_4": ("2022-12-31", "2024-08-31", "2024-09-22"),
    "regio_12511_04_01_4": ("2024-01-01", "2026-08-31", "2026-09-22"),
    "regio_12711_03_02_4": ("2015-01-01", "2017-08-31", "2017-09-22"),
    "regio_13111_01_03_4": ("2019-06-30", "2020-12-31", "2021-01-22"),
    "regio_13111_02_02_4": ("2019-06-30", "2020-12-31", "2021-01-22"),
    "regio_13111_07_05_4": ("2019-06-30", "2020-12-31", "2021-01-22"),
    "regio_13211_01_03_4": ("2016-01-01", "2018-04-30", "2018-05-22"),
    "regio_13211_02_05_4": ("2023-01-01", "2025-04-30", "2025-05-22"),
    # school year 2023/24 is stored as 2023: the next one begins on 1 August 2024 and is out in October
    "regio_21111_01_03_4": ("2023-01-01", "2024-10-31", "2024-12-31"),
    # leavers at the end of July 2023; those of July 2024 are out by June 2025
    "regio_21111_02_06_4": ("2023-01-01", "2025-06-30", "2025-08-30"),
    "regio_22221_01_01_4": ("2015-12-31", "2017-09-30", "2017-10-22"),
    "tls_kr000108": ("2023-12-31", "2025-07-31", "2025-08-31"),
}
# The same by month: a period held, its successor, the day that should be out, the first day overdue.
MONTHLY = {
    "ba_amr_kreise": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
    "ba_api_alo": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
    "ba_api_alo_kreise_reihe": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
    "ba_api_alo_reihe": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
    "ba_api_bb": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
    "ba_api_bst": ("2026-06-30", "2026-07", "2026-11-03", "2026-12-04"),
    "ba_api_bst_reihe": ("2026-06-30", "2026-07", "2026-11-03", "2026-12-04"),
    "ba_api_grusi": ("2026-06-01", "2026-07", "2026-11-08", "2026-12-09"),
    "ba_api_grusi_reihe": ("2026-06-01", "2026-07", "2026-11-08", "2026-12-09"),
    "ba_api_stea": ("2026-10-01", "2026-11", "2026-12-05", "2026-12-16"),
}
WITHOUT_A_CALENDAR = {
    "local_azr_presse": "irregular",
    "local_kreisangaben_2019": "irregular",
    "regio_12411_03_02_4": "ended",
    "regio_12511_01_01_4": "ended",
}


def test_every_dataset_of_the_catalogue_is_worked_by_hand():
    assert set(CATALOG.datasets) == set(BY_HAND) | set(MONTHLY) | set(WITHOUT_A_CALENDAR)


@pytest.mark.parametrize("dataset_id", BY_HAND)
def test_a_dataset_is_fresh_until_its_day_then_due_and_overdue_after_its_grace(dataset_id):
    newest, expected, overdue = map(day, BY_HAND[dataset_id])
    cadence = CATALOG.datasets[dataset_id].cadence
    one = timedelta(days=1)
    assert judge(cadence, newest, expected).state == "fresh"
    assert judge(cadence, newest, expected).awaited_day == expected
    assert judge(cadence, newest, expected + one).state == "due"
    assert judge(cadence, newest, overdue - one).state == "due"
    late = judge(cadence, newest, overdue)
    assert (late.state, late.overdue_since, late.awaited_day) == ("overdue", overdue, expected)
    assert late.awaited_period == str(newest.year + 1)


@pytest.mark.parametrize("dataset_id", MONTHLY)
def test_a_month_is_fresh_until_the_next_is_out_then_due_and_overdue(dataset_id):
    newest, successor, expected, overdue = MONTHLY[dataset_id]
    cadence, one = CATALOG.datasets[dataset_id].cadence, timedelta(days=1)
    told = judge(cadence, day(newest), day(expected))
    assert (told.state, told.awaited_period, told.awaited_day) == ("fresh", successor, day(expected))
    states = [judge(cadence, day(newest), day(text)).state for text in (expected, overdue)]
    assert states == ["fresh", "overdue"]
    for after in (day(expected) + one, day(overdue) - one):
        assert judge(cadence, day(newest), after).state == "due"


@pytest.mark.parametrize(("dataset_id", "state"), WITHOUT_A_CALENDAR.items())
def test_a_table_that_ended_or_follows_no_calendar_is_never_overdue(dataset_id, state):
    told = judge(CATALOG.datasets[dataset_id].cadence, day("2010-12-31"), day("2099-01-01"))
    assert (told.state, told.next_day, told.overdue_since) == (state, None, None)


def test_an_ended_table_names_an_existing_successor():
    ended = {d.id: d.cadence.successor for d in CATALOG.datasets.values() if d.cadence.ended is not None}
    assert ended == {"regio_12411_03_02_4": "regio_12411_03_03_4", "regio_12511_01_01_4": "regio_12511_04_01_4"}
    assert set(ended.values()) <= set(CATALOG.datasets)


def test_an_expected_day_before_the_reference_day_means_the_following_year():
    employees = read_cadence({**YEAR_END, "reference": "30.06.", "expected_by": "31.12."}, "x.yml")
    population = read_cadence(YEAR_END, "x.yml")
    same_day = read_cadence({**YEAR_END, "expected_by": "31.12."}, "x.yml")
    assert employees.expected_day(2025) == day("2025-12-31")
    assert population.expected_day(2025) == day("2026-08-31")
    assert same_day.expected_day(2025) == day("2026-12-31")


def test_what_should_be_out_by_now_and_what_comes_next():
    told = judge(read_cadence(YEAR_END, "x.yml"), day("2015-12-31"), day("2026-10-31"))
    assert (told.expected_period, told.awaited_period, told.awaited_day) == ("2025", "2016", day("2017-08-31"))
    assert told.next_day == day("2027-08-31")


def test_a_dataset_ahead_of_its_calendar_waits_for_the_period_after():
    told = judge(read_cadence(YEAR_END, "x.yml"), day("2026-12-31"), day("2027-03-01"))
    assert (told.state, told.expected_period, told.next_day) == ("fresh", "2025", day("2028-08-31"))


def test_months_quarters_and_half_years_count_from_their_last_month():
    def cadence(every: str, reference: str, after: int) -> Cadence:
        raw = {"every": every, "reference": reference, "expected_after_days": after, "grace_days": 5}
        return read_cadence(raw, "x.yml")

    unemployed = cadence("month", "15.", 16)
    assert judge(unemployed, day("2026-10-01"), day("2026-12-01")).awaited_day == day("2026-12-01")
    assert judge(unemployed, day("2026-10-01"), day("2026-12-06")).state == "due"
    assert judge(unemployed, day("2026-10-01"), day("2026-12-07")).state == "overdue"
    assert judge(unemployed, day("2026-10-01"), day("2026-12-07")).awaited_period == "2026-11"
    quarters = cadence("quarter", "31.", 180)
    assert quarters.reference_day(quarters.period_at(day("2026-06-30"))) == day("2026-06-30")
    assert judge(quarters, day("2026-03-31"), day("2026-10-31")).expected_period == "2026-Q1"
    halves = cadence("halfyear", "31.", 90)
    assert halves.label(halves.period_at(day("2026-07-01"))) == "2026-H2"


def test_leap_days_neither_break_the_calendar_nor_move_it():
    leap = read_cadence({**YEAR_END, "reference": "29.02.", "expected_by": "29.02."}, "x.yml")
    assert leap.reference_day(2024) == day("2024-02-29")
    assert leap.expected_day(2023) == day("2024-02-29")
    assert leap.expected_day(2024) == day("2025-02-28")
    month = read_cadence({"every": "month", "reference": "31.", "expected_after_days": 1, "grace_days": 0}, "x.yml")
    assert month.expected_day(month.period_at(day("2024-02-01"))) == day("2024-03-01")
    assert month.expected_day(month.period_at(day("2025-02-01"))) == day("2025-03-01")


def test_an_announced_day_comes_before_the_rule():
    announced = read_cadence({**YEAR_END, "release_days": [{"period": "2025", "day": "2026-11-30"}]}, "x.yml")
    assert judge(announced, day("2024-12-31"), day("2026-10-31")).state == "fresh"
    assert judge(announced, day("2024-12-31"), day("2026-12-22")).state == "overdue"
    assert judge(announced, day("2025-12-31"), day("2026-12-22")).awaited_day == day("2027-08-31")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expected_by": "31.09."}, "cadence.expected_by: expected a day of the calendar, found '31.09.'"),
        ({"reference": "00.12."}, "cadence.reference: expected a day of the calendar, found '00.12.'"),
        (
            {"release_days": [{"period": "2026-10", "day": "2026-11-27"}]},
            "a period like 2026, found '2026-10'",
        ),
        (
            {"release_days": [{"period": "2026", "day": "2027-09-30"}, {"period": "2025", "day": "2026-09-30"}]},
            "cadence.release_days: expected each period once",
        ),
        ({"expected_after_days": 3}, "cadence: 'expected_after_days' is none of 'every', 'ref"),
        ({"grace_days": None}, "cadence: 'grace_days' is a required property"),
        ({"every": "month"}, "cadence: 'expected_after_days' is a required property"),
        ({"every": "none"}, "is none of 'every'"),
        ({"every": None}, "cadence: 'every' is a required property"),
        ({"ended": 2010}, "is none of 'ended', 'successor'"),
        ({"every": "weekly"}, "'weekly' is none of"),
    ],
)
def test_a_mistaken_cadence_is_refused_with_file_and_key(tmp_path: Path, change, said):
    from shutil import copytree

    copytree(PROJECT / "catalog", tmp_path / "catalog")
    file = tmp_path / "catalog" / "datasets" / "regio_22221_01_01_4.yml"
    edit_yaml(file, lambda raw: raw.update(cadence={k: v for k, v in {**YEAR_END, **change}.items() if v is not None}))
    with pytest.raises(ConfigError) as refused:
        load_catalog(tmp_path / "catalog", "regio_22221_01_01_4")
    assert str(file) in str(refused.value)
    assert said in str(refused.value)


# ---- for every calendar -------------------------------------------------------------------------------------------

DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))
OF_THE_YEAR = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda d: (d.month, d.day))
GRACE = st.integers(0, 120)
CADENCES = st.one_of(
    st.builds(Cadence, every=st.just("year"), reference=OF_THE_YEAR, expected_by=OF_THE_YEAR, grace_days=GRACE),
    st.builds(
        Cadence,
        every=st.sampled_from(["halfyear", "quarter", "month"]),
        reference=st.integers(1, 31).map(lambda d: (0, d)),
        expected_after_days=st.integers(0, 400),
        grace_days=GRACE,
    ),
)


@given(CADENCES, DAYS, DAYS, st.integers(0, 2000))
def test_time_only_makes_a_dataset_older(cadence, newest, today, later):
    early, late = (judge(cadence, newest, today + timedelta(days=days)) for days in (0, later))
    assert ORDER.index(early.state) <= ORDER.index(late.state)
    assert early.awaited_day == late.awaited_day
    assert early.next_day <= late.next_day


@given(CADENCES, DAYS, DAYS)
def test_nothing_is_overdue_before_its_day_and_grace_and_everything_is_after(cadence, newest, today):
    told = judge(cadence, newest, today)
    limit = told.awaited_day + timedelta(days=cadence.grace_days)
    assert (told.state == "overdue") == (today > limit)
    assert (told.state == "fresh") == (today <= told.awaited_day)


@given(CADENCES, DAYS, DAYS)
def test_newer_figures_never_make_a_dataset_look_older(cadence, newest, today):
    following = cadence.reference_day(cadence.period_at(newest) + 1)
    before, after = judge(cadence, newest, today), judge(cadence, following, today)
    assert ORDER.index(after.state) <= ORDER.index(before.state)
    assert after.awaited_day > before.awaited_day


@given(CADENCES, DAYS, DAYS)
def test_the_period_that_should_be_out_is_the_newest_whose_day_has_passed(cadence, newest, today):
    number = next(n for n in range(cadence.period_at(today) + 1, 0, -1) if cadence.expected_day(n) < today)
    told = judge(cadence, newest, today)
    assert told.expected_period == cadence.label(number)
    assert told.next_day >= today
    assert cadence.expected_day(number + 1) >= today


@given(CADENCES, DAYS)
def test_the_reference_day_lies_in_its_period_and_before_its_publication(cadence, today):
    period = cadence.period_at(today)
    reference = cadence.reference_day(period)
    assert cadence.period_at(reference) == period
    assert reference <= cadence.expected_day(period)
    assert cadence.every in MONTHS
