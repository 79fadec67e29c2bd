"""Every basis is a variant of its own: the awkward places, with the figures that the tables print."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from night_support import PROJECT, Night


def _values(night: Night, indicator: str, region: str, day: str) -> dict[str, tuple[Any, ...]]:
    """Of all people or all foreigners, by variant: value to two digits, parts, day, basis, status, is_default."""
    rows = night.query(
        "select variant, round(value, 2), numerator, denominator, cast(denominator_date as varchar), basis, status, "
        "is_default from mart_indicator where indicator_id = ? and region_key = ? and period_end = ? "
        "and territory = 'as_published' and group_key in ('insgesamt', 'auslaender')",
        *(indicator, region, day),
    )
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1:] for row in rows}


def test_erfurt_at_the_end_of_2022_has_two_populations_that_are_never_compared(recorded_home: Night) -> None:
    """12411-03-03-4 (Zensus 2011) prints 214,969, 12411-01-01-4 (Zensus 2022) 218,769."""
    found = _values(recorded_home, "A00", "16051", "2022-12-31")
    assert {variant: (row[0], row[4], row[6]) for variant, row in found.items()} == {
        "fortschreibung_zensus2022": (214969 + 3800, "Fortschreibung_Zensus2022", True),
        "fortschreibung_zensus2011": (214969, "Fortschreibung_Zensus2011", False),
    }
    changes = recorded_home.query(
        "select variant, change.value, reason from mart_indicator_change as change "
        "join mart_indicator using (value_id) where indicator_id = 'A00' and region_key = '16051' "
        "and period_end = '2022-12-31' and measure = 'change_previous_year_abs' "
        "and territory = 'as_published' order by 1"
    )
    assert changes == [  # 214,969 − 213,227 within one basis; the first year of the other has none before it
        ("fortschreibung_zensus2011", Decimal(1742), None),
        ("fortschreibung_zensus2022", None, "break:zensus_2022"),
    ]


def test_what_the_ilm_kreis_says_of_itself_stands_beside_the_gap_and_does_not_fill_it(recorded_home: Night) -> None:
    """IKPE-Broschüre 2019: 6,504 of 106,402; the official 108,742 of the same day is never its denominator."""
    found = _values(recorded_home, "A01", "16070", "2018-12-31")
    assert found == {
        "fortschreibung_zensus2011": (None, None, None, None, "", "not_recorded", True),
        "kreisangabe": (Decimal("6.11"), 6504, 106402, "2018-12-31", "Kreisangabe", "value", False),
    }
    mixed = recorded_home.query("select count(*) from mart_indicator where numerator = 6504 and denominator = 108742")
    assert mixed == [(0,)]
    assert recorded_home.query(
        "select count(*) from mart_indicator where round(value, 2) = 5.98 and numerator = 6504"
    ) == [(0,)]


def test_eisenachs_own_count_of_the_register_is_a_variant_of_its_own(recorded_home: Night) -> None:
    """IKPE-Broschüre 2019: 3,571 by a local query, unrounded; no official figure of the Kreis is recorded."""
    found = _values(recorded_home, "A02", "16056", "2018-12-31")
    assert {variant: (row[0], row[4], row[5], row[6]) for variant, row in found.items()} == {
        "azr": (None, "", "not_recorded", True),
        "azr_lokal": (3571, "AZR_lokal", "value", False),
    }


@pytest.mark.parametrize(
    ("day", "variant", "above", "below", "below_day", "basis"),
    [
        # 12511-01-01-4 over the register, as the press quotes it
        ("2011-12-31", "azr_vorjahr", 447, 35220, "2010-12-31", "AZR"),
        ("2014-12-31", "azr_vorjahr", 513, 46987, "2013-12-31", "AZR"),
        # 12511-01-01-4 over 12411-03-02-4 and 12411-03-03-4
        ("2011-12-31", "fortschreibung_vorjahr", 447, 49143, "2010-12-31", "Fortschreibung_ZER"),
        ("2016-12-31", "fortschreibung_vorjahr", 601, 83394, "2015-12-31", "Fortschreibung_Zensus2011"),
    ],
)
def test_naturalisations_of_the_land_stand_on_the_foreigners_of_the_year_before_each_basis_by_itself(
    recorded_home: Night, day: str, variant: str, above: int, below: int, below_day: str, basis: str
) -> None:
    value, numerator, denominator, *rest = _values(recorded_home, "B01", "16", day)[variant]
    assert (numerator, denominator, *rest[:3]) == (above, below, below_day, basis, "value")
    assert value == round(Decimal(above) * 1000 / below, 2)


def test_the_published_rate_of_naturalisations_is_carried_over_with_the_bounds_of_its_print(
    recorded_home: Night,
) -> None:
    """12511-04-01-4 prints 1.4 % for Erfurt in 2011."""
    found = recorded_home.query(
        "select value, value_low, value_high, method, is_default from mart_indicator where indicator_id = 'B01' "
        "and variant = 'veroeffentlichte_quote' and region_key = '16051' and period_end = '2011-12-31' "
        "and territory = 'as_published'"
    )
    assert found == [(Decimal(14), Decimal("13.5"), Decimal("14.5"), "adopted", True)]


FOREIGNERS_OF_ERFURT = {  # 15-17, 18-19, 20-24, … 60-64 years
    "2010-12-31": (248, 173, 570, 777, 821, 782, 732, 594, 555, 372, 236),  # 12411-03-02-4
    "2015-12-31": (481, 379, 1622, 1694, 1321, 1123, 1066, 888, 671, 490, 323),  # 12411-03-03-4
}


@pytest.mark.parametrize(
    ("day", "employed", "before", "basis"),
    [  # 13111-02-02-4
        ("2011-06-30", 1466, "2010-12-31", "Fortschreibung_ZER"),
        ("2016-06-30", 3914, "2015-12-31", "Fortschreibung_Zensus2011"),
    ],
)
def test_employees_of_all_ages_are_no_employment_rate_and_stand_beside_it(
    recorded_home: Night, day: str, employed: int, before: str, basis: str
) -> None:
    found = _values(recorded_home, "E03", "16051", day)
    residents = sum(FOREIGNERS_OF_ERFURT[before])
    value = round(Decimal(employed) * 100 / residents, 2)
    assert found == {
        "wohnort_15_64": (None, None, None, None, "", "not_recorded", True),
        "alle_alter": (value, employed, residents, before, basis, "value", False),
    }


def test_all_ages_exist_for_two_years_on_two_bases_without_a_change_between_them(recorded_home: Night) -> None:
    series = "from mart_indicator where indicator_id = 'E03' and variant = 'alle_alter' and value is not null"
    assert recorded_home.query(f"select distinct year(period_end), basis {series} order by 1") == [
        (2011, "Fortschreibung_ZER"),
        (2016, "Fortschreibung_Zensus2011"),
    ]
    changes = f"select distinct measure, reason from mart_indicator_change where value_id in (select value_id {series})"
    assert sorted(recorded_home.query(changes)) == [
        ("change_previous_period_pp", "break:zensus_2011"),
        ("change_previous_year_pp", "no_previous_value"),
    ]
    missing = "select missing_de is not null from dim_indicator_variant where indicator_id = 'E03' order by priority"
    assert recorded_home.query(missing) == [(True,), (False,)]


def test_what_nothing_is_recorded_of_stands_in_the_catalogue_alone_with_its_reason(recorded_home: Night) -> None:
    told = recorded_home.query(
        "select indicator_id, availability, missing_de is not null, n_values from dim_indicator "
        "where availability <> 'computed' order by 1"
    )
    assert len(told) > 20
    assert all(is_told and values == 0 for _, _, is_told, values in told)
    assert {availability for _, availability, _, _ in told} == {"not_recorded", "no_source_per_kreis", "on_order_only"}
    rows = recorded_home.query(
        "select distinct indicator_id from mart_indicator join dim_indicator using (indicator_id) "
        "where availability <> 'computed'"
    )
    assert rows == [("E03",)], "its figures of employees of all ages stand beside the gap"
    named = recorded_home.query(
        "select count(*) from dim_indicator anti join dim_indicator_variant using (indicator_id)"
    )
    assert named == [(0,)]
    speaking = recorded_home.query(
        "select distinct indicator_id from mart_indicator join dim_indicator_variant using (indicator_id, variant) "
        "where missing is not null and value is not null"
    )
    assert speaking == []


def test_asked_for_what_is_not_recorded_the_monitor_says_what_would_have_to_arrive(recorded_home: Night) -> None:
    asked = recorded_home.monitor("explain", "A08", "--region", "16", "--period", "2023-12-31")
    assert (asked.code, asked.err) == (0, "")
    text = " ".join(asked.out.split())
    assert text.startswith(
        "A08 Anteil der Schutzsuchenden an der Bevölkerung: Thüringen (16), 31.12.2023 Ergebnis keine"
    )
    assert "Die Tabelle 12531-01-01-4 (Schutzsuchende nach Schutzstatus je Kreis) ist nicht aufgezeichnet." in text


def test_minors_are_five_age_groups_of_foreigners(recorded_home: Night) -> None:
    """12411-03-02-4 and 12411-03-03-4, Erfurt: 0-2, 3-5, 6-9, 10-14 and 15-17 years, and all ages."""
    for day, variant, groups, all_ages, basis in (
        ("2010-12-31", "fortschreibung_zer", (130, 138, 204, 359, 248), 7062, "Fortschreibung_ZER"),
        ("2015-12-31", "fortschreibung_zensus2011", (351, 350, 433, 492, 481), 12153, "Fortschreibung_Zensus2011"),
    ):
        found = _values(recorded_home, "A07", "16051", day)
        beside = {name for name in found if name != variant}
        assert beside <= {f"{variant}_insgesamt", f"{variant}_deutsche"}
        found = {variant: found[variant]}
        minors = sum(groups)
        value = round(Decimal(minors) * 100 / all_ages, 2)
        assert found == {variant: (value, minors, all_ages, day, basis, "value", True)}


def test_the_residence_stands_beside_the_workplace_and_no_change_is_made_of_its_doubtful_year(
    recorded_home: Night,
) -> None:
    found = _values(recorded_home, "E01", "16063", "2019-06-30")
    assert {variant: row[6] for variant, row in found.items()} == {"arbeitsort": True, "wohnort": False}
    reasons = recorded_home.query(
        "select distinct reason from mart_indicator_change join mart_indicator using (value_id) "
        "where indicator_id in ('E01', 'E02') and variant = 'wohnort' and period_end = '2019-06-30' "
        "and region_key like '16%'"
    )
    assert reasons == [("doubtful_source",)]


def test_no_change_lies_between_two_bases_two_territories_or_two_laws(recorded_home: Night) -> None:
    """Counted by hand: 40 regions at the census of 2011; six Kreise in 2019; 22 Kreise at the law of 2024."""
    reasons = recorded_home.query(
        "select indicator_id, reason, count(*) from mart_indicator_change join mart_indicator using (value_id) "
        "where measure in ('change_previous_year_abs', 'change_previous_year_pp') "
        "and territory = 'as_published' and reason like 'break:%' "
        "and (indicator_id, reason) in (('F01', 'break:zensus_2011'), ('E12', 'break:gebiet_2019'), "
        "('B01', 'break:einbuergerung_2024')) group by all order by all"
    )
    assert reasons == [
        ("B01", "break:einbuergerung_2024", 22),
        ("E12", "break:gebiet_2019", 6),
        ("F01", "break:zensus_2011", 40),
    ]
    across = recorded_home.query(
        "select count(*) from mart_indicator_change as change join mart_indicator as later using (value_id) "
        "join mart_indicator as earlier on change.compared_value_id = earlier.value_id "
        "where change.value is not null and (later.basis <> earlier.basis "
        "or (later.variant <> earlier.variant and measure not like 'gap_%' and measure not like 'ratio_%'))"
    )
    assert across == [(0,)]


def test_exactly_one_variant_speaks_wherever_anything_stands(recorded_home: Night) -> None:
    speaking = recorded_home.query(
        "select distinct count(*) filter (is_default) from mart_indicator "
        "group by indicator_id, territory, region_key, period_type, period_start, period_end, group_key"
    )
    assert speaking == [(1,)]
    beside = recorded_home.query(
        "select count(*) from mart_indicator join dim_indicator_variant using (indicator_id, variant) "
        "where is_default and not may_default"
    )
    assert beside == [(0,)]


def test_a_gap_takes_the_key_of_the_value_that_lacks_and_is_no_value(recorded_home: Night) -> None:
    """Between the first and the last recorded year no Kreis lacks a row, and none that did not exist then has one."""
    gaps = recorded_home.query(
        "select count(*), count(value), count(numerator), count(source_known_from), bool_and(dataset_ids = '') "
        "from mart_indicator where status = 'not_recorded'"
    )
    ((count, *nothing, without_source),) = gaps
    assert count > 1000
    assert nothing == [0, 0, 0]
    assert without_source
    kreise = recorded_home.query(
        "select year(period_end), count(distinct region_key) from mart_indicator where indicator_id = 'A01' "
        "and region_level = 'kreis' and territory = 'as_published' group by 1 order by 1"
    )
    assert kreise == [(year, 23 if year < 2021 else 22) for year in range(2010, 2021)] + [
        (2021, 23),  # the source prints Eisenach once more, as not existing
        (2022, 23),
    ]
    gone = recorded_home.query(
        "select count(*) from mart_indicator where region_key = '16056' and period_end > '2021-06-30' "
        "and status not in ('not_existing', 'not_yet')"
    )
    assert gone == [(0,)]


def test_the_handbook_says_how_many_rows_of_each_kind_there_are(recorded_home: Night) -> None:
    handbook = (PROJECT / "docs" / "handbuch.md").read_text(encoding="utf-8")
    told = {
        status: int(count.replace("\u202f", "").replace(" ", ""))
        for statuses, count in re.findall(r"^[|] (`[a-z_`, ]+`) [|] ([0-9 \u202f]+) [|]", handbook, flags=re.MULTILINE)
        for status in re.findall(r"`([a-z_]+)`", statuses)
    }
    known = "value zero rounded_to_zero secret unknown_or_secret not_yet not_published not_meaningful unreliable"
    assert set(told) == {*known.split(), "not_existing", "outage", "withheld", "not_recorded"}
    counted = dict(
        recorded_home.query("select status, count(*) from mart_indicator where territory = 'as_published' group by 1")
    )
    assert {status: count for status, count in told.items() if count} == counted
