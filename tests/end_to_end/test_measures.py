"""What is computed from the values of the recordings, against numbers worked out by hand from the printed tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from night_support import Night

_MEASURE = (
    "select change.value, change.value_low, change.value_high, change.n_compared, change.reason "
    "from mart_indicator_change as change join mart_indicator as value using (value_id) "
    "where measure = '{measure}' and indicator_id = '{indicator}' and variant = '{variant}' "
    "and region_key = '{region}' and period_end = '{day}' and territory = 'as_published' and group_key = 'auslaender'"
)


def _measure(home: Night, measure: str, indicator: str, variant: str, region: str, day: str) -> tuple[Any, ...]:
    (row,) = home.query(_MEASURE.format(measure=measure, indicator=indicator, variant=variant, region=region, day=day))
    return row


@pytest.mark.parametrize(
    ("measure", "indicator", "variant", "region", "day", "value", "low", "high"),
    [
        # 44,313 and 7,446 employees (13111-01-03-4)
        ("index_2010", "E01", "arbeitsort", "16", "2019-06-30", "595.1248993", None, None),
        # 35,220 and 33,194 foreigners (AZR, press); 2009 is not recorded
        ("change_previous_period_abs", "A02", "azr", "16", "2010-12-31", "2026", None, None),
        # 16.3 and 6.8 percent (13211-02-05-4), each ±0.05
        ("gap_insgesamt", "E10", "alle_zivilen", "16070", "2016-12-31", "9.5", "9.4", "9.6"),
        ("ratio_insgesamt", "E10", "alle_zivilen", "16070", "2016-12-31", "239.7058824", "237.2262774", "242.2222222"),
        # (39 + 29 + 26) of (1,286 + 1,346 + 1,428) unemployed people, each ±0.5
        ("mean_three_years", "E12", "jahresdurchschnitt", "16072", "2015-12-31", "2.3152709", "2.2389613", "2.3928836"),
    ],
)
def test_a_measure_is_that_of_the_printed_figures(
    recorded_home: Night,
    measure: str,
    indicator: str,
    variant: str,
    region: str,
    day: str,
    value: str,
    low: str | None,
    high: str | None,
) -> None:
    found = _measure(recorded_home, measure, indicator, variant, region, day)
    near = Decimal("0.0000001")
    for one, expected in zip(found, (value, low or value, high or value), strict=False):
        assert abs(one - Decimal(expected)) < near


def test_the_mean_lies_within_bounds_that_its_parts_could_have(recorded_home: Night) -> None:
    """Sonneberg 2013 to 2015: (39 + 29 + 26 ± 1.5) of (4,060 ± 1.5), which the outer bounds must hold."""
    _, low, high, years, _ = _measure(
        recorded_home, "mean_three_years", "E12", "jahresdurchschnitt", "16072", "2015-12-31"
    )
    assert years == 3
    assert low <= Decimal("92.5") / Decimal("4061.5") * 100
    assert high >= Decimal("95.5") / Decimal("4058.5") * 100


def test_kreise_are_placed_among_their_kind_and_five_towns_are_not(recorded_home: Night) -> None:
    """13211-02-05-4, 2023: 12.7 percent in Gotha, twice 19.3, 50.1 percent in Altenburger Land; 17 Landkreise."""
    placed = recorded_home.query(
        "select region_key, position, position_low, position_high, position_of, position_reason "
        "from mart_indicator_wide where indicator_id = 'E10' and group_key = 'auslaender' "
        "and period_end = '2023-12-31' and territory = 'as_published' and region_level = 'kreis' and value is not null"
    )
    places = {row[0]: tuple(int(number) for number in row[1:5]) for row in placed if row[5] is None}
    assert len(places) == 17
    assert places["16067"] == (1, 1, 1, 17)
    assert places["16066"] == places["16074"] == (4, 4, 5, 17)
    assert places["16077"] == (17, 17, 17, 17)
    towns = {row[0] for row in placed if row[5] == "group_too_small"}
    assert towns == {"16051", "16052", "16053", "16054", "16055"}


def test_nothing_neutral_and_nothing_estimated_has_a_place(recorded_home: Night) -> None:
    wrong = recorded_home.query(
        "select count(*) from mart_indicator_change as change join mart_indicator as value using (value_id) "
        "join dim_indicator using (indicator_id) where measure = 'position' and change.value is not null "
        "and (direction = 'neutral' or method = 'estimated' or region_level <> 'kreis' or not is_default)"
    )
    assert wrong == [(0,)]


def test_few_people_make_no_signal(recorded_home: Night) -> None:
    """Sonneberg: 17, 19, 26, 29, 39 unemployed foreigners from 2011 to 2015; the rate rose in 2012, 2013, 2015."""
    told = recorded_home.query(
        "select year(period_end), persons_before, persons from mart_signal "
        "where indicator_id = 'E10' and region_key = '16072' and year(period_end) between 2011 and 2015"
    )
    assert told == [(2015, 29, 39)]
    rose = recorded_home.query(
        "select year(value.period_end) from mart_indicator_change as change "
        "join mart_indicator as value using (value_id) where indicator_id = 'E10' and group_key = 'auslaender' "
        "and region_key = '16072' and measure like '%year_pp' and change.value > 0 and not is_within_rounding "
        "and year(period_end) between 2011 and 2015 order by all"
    )
    assert rose == [(2012,), (2013,), (2015,)]


def test_a_signal_says_in_one_sentence_what_happened(recorded_home: Night) -> None:
    """Ilm-Kreis 2016: 16.3 after 15.9 percent (13211-02-05-4)."""
    ((text, change),) = recorded_home.query(
        "select text_de, change from mart_signal where indicator_id = 'E10' and region_key = '16070' "
        "and year(period_end) = 2016"
    )
    assert change == Decimal("0.4")
    assert text.startswith(
        "Ilm-Kreis: Arbeitslosenquote der Ausländer 16,3 % (Jahresdurchschnitt 2016), zuvor 15,9 % "
        "(Jahresdurchschnitt 2015). Das ist ungünstiger, um 0,4 Prozentpunkte"
    )


def test_signals_are_told_of_the_chosen_indicators_in_thueringen_alone(recorded_home: Night) -> None:
    told = recorded_home.query(
        "select distinct indicator_id from mart_signal union select region_key from mart_signal "
        "where region_key not like '16%' order by all"
    )
    assert told == [("E10",), ("E11",)]


def test_the_wide_table_holds_every_value_that_speaks_and_the_last_ones_are_of_it(recorded_home: Night) -> None:
    ((missing,),) = recorded_home.query(
        "select count(*) from (select value_id, value, status from mart_indicator where is_default "
        "except select value_id, value, status from mart_indicator_wide)"
    )
    assert missing == 0
    ((beyond, later),) = recorded_home.query(
        "select count(*) filter (wide.value_id is null), count(*) filter (newer.value_id is not null) "
        "from mart_indicator_latest as latest left join mart_indicator_wide as wide using (value_id) "
        "left join mart_indicator_wide as newer on newer.value is not null and newer.period_end > latest.period_end "
        "and (newer.indicator_id, newer.territory, newer.region_key, newer.group_key, newer.period_type) = "
        "(latest.indicator_id, latest.territory, latest.region_key, latest.group_key, latest.period_type)"
    )
    assert (beyond, later) == (0, 0)
    rows = recorded_home.query(
        "select indicator_id, year, newest_status from mart_indicator_latest where region_key = '16070' "
        "and territory = 'as_published' and indicator_id in ('A01', 'E10') and group_key = 'auslaender' order by all"
    )
    assert rows == [("A01", 2022, "value"), ("E10", 2023, "value")]
