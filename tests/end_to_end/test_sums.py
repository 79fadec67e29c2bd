"""Kreise against Land and parts against totals: everything that can be compared is, and no violation is silent."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from integrationsmonitor.observation import CELL_KEY
from night_support import Night
from wire import catalog

COUNTED = ("n_sums", "n_compared", "n_violated")


class Region(NamedTuple):
    """What one Kreis or the Land prints in a cell: its bounds, or nothing."""

    low: Decimal | None
    high: Decimal | None


@pytest.fixture(scope="module")
def land_and_kreise(recorded_home: Night) -> dict[tuple[Any, ...], dict[str, Region]]:
    """Of every count and area the Land and its Kreise, by what they have in common."""
    rows = recorded_home.query(
        "select dataset_id, measure, period_end, region_key, value_low, value_high, "
        "period_type, period_start, sex, nationality, citizenship_key, age_group, dimensions, basis, place "
        "from fct_observation where region_key like '16%' and unit in ('Anzahl', 'qkm')"
    )
    cells: dict[tuple[Any, ...], dict[str, Region]] = defaultdict(dict)
    for dataset_id, measure, period_end, region, low, high, *others in rows:
        cells[dataset_id, measure, period_end, *others][region] = Region(low, high)
    return cells


def compared(regions: dict[str, Region], day: date) -> tuple[int, int, int] | None:
    """Whether there is a sum, whether it can be compared, and whether it does not hold; in the plainest way."""
    kreise = [regions[key] for key in catalog().kreise_at(day) if key in regions]
    if "16" not in regions or not kreise:
        return None
    land = regions["16"]
    lows, highs = [kreis.low for kreis in kreise], [kreis.high for kreis in kreise]
    if len(kreise) < len(catalog().kreise_at(day)) or land.low is None or land.high is None or None in (*lows, *highs):
        return 1, 0, 0
    least, most = sum(filter(None, lows), Decimal(0)), sum(filter(None, highs), Decimal(0))
    return 1, 1, int(most < land.low or least > land.high)


def test_a_second_comparison_of_kreise_and_land_finds_the_same_sums_and_the_same_violations(
    recorded_home: Night, land_and_kreise: dict[tuple[Any, ...], dict[str, Region]]
) -> None:
    expected: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (dataset_id, measure, day, *_), regions in land_and_kreise.items():
        for place, count in enumerate(compared(regions, day) or ()):
            expected[dataset_id, measure, day][place] += count
    rows = recorded_home.query(
        f"select dataset_id, measure, period_end, {', '.join(COUNTED)} from mart_sum_check where sum_kind = 'region'"
    )
    assert {row[:3]: list(row[3:]) for row in rows} == expected
    assert sum(compared for _, compared, _ in expected.values()) > 1500
    assert sum(violated for _, _, violated in expected.values()) == 8


def test_every_violation_is_listed_with_an_entry_of_the_catalogue_and_every_entry_is_needed(
    recorded_home: Night,
) -> None:
    listed = recorded_home.query(
        "select scope, count(*), count(explanation_id), count(distinct explanation_id), count(*) filter (is_explained) "
        "from mart_sum_violation group by scope order by scope"
    )
    assert listed == [("Thüringen", 8, 8, 4, 0), ("Vergleich", 17, 17, 8, 6)]
    assert recorded_home.query("select sum(n_violated) from mart_sum_check") == [(25,)]
    assert recorded_home.query("select count(*), min(n_violated) from dim_sum_explanation") == [(12, 1)]
    told = json.loads((recorded_home.home / "current" / "quality" / "quality.json").read_text(encoding="utf-8"))
    assert [warning for warning in told["warnings"] if "sum" in warning] == []


@pytest.mark.parametrize(
    ("region", "day", "total", "parts"),
    [
        ("DG", date(2005, 12, 31), 628399, 694873),  # Fortzüge ins Ausland: 434,389 men and 260,484 women
        ("06", date(2013, 12, 31), 14971, 14970),  # AsylbLG in Hessen: 13,207 and 1,763
        ("16", date(2010, 12, 31), 38785, 38360),  # long-term unemployed
    ],
)
def test_a_known_violation_stands_there_with_the_printed_figures(
    recorded_home: Night, region: str, day: date, total: int, parts: int
) -> None:
    found = recorded_home.query(
        "select distinct difference from mart_sum_violation "
        f"where region_key = '{region}' and period_end = '{day}' and total = {total} and parts = {parts}"
    )
    assert found == [(total - parts,)]


def test_areas_and_annual_averages_differ_by_no_more_than_their_last_digit(recorded_home: Night) -> None:
    """24 regions, each up to half a square kilometre's hundredth or half a person off."""
    rows = recorded_home.query(
        "select measure, sum(n_compared), sum(n_violated) from mart_sum_check "
        "where measure in ('flaeche_km2', 'arbeitslose') group by measure order by measure"
    )
    assert rows == [("arbeitslose", 251, 8), ("flaeche_km2", 21, 0)]


def test_a_sum_of_ours_is_made_of_all_kreise_of_its_day_that_agree_in_everything_else(recorded_home: Night) -> None:
    """No Land with its Kreise, no dissolved Kreis, no two overlapping groups of countries in one sum."""
    same = ", ".join(f"part.{column}" for column in CELL_KEY if column != "region_key")
    parts = recorded_home.query(
        f"select value_id, role, value.region_key, part.region_key, part.period_end, hash({same}) "
        "from mart_provenance inner join mart_indicator as value using (value_id) "
        "inner join fct_observation as part using (observation_id) "
        "where is_part_of_sum and value.region_level = 'land' and value.territory = 'as_published' "
        "and part.region_level = 'kreis'"
    )
    sums = defaultdict(list)
    for value_id, role, land, kreis, day, rest in parts:
        assert kreis[:2] == land
        sums[value_id, role, land, day, rest].append(kreis)
    for (_, _, land, day, _), kreise in sums.items():
        assert sorted(kreise) == sorted(kreis for kreis in catalog().kreise_at(day) if kreis[:2] == land)
    assert len({(value_id, role) for value_id, role, *_ in sums}) == len(sums) == 16
