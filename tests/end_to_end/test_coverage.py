"""Coverage, comparison and the pictures of 2019 against counts that do not come from them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from night_support import Night
from wire import catalog

# Counted by hand, table by table. 23 Kreise until 2020, 22 from 31.12.2021; years are those in which the period begins.
COUNTED: dict[str, tuple[str, int, int, int | None]] = {
    # 12411-01-01-4: 1995–2015 and 2018–2020 with 23 Kreise (24 × 23), 2021–2025 with 22 (5 × 22)
    "A00": ("1995–2015, 2018–2025", 29, 24 * 23 + 5 * 22, 22),
    # 12411-03-02-4 of 2010; 12411-03-03-4 of 2015, 2019, 2020 (4 × 23) and 2021, 2022 (2 × 22)
    "A01": ("2010, 2015, 2019–2022", 6, 4 * 23 + 2 * 22, 22),
    "A07": ("2010, 2015, 2019–2022", 6, 4 * 23 + 2 * 22, 22),
    # ten Kreise of a press release of April 2019, and 12521-0041
    "A02": ("2018, 2025", 2, 10 + 22, 22),
    "A03": ("2018, 2025", 2, 10 + 22, 22),
    "A04": ("", 0, 0, None),  # the AZR of 2010 is held for the Land alone
    "A05": ("2025", 1, 22, 22),
    "A11": ("1995–2015", 21, 21 * 23, 23),  # 12711-03-02-4
    # 12511-04-01-4: 2011–2020 with 23 Kreise, 2021–2024 with 22
    "B01": ("2011–2024", 14, 10 * 23 + 4 * 22, 22),
    "D01": ("2015, 2023", 2, 23 + 22, 22),  # 21111-01-03-4
    "E01": ("2008–2019", 12, 12 * 23, 23),  # 13111-01-03-4; 2025 has Thüringen without its Kreise
    "E02": ("2008–2019", 12, 12 * 23, 23),
    # 13211-02-05-4: 2009–2016 whole (8 × 23); `x` in 2019 for 16065, 16068 and 16069, in 2020 for 16065; 2023 whole
    "E10": ("2009–2016, 2019–2020, 2023", 11, 8 * 23 + 20 + 22 + 22, 22),
    "E11": ("2009–2016, 2019–2020, 2023", 11, 8 * 23 + 20 + 22 + 22, 22),
    "E12": ("2001–2020, 2023", 21, 20 * 23 + 22, 22),  # counts of the same table, which has no `x` there
    "F01": ("2010–2015", 6, 6 * 23, 23),  # 22221-01-01-4
}


def test_coverage_is_what_a_count_by_hand_finds(recorded_home: Night) -> None:
    rows = recorded_home.query(
        "select indicator_id, years_de, n_years, n_values, n_kreise_last_year from mart_coverage "
        "where availability = 'computed'"
    )
    assert {row[0]: row[1:] for row in rows} == COUNTED


@pytest.mark.parametrize(
    ("indicator", "where"),
    [
        ("A02", "measure = 'auslaender_azr' and sex = 'insgesamt' and citizenship_key = 'insgesamt'"),
        ("D01", "measure = 'schueler' and nationality = 'auslaendisch' and sex = 'insgesamt' and dimensions = ''"),
        ("E01", "measure = 'svb_arbeitsort' and nationality = 'auslaendisch' and sex = 'insgesamt'"),
        ("E10", "measure = 'arbeitslosenquote_alle_zivilen' and nationality = 'auslaendisch'"),
    ],
)
def test_the_printed_figures_of_the_kreise_are_as_many_as_the_usable_values(
    recorded_home: Night, indicator: str, where: str
) -> None:
    """Counted in the observations themselves, one figure per Kreis and year."""
    [printed] = recorded_home.query(
        "select count(distinct (region_key, period_end)), count(distinct year(period_start)) from fct_observation "
        f"where {where} and value is not null and region_level = 'kreis' and region_key like '16%' "
        "and dataset_id <> 'local_kreisangaben_2019' and not contains(flags, 'doubtful_source')"
    )
    [told] = recorded_home.query(f"select n_values, n_years from mart_coverage where indicator_id = '{indicator}'")
    assert told == printed
    assert printed[0] > 30


def test_every_dimension_and_field_is_named_and_one_field_is_a_gap(recorded_home: Night) -> None:
    rows = recorded_home.query("select dimension, handlungsfeld, indicator_id, gap_de, missing_de from mart_coverage")
    assert len({indicator for _, _, indicator, _, _ in rows if indicator}) == len(rows) - 1 == 42
    assert {dimension for dimension, *_ in rows} - {None} == {
        *("strukturell", "kulturell", "sozial", "identifikatorisch", "Kontext")
    }
    assert len({field for _, field, *_ in rows}) == 7
    [gap] = [row for row in rows if row[2] is None]
    assert gap[:2] == (None, "Kultur, Freizeit, Religion und Sport")
    assert "keine amtliche Tabelle je Kreis bekannt" in gap[3]


def test_what_lacks_says_which_years_and_why(recorded_home: Night) -> None:
    told = dict(
        recorded_home.query("select indicator_id, missing_de from mart_coverage where indicator_id is not null")
    )
    assert told["E10"] == (
        "Kein Kreis hat einen brauchbaren Wert für 2001–2008 (not_published), 2017–2018 (unknown_or_secret), "
        "2021–2022 (not_recorded)."
    )
    assert told["A11"] is told["B01"] is told["F01"] is None, "no year lacks between the first and the last"
    assert "13111-06-02-4" in told["E03"]


@pytest.mark.parametrize(
    ("indicator", "dataset"),
    [
        ("A00", "regio_12411_01_01_4"), ("A01", "regio_12411_03_03_4"), ("A02", "destatis_12521_0041"),
        ("A11", "regio_12711_03_02_4"), ("B01", "regio_12511_04_01_4"), ("D01", "regio_21111_01_03_4"),
        ("E01", "regio_13111_01_03_4"), ("E10", "regio_13211_02_05_4"), ("F01", "regio_22221_01_01_4"),
    ],
)  # fmt: skip
def test_the_next_publication_is_the_one_that_the_state_of_its_dataset_awaits(
    recorded_home: Night, indicator: str, dataset: str
) -> None:
    release = json.loads((recorded_home.home / "current" / "release.json").read_text(encoding="utf-8"))
    [fresh] = [entry["freshness"] for entry in release["datasets"] if entry["dataset_id"] == dataset]
    found = recorded_home.query(
        "select next_period, next_publication::varchar from mart_coverage where indicator_id = ?", indicator
    )
    assert found == [(fresh["awaited_period"], fresh["awaited_day"])]


# ---- comparison -----------------------------------------------------------------------------------------------------


def test_every_rate_stands_beside_its_comparators_and_the_difference_is_that_of_the_two_values(
    recorded_home: Night,
) -> None:
    values: dict[tuple[Any, ...], dict[str, tuple[Any, ...]]] = defaultdict(dict)
    wanted: dict[str, tuple[Any, ...]] = {}
    for row in recorded_home.query(
        "select value_id, region_key, value, flags, unit, is_default, "
        "indicator_id, variant, group_key, period_type, period_start, period_end, basis, place "
        "from mart_indicator where territory = 'as_published' and value is not null"
    ):
        value_id, region, value, flags, unit, is_default, *key = row
        values[tuple(key)][region] = (value_id, value, "doubtful_source" in flags)
        if is_default and unit != "Personen" and key[0] != "A03" and region.startswith("16"):
            wanted[value_id] = (region, tuple(key), value, "doubtful_source" in flags)
    expected: dict[tuple[str, str], Decimal | None] = {}
    for value_id, (region, key, value, is_doubtful) in wanted.items():
        for other in ("DG", "12", "13", "14", "15") if region == "16" else ("DG", "16"):
            _, there, is_there_doubtful = values[key].get(other, (None, None, False))
            is_told = there is not None and not is_doubtful and not is_there_doubtful
            expected[value_id, other] = value - there if is_told else None
    found = recorded_home.query("select value_id, comparator_key, difference from mart_comparison")
    assert {(value_id, other): difference for value_id, other, difference in found} == expected
    assert len(found) == len(expected) > 6000


def test_a_comparison_can_be_checked_by_hand(recorded_home: Night) -> None:
    """E02 on 30.06.2019: Sachsen has 84,611 of 1,617,162, as table 13111-01-03-4 prints them."""
    [(difference, unit)] = recorded_home.query(
        "select difference, comparison.unit from mart_comparison as comparison join mart_indicator using (value_id) "
        "where indicator_id = 'E02' and region_key = '16' and period_end = '2019-06-30' and comparator_key = '14'"
    )
    [(numerator, denominator)] = recorded_home.query(
        "select numerator, denominator from mart_indicator where indicator_id = 'E02' and is_default "
        "and territory = 'as_published' and region_key = '16' and period_end = '2019-06-30'"
    )
    assert unit == "Prozentpunkte"
    expected = numerator * 100 / denominator - Decimal(84_611) * 100 / Decimal(1_617_162)
    assert numerator == 44_313
    assert abs(difference - expected) < Decimal("1e-9")


# ---- types, reception centres ---------------------------------------------------------------------------------------


def test_without_a_list_of_the_bbsr_the_form_of_a_kreis_is_its_type(recorded_home: Night) -> None:
    rows = recorded_home.query("select scheme, type_de, count(*) from dim_region_type group by all order by all")
    assert rows == [("verwaltungsform", "Landkreis", 17), ("verwaltungsform", "kreisfreie Stadt", 6)]


def test_values_of_a_kreis_with_a_reception_centre_carry_the_flag_and_no_other_one_does(recorded_home: Night) -> None:
    rows = recorded_home.query(
        "select distinct region_key, contains(flags, 'reception_centre') from mart_indicator where value is not null"
    )
    assert {region for region, is_flagged in rows if is_flagged} == {"16054"}
    assert ("16054", False) not in rows


# ---- the pictures of 2019 -------------------------------------------------------------------------------------------


def test_the_first_picture_has_ten_totals_and_says_that_the_groups_lack(recorded_home: Night) -> None:
    rows = recorded_home.query("select period_end, origin_group, value, status from rpt_diagramm_1 order by all")
    totals = {day: value for day, group, value, _ in rows if group == "insgesamt"}
    assert [*totals] == [date(year, 6, 30) for year in range(2010, 2020)]
    assert (totals[date(2010, 6, 30)], totals[date(2019, 6, 30)]) == (7446, 44313)
    assert [(value, status) for _, group, value, status in rows if group != "insgesamt"] == [
        (None, "not_recorded")
    ] * 10


def test_the_second_picture_has_ten_kreise_of_2018_and_all_of_2025(recorded_home: Night) -> None:
    rows = recorded_home.query(
        "select year(period_end), region_key, value, round(share_pct, 1), denominator, denominator_kind, status "
        "from rpt_diagramm_2"
    )
    by_year: dict[int, list[Any]] = defaultdict(list)
    for year, *rest in rows:
        by_year[year].append(rest)
    assert {year: (len(kreise), sum(k[1] is not None for k in kreise)) for year, kreise in by_year.items()} == {
        2018: (23, 10), 2025: (22, 22),
    }  # fmt: skip
    assert ["16051", 18075, Decimal("16.6"), 108785, "published", "value"] in by_year[2018]
    assert {k[-1] for k in by_year[2018] if k[1] is None} == {"not_recorded"}
    assert {(k[3], k[4]) for k in by_year[2025]} == {(187990, "sum_of_rounded")}
    assert sum(k[1] for k in by_year[2025]) == 187990
    assert all(
        "nicht der Ausländeranteil" in note for (note,) in recorded_home.query("select hinweis_de from rpt_diagramm_2")
    )


def test_the_table_of_the_concepts_has_eight_in_force_and_six_in_work(recorded_home: Night) -> None:
    rows = recorded_home.query(
        "select status, region_name, in_force_since from rpt_tabelle_1 where as_of = '2019-05-31'"
    )
    names = {region.name for region in catalog().regions.values() if region.level == "kreis"}
    assert {name for _, name, _ in rows} == names
    assert {name: year for status, name, year in rows if status == "in_force"} == {
        "Erfurt": 2018, "Jena": 2016, "Gera": 2017, "Ilm-Kreis": 2018, "Saalfeld-Rudolstadt": 2017,
        "Saale-Orla-Kreis": 2016, "Nordhausen": 2018, "Altenburger Land": 2019,
    }  # fmt: skip
    assert {name for status, name, _ in rows if status == "in_progress"} == {
        "Eisenach", "Wartburgkreis", "Kyffhäuserkreis", "Saale-Holzland-Kreis", "Schmalkalden-Meiningen", "Sömmerda",
    }  # fmt: skip
