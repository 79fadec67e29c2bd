"""Printed times: every known form gives its days, and anything else gives none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.sources.periods import period_of

KINDS = ("stichtag", "jahressumme", "jahresdurchschnitt", "schuljahr", "semester", "monat", "")
days = st.dates(date(1, 1, 1), date(9998, 12, 31))
years = st.integers(1, 9998)


@given(days)
def test_a_day_is_read_back_in_both_forms_and_only_as_a_stichtag(day):
    for text in (f"{day:%Y-%m-%d}".zfill(10), f"{day.day:02}.{day.month:02}.{day.year:04}"):
        assert period_of(text, "stichtag") == (day, day)
        assert {period_of(text, kind) for kind in KINDS if kind != "stichtag"} == {None}


@given(years, st.sampled_from(["jahressumme", "jahresdurchschnitt", "schuljahr"]))
def test_a_year_runs_from_its_first_to_its_last_day(year, kind):
    assert period_of(f"{year:04}", kind) == (date(year, 1, 1), date(year, 12, 31))
    assert period_of(f"{year:04}", "stichtag") is None


@given(years, st.integers(0, 99))
def test_a_school_year_names_two_years_that_follow_each_other(year, second):
    expected = (date(year, 1, 1), date(year, 12, 31)) if second == (year + 1) % 100 else None
    assert period_of(f"{year:04}/{second:02}", "schuljahr") == expected


@given(years)
def test_two_semesters_follow_each_other_without_a_gap(year):
    (_, summer_end), (winter, winter_end) = (period_of(f"{year:04}-{half}P6M", "semester") for half in ("04", "10"))
    assert winter == summer_end + timedelta(days=1)
    assert winter_end == date(year + 1, 3, 31)


@given(
    st.text(max_size=14) | st.from_regex(r"\A[0-9]{1,4}[-./][0-9]{1,2}[-./]?[0-9P6M]{0,4}\Z"), st.sampled_from(KINDS)
)
def test_any_text_is_a_period_or_none(text, kind):
    found = period_of(text, kind)
    if found is not None:
        first, last = found
        assert first <= last
        assert text.isascii()
        assert f"{first.year:04}" in text, "the year stands there as it is read"


@pytest.mark.parametrize(
    "text",
    ["31.06.2019", "2019-02-29", "06/30/2019", "30.6.2019", "30.06.19", "2019-6-30", "0000-01-01", " 2019", "２０１９"],
)
def test_what_is_no_day(text):
    assert {period_of(text, kind) for kind in KINDS} == {None}


@given(years, st.integers(1, 12))
def test_a_month_runs_from_its_first_to_its_last_day_and_as_a_stichtag_is_its_last(year, month):
    first, last = period_of(f"{year:04}-{month:02}", "monat")
    assert (first, (last + timedelta(days=1)).day) == (date(year, month, 1), 1)
    assert (last.year, last.month) == (year, month)
    assert period_of(f"{year:04}-{month:02}", "stichtag") == (last, last)


@given(years)
def test_four_quarters_follow_each_other_without_a_gap(year):
    quarters = [period_of(f"{year:04}-Q{number}", "quartal") for number in (1, 2, 3, 4)]
    assert [first.month for first, _ in quarters] == [1, 4, 7, 10]
    assert [last + timedelta(days=1) for _, last in quarters[:-1]] == [first for first, _ in quarters[1:]]


NEARLY = ["2026-13", "2026-00", "2026-5", "0000-05", "2026-Q0", "2026-Q5", "2026-Q01", "٢٠٢٦-05"]


@pytest.mark.parametrize("text", NEARLY)
def test_no_month_and_no_quarter_is_made_of_anything_near(text):
    assert {period_of(text, kind) for kind in ("monat", "quartal", "stichtag")} == {None}
