"""Groups of countries and single citizenships in a recorded night: what the sources print of them, and no more."""

from __future__ import annotations

import csv
import zipfile
from collections import defaultdict
from decimal import Decimal
from itertools import product

import pytest

from night_support import PROJECT, Night

DISJOINT = ("SCHUTZST-AK-1", "SCHUTZST-OF", "SCHUTZST-X")
PARTS = {
    "SCHUTZST-AK-1": ("SCHUTZST-AK-2", "SCHUTZST-AK-5"),
    "SCHUTZST-AK-2": ("SCHUTZST-AK-3", "SCHUTZST-AK-4"),
    "SCHUTZST-X": ("AUSRPFL-G", "AUSRPFL-L", "AUSRPFL-V"),
}
Cells = dict[tuple[str, str, str], dict[str, int]]  # region, citizenship, sex → status → printed


@pytest.fixture(scope="module")
def printed() -> Cells:
    """The cells of 12531-0043 as the recorded answer prints them."""
    found: Cells = defaultdict(dict)
    (file,) = (PROJECT / "recordings" / "destatis" / "12531-0043").glob("*.zip")
    with zipfile.ZipFile(file) as answer:
        (name,) = answer.namelist()
        for line in csv.DictReader(answer.read(name).decode("utf-8-sig").splitlines(), delimiter=";"):
            codes = {line[f"{n}_variable_code"]: line[f"{n}_variable_attribute_code"] for n in range(1, 5)}
            found[codes["KREISE"], codes["STAAG5"], codes["GES"]][codes["SCHST2"]] = int(line["value"])
    return found


def _of_land(night: Night, day: str) -> dict[str, Decimal]:
    return dict(
        night.query(
            "select group_key, value from mart_indicator where indicator_id = 'A02' and region_key = '16' "
            "and is_default and territory = 'as_published' and period_end = ? and value is not null",
            day,
        )
    )


def test_the_continents_of_2018_and_whoever_has_none_are_all_but_the_hundred_that_nobody_prints_exactly(
    recorded_home: Night,
) -> None:
    """TLS 081/2019: 108,785 in all, 56,365 from Europe, 40,485 of these from the EU; "rund 100" from Oceania."""
    of_group = _of_land(recorded_home, "2018-12-31")
    assert of_group == {
        "auslaender": 108785,
        "auslaender.europa": 56365,
        "auslaender.eu": 40485,
        "auslaender.asien": 41845,
        "auslaender.afrika": 6300,
        "auslaender.amerika": 2510,
        "auslaender.staatenlos_ungeklaert": 1665,
    }
    parts = ("europa", "asien", "afrika", "amerika", "staatenlos_ungeklaert")
    assert of_group["auslaender"] - sum(of_group[f"auslaender.{part}"] for part in parts) == 100


def test_in_2025_the_union_and_the_others_are_everybody_and_the_continents_are_not(recorded_home: Night) -> None:
    """12521-0041, sums of 22 rounded Kreise: each may be 44 off."""
    of_group = _of_land(recorded_home, "2025-12-31")
    total = of_group["auslaender"]
    assert abs(total - of_group["auslaender.eu"] - of_group["auslaender.drittstaaten"]) <= 3 * 44
    continents = sum(of_group[f"auslaender.{name}"] for name in ("europa", "afrika", "amerika", "asien", "ozeanien"))
    assert total - continents == 1770, "stateless and unknown people, who stand in no line"


def test_without_ukraine_nothing_is_computed_and_the_catalogue_says_what_lacks(recorded_home: Night) -> None:
    told = recorded_home.query(
        "select missing, valid_from::varchar, missing_de like '%12521-0041%Zeile der Ukraine%' "
        "from dim_indicator_variant where group_key = 'auslaender.ohne_ukraine'"
    )
    assert told == [("not_recorded", "2022-12-31", True)]
    rows = recorded_home.query("select count(*) from mart_indicator where group_key = 'auslaender.ohne_ukraine'")
    assert rows == [(0,)]


def test_groups_stand_beside_all_foreigners_and_change_nothing_of_them(recorded_home: Night) -> None:
    speaking = recorded_home.query(
        "select distinct variant from mart_indicator "
        "where indicator_id = 'A02' and group_key = 'auslaender' and is_default"
    )
    assert speaking == [("azr",)]


def test_people_of_a_citizenship_are_the_sum_of_their_disjoint_cells_with_what_rounding_leaves(
    recorded_home: Night, printed: Cells
) -> None:
    """Computed a second time from the bytes: six cells of each, ±2, an absent one 0 to 2."""
    expected = {}
    for region, citizenship in {(region, citizenship) for region, citizenship, _ in printed}:
        cells = [
            printed.get((region, citizenship, sex), {}).get(status)
            for sex, status in product(("GESM", "GESW"), DISJOINT)
        ]
        there = [cell for cell in cells if cell is not None]
        if there:
            low, high = sum(cell - 2 for cell in there), sum(cell + 2 for cell in there) + 2 * cells.count(None)
            expected[region, {"UNK": "ungeklaert"}.get(citizenship, citizenship.lower())] = (sum(there), low, high)
    found = recorded_home.query(
        "select region_key, citizenship_key, value, value_low, value_high, status from mart_citizenship "
        "where dataset_id = 'destatis_12531_0043'"
    )
    assert {(region, key): (value, low, high) for region, key, value, low, high, _ in found} == expected
    assert len(found) == 545
    assert {status for *_, status in found} == {"value"}


def test_what_the_answer_leaves_out_holds_no_more_than_rounding_does(printed: Cells) -> None:
    """The source does not say what an absent cell is. Where a status group and its parts can be compared, they fit."""
    compared = with_absent = 0
    for cells in printed.values():
        for total, parts in PARTS.items():
            if total not in cells:
                assert not cells.keys() & {*parts}, "parts without their total"
                continue
            compared += 1
            with_absent += any(part not in cells for part in parts)
            numbers = [cells.get(part, 0) for part in parts]
            assert abs(cells[total] - sum(numbers)) <= 2 * (1 + len(parts))
    assert (compared, with_absent) == (1898, 1449)
    assert min(number for cells in printed.values() for number in cells.values()) == 5


def test_no_cell_of_these_tables_is_hidden(recorded_home: Night) -> None:
    """What is added up here is not looked at by the step that looks for hidden cells: there are none to find."""
    hidden = recorded_home.query(
        "select dataset_id, count(*) from fct_observation where dataset_id in "
        "('destatis_12531_0043', 'destatis_12521_0041', 'local_azr_presse') "
        "and status not in ('value', 'zero', 'rounded_to_zero', 'not_existing') group by 1"
    )
    assert hidden == []


def test_the_most_frequent_citizenships_of_the_ilm_kreis_have_ranks_and_the_rare_ones_have_not(
    recorded_home: Night,
) -> None:
    """12531-0043, 31.12.2024; Türkei and Eritrea print the same, Iran is eighth whatever rounding did."""
    rows = recorded_home.query(
        "select name_de, value, rank_low, rank_high from mart_citizenship where region_key = '16070' "
        "and dataset_id = 'destatis_12531_0043' order by value desc, name_de"
    )
    assert rows[:8] == [
        ("Ukraine", 1610, 1, 1),
        ("Syrien", 725, 2, 2),
        ("Afghanistan", 440, 3, 3),
        ("Russische Föderation", 120, 4, 5),
        ("Irak", 110, 4, 7),
        ("Eritrea", 90, 5, 7),
        ("Türkei", 90, 5, 7),
        ("Iran, Islamische Republik", 65, 8, 8),
    ]
    assert ("Ungeklärt", 55, None, None) in rows
    assert {rank_high for _, value, _, rank_high in rows if value == 5} == {None}


def test_five_citizenships_of_the_press_are_carried_over_and_nobody_knows_who_stands_between(
    recorded_home: Night,
) -> None:
    rows = recorded_home.query(
        "select name_de, value, rank_low, rank_high from mart_citizenship where region_key = '16' order by value desc"
    )
    assert rows == [
        ("Syrien", 16195, 1, None),
        ("Polen", 11560, 2, None),
        ("Rumänien", 8205, 3, None),
        ("Afghanistan", 7250, 4, None),
        ("Irak", 4605, 5, None),
    ]


def test_every_sum_leads_to_its_observations(recorded_home: Night) -> None:
    wrong = recorded_home.query(
        "with part as (select dataset_id, region_key, citizenship_key, value, n_cells - n_cells_absent as n, "
        "unnest(string_split(observation_ids, '|')) as observation_id from mart_citizenship), "
        "made as (select part.dataset_id, part.region_key, part.citizenship_key, part.value, n, count(*) as found, "
        "sum(fct_observation.value) as total from part join fct_observation using (observation_id) "
        "where fct_observation.region_key = part.region_key and fct_observation.citizenship_key = part.citizenship_key "
        "group by all) select count(*), count(*) filter (found <> n or total <> value) from made"
    )
    assert wrong == [(550, 0)]


def test_the_number_of_nationalities_is_a_lower_bound_or_not_recorded(recorded_home: Night) -> None:
    told = recorded_home.query(
        "select dataset_id, status, count(*), min(n_at_least), max(n_at_least) from mart_nationalities "
        "group by all order by all"
    )
    assert told == [
        ("destatis_12521_0041", "not_recorded", 22, None, None),
        ("destatis_12531_0043", "value", 22, 13, 40),
        ("local_azr_presse", "not_recorded", 21, None, None),
        ("local_azr_presse", "value", 1, 5, 5),
    ]
    (ilm,) = recorded_home.query(
        "select n_named, n_at_least from mart_nationalities where region_key = '16070' and status = 'value'"
    )
    assert ilm == (23, 23)


def test_the_eight_asylum_countries_are_found_by_their_members(recorded_home: Night) -> None:
    names = recorded_home.query(
        "select name_de from dim_citizenship, (select members from dim_country_group "
        "where country_group = 'asyl_hauptherkunft') where list_contains(string_split(members, '|'), iso2) order by 1"
    )
    assert [name for (name,) in names] == [
        *("Afghanistan", "Eritrea", "Irak", "Iran, Islamische Republik", "Nigeria", "Pakistan", "Somalia", "Syrien")
    ]
    marked = recorded_home.query(
        "select count(*) from dim_citizenship where list_contains(string_split(country_group_versions, '|'), "
        "'asyl_hauptherkunft_8')"
    )
    assert marked == [(8,)]
