"""Territories, worked by hand: a stock, a flow and an annual average on both sides of every step.

The shares are those of catalog/territory/steps.yml; every expected number is written out as what one multiplies.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_fixture import Landing, settings_for

from integrationsmonitor import warehouse
from integrationsmonitor.progress import silent
from wire import catalog

KNOWN = datetime(2026, 7, 1, 8, 0)
NEW, NEWEST = date(2021, 12, 31), date(2024, 1, 1)
ZENSUS = {"basis": "Fortschreibung_Zensus2011", "place": "Wohnort"}
GIVES, TAKES, EISENACH, WARTBURG, EICHSFELD, UNSTRUT, FAR = (
    "16070",
    "16054",
    "16056",
    "16063",
    "16061",
    "16064",
    "16051",
)


def stock(region: str, day: date, value: float, **more: Any) -> dict[str, Any]:
    return {"region_key": region, "measure": "bevoelkerung", "period_end": day, "value": value} | ZENSUS | more


def foreigners(region: str, day: date, foreign: float, total: float) -> list[dict[str, Any]]:
    return [stock(region, day, foreign, nationality="auslaendisch"), stock(region, day, total)]


def employees(region: str, day: date, value: float) -> dict[str, Any]:
    common = {"measure": "svb_arbeitsort", "basis": "BA_exact", "place": "Arbeitsort", "nationality": "auslaendisch"}
    return common | {"region_key": region, "period_end": day, "value": value}


def of_a_year(region: str, year: int, measure: str, kind: str, value: float, **more: Any) -> dict[str, Any]:
    period = {"period_type": kind, "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
    return {"region_key": region, "measure": measure, "value": value} | period | more


def naturalised(region: str, year: int, value: float) -> dict[str, Any]:
    return of_a_year(region, year, "einbuergerungen", "jahressumme", value)


def unemployed(region: str, year: int, foreign: float, total: float) -> list[dict[str, Any]]:
    common = {"basis": "BA_exact", "place": "Wohnort"}
    return [
        of_a_year(region, year, "arbeitslose", "jahresdurchschnitt", foreign, nationality="auslaendisch", **common),
        of_a_year(region, year, "arbeitslose", "jahresdurchschnitt", total, **common),
    ]


STOCKS = [
    stock(GIVES, date(2018, 12, 31), 100_000), stock(TAKES, date(2018, 12, 31), 36_000),
    stock(GIVES, date(2019, 12, 31), 98_000), stock(TAKES, date(2019, 12, 31), 38_000),
    stock(WARTBURG, date(2018, 12, 31), 120_000), stock(EISENACH, date(2018, 12, 31), 42_000),
    stock(WARTBURG, date(2019, 12, 31), 118_000), stock(EISENACH, date(2019, 12, 31), 42_500),
    stock(WARTBURG, date(2021, 12, 31), 159_000),
    stock(EISENACH, date(2021, 12, 31), 0) | {"value": None, "sign": "-", "status": "not_existing"},
    stock(WARTBURG, date(2022, 12, 31), 160_000), stock(UNSTRUT, date(2022, 12, 31), 100_000),
    stock(EICHSFELD, date(2022, 12, 31), 99_000),
    *(stock(key, day, 90_000, basis="Fortschreibung_Zensus2022")
      for key in (WARTBURG, UNSTRUT, EICHSFELD, FAR) for day in (date(2023, 12, 31), date(2024, 12, 31))),
    stock("16", date(2018, 12, 31), 2_143_145), stock("16", date(2022, 12, 31), 2_126_846),
]  # fmt: skip
SHARES = [
    *foreigners("16073", date(2018, 12, 31), 4_000, 100_000),
    *foreigners(WARTBURG, date(2018, 12, 31), 4_000, 120_000),
    *foreigners(EISENACH, date(2018, 12, 31), 3_000, 42_000),
    *foreigners(WARTBURG, date(2019, 12, 31), 5_000, 118_000),
    *foreigners(EISENACH, date(2019, 12, 31), 3_500, 42_500),
    *foreigners(WARTBURG, date(2020, 12, 31), 5_200, 117_500),
    *foreigners(EISENACH, date(2020, 12, 31), 3_600, 42_000),
]
AT_WORK = [
    employees(GIVES, date(2018, 6, 30), 2_000), employees(TAKES, date(2018, 6, 30), 500),
    employees(WARTBURG, date(2020, 6, 30), 3_000), employees(EISENACH, date(2020, 6, 30), 1_000),
    employees(WARTBURG, date(2021, 6, 30), 3_100), employees(EISENACH, date(2021, 6, 30), 1_100),
    employees(WARTBURG, date(2022, 6, 30), 4_400), employees(UNSTRUT, date(2022, 6, 30), 2_500),
    employees(GIVES, date(2022, 6, 30), 2_600),
]  # fmt: skip
FLOWS = [
    naturalised(GIVES, 2018, 20), naturalised(WARTBURG, 2018, 9), naturalised(EISENACH, 2018, 4),
    naturalised(WARTBURG, 2019, 10), naturalised(EISENACH, 2019, 5),
    naturalised(WARTBURG, 2020, 12), naturalised(EISENACH, 2020, 6),
    naturalised(WARTBURG, 2021, 30),
]  # fmt: skip
AVERAGES = [
    *unemployed(GIVES, 2018, 300, 3_000), *unemployed(TAKES, 2018, 200, 1_000),
    *unemployed(WARTBURG, 2020, 400, 3_000), *unemployed(EISENACH, 2020, 300, 1_500),
    *unemployed(WARTBURG, 2021, 700, 4_400),
]  # fmt: skip
RATE = of_a_year(
    FAR, 2019, "arbeitslosenquote_alle_zivilen", "jahresdurchschnitt", 14.5, nationality="auslaendisch", unit="Prozent"
)


@pytest.fixture(scope="module")
def told(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    shutil.rmtree(dbt_home / "landing", ignore_errors=True)
    landing = Landing(dbt_home)
    landing.answer("regio_12411_01_01_4", STOCKS, raw="a", known=KNOWN)
    landing.answer("regio_12411_03_03_4", SHARES, raw="b", known=KNOWN)
    landing.answer("regio_13111_01_03_4", AT_WORK, raw="c", known=KNOWN)
    landing.answer("regio_12511_01_01_4", FLOWS, raw="d", known=KNOWN)
    landing.answer("regio_13211_02_05_4", [*AVERAGES, RATE], raw="e", known=KNOWN)
    result = warehouse.build(settings_for(dbt_home), landing.write(), silent)
    copy = tmp_path_factory.mktemp("territory") / "warehouse.duckdb"
    shutil.copy(result.path, copy)
    return copy


def query(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, values).fetchall()


def harmonised(told: Path, indicator: str, region: str, until: date, target: date = NEW) -> tuple[Any, ...]:
    """Value, method and flags, or the status where there is no value."""
    (row,) = query(
        told,
        "select value, method, flags, status from mart_indicator where territory = 'harmonised' and indicator_id = ? "
        "and region_key = ? and period_end = ? and territory_date = ? and status <> 'not_recorded'",
        indicator, region, until, target,
    )  # fmt: skip
    return row[:3] if row[0] is not None else (row[3], row[2])


ESTIMATE, WEAK = "estimate", "estimate|estimate_weak"
CENTRE = "reception_centre"  # stands on all values of Suhl, on whatever territory


@pytest.mark.parametrize(
    ("region", "day", "target", "value", "method", "flags"),
    [
        # 2019-01-01: a part of the Ilm-Kreis comes to Suhl
        (GIVES, date(2018, 12, 31), NEW, Decimal("98050.431"), "estimated", ESTIMATE),
        (TAKES, date(2018, 12, 31), NEW, Decimal("37949.569"), "estimated", f"{ESTIMATE}|{CENTRE}"),
        (GIVES, date(2019, 12, 31), NEW, 98_000, "computed", ""),
        (TAKES, date(2019, 12, 31), NEW, 38_000, "computed", CENTRE),
        # 2021-07-01: Eisenach comes to the Wartburgkreis: an estimate before 2019, exact since then
        (WARTBURG, date(2018, 12, 31), NEW, Decimal("158782.1172"), "estimated", ESTIMATE),
        (WARTBURG, date(2019, 12, 31), NEW, 160_500, "computed", "territory_sum"),
        (WARTBURG, date(2021, 12, 31), NEW, 159_000, "computed", ""),
        # 2023 and 2024: Unstrut-Hainich-Kreis to Eichsfeld, Wartburgkreis to Unstrut-Hainich-Kreis
        (EICHSFELD, date(2022, 12, 31), NEW, 99_000, "computed", ""),
        (EICHSFELD, date(2023, 12, 31), NEW, 90_000, "computed", "territory_step"),
        (EICHSFELD, date(2024, 12, 31), NEW, 90_000, "computed", "territory_step"),
        (FAR, date(2023, 12, 31), NEW, 90_000, "computed", ""),
        (EICHSFELD, date(2022, 12, 31), NEWEST, 104_328, "estimated", WEAK),
        (UNSTRUT, date(2022, 12, 31), NEWEST, 94_856, "estimated", WEAK),
        (WARTBURG, date(2022, 12, 31), NEWEST, 159_816, "estimated", WEAK),
        (EICHSFELD, date(2024, 12, 31), NEWEST, 90_000, "computed", ""),
        (FAR, date(2023, 12, 31), NEWEST, 90_000, "computed", ""),
        # two steps in a row: 120 000 × 0,97318431 × 0,99885 + 42 000 × 0,99885
        (WARTBURG, date(2018, 12, 31), NEWEST, Decimal("158599.517765"), "estimated", WEAK),
        ("16", date(2018, 12, 31), NEW, 2_143_145, "computed", ""),
    ],
)
def test_a_stock_on_both_sides_of_each_step(
    told: Path, region: str, day: date, target: date, value: Decimal, method: str, flags: str
) -> None:
    assert harmonised(told, "A00", region, day, target) == (value, method, flags)


def test_between_two_steps_of_unknown_size_nothing_is_converted(told: Path) -> None:
    for region in (EICHSFELD, UNSTRUT, WARTBURG):
        found = harmonised(told, "A00", region, date(2023, 12, 31), NEWEST)
        assert found == ("not_convertible", "between_steps"), region


def test_employees_are_divided_by_the_share_of_employees(told: Path) -> None:
    assert harmonised(told, "E01", GIVES, date(2018, 6, 30)) == (Decimal("1984.51924"), "estimated", WEAK)
    assert harmonised(told, "E01", TAKES, date(2018, 6, 30)) == (Decimal("515.48076"), "estimated", f"{WEAK}|{CENTRE}")
    assert harmonised(told, "E01", WARTBURG, date(2020, 6, 30)) == (4_000, "computed", "territory_sum")
    assert harmonised(told, "E01", WARTBURG, date(2021, 6, 30)) == (4_200, "computed", "territory_sum")
    assert harmonised(told, "E01", WARTBURG, date(2022, 6, 30)) == (4_400, "computed", "")
    assert harmonised(told, "E01", WARTBURG, date(2022, 6, 30), NEWEST) == ("not_convertible", "no_weight")
    assert harmonised(told, "E01", UNSTRUT, date(2022, 6, 30), NEWEST) == ("not_convertible", "no_weight")
    assert harmonised(told, "E01", GIVES, date(2022, 6, 30), NEWEST) == (2_600, "computed", "")


def test_a_flow_is_merged_where_whole_kreise_were_and_never_divided(told: Path) -> None:
    # per 1 000 foreigners of the year before, each part on the side of the step on which it lies
    on_both_sides = Decimal(15) * 1000 / (4_000 * Decimal("0.97318431") + 3_000)
    value, method, flags = harmonised(told, "B01", WARTBURG, date(2019, 12, 31))
    assert value == on_both_sides.quantize(Decimal("1e-10"))
    assert (method, flags) == ("estimated", f"{WEAK}|territory_sum")
    value, method, flags = harmonised(told, "B01", WARTBURG, date(2020, 12, 31))
    assert value == (Decimal(18) * 1000 / 8_500).quantize(Decimal("1e-10"))
    assert (method, flags) == ("computed", "territory_sum")
    value, _, _ = harmonised(told, "B01", WARTBURG, date(2021, 12, 31))
    assert value == (Decimal(30) * 1000 / 8_800).quantize(Decimal("1e-10")), "the year of the merger ended after it"
    ((value, status, flags),) = query(
        told,
        "select value, status, flags from mart_indicator where indicator_id = 'B01' and region_key = '16063' "
        "and territory = 'as_published' and period_end = '2021-12-31'",
    )
    assert (value, status, flags) == (None, "not_meaningful", "territory_mixed"), "30 would lie over 5 200"
    no_denominator = "select count(*) from mart_indicator where indicator_id = 'B01' and region_key = ? and value > 0"
    assert query(told, no_denominator, GIVES) == [(0,)]


def test_an_annual_average_on_both_sides_of_each_step(told: Path) -> None:
    gives, takes = Decimal("0.98050431"), Decimal("0.01949569")
    assert harmonised(told, "E12", GIVES, date(2018, 12, 31))[:2] == (10, "estimated")
    value = (200 + 300 * takes) * 100 / (1_000 + 3_000 * takes)
    assert harmonised(told, "E12", TAKES, date(2018, 12, 31))[0] == value.quantize(Decimal("1e-10"))
    assert 300 * gives + 300 * takes == 300
    merged = (Decimal(700) * 100 / 4_500).quantize(Decimal("1e-10"))
    found = harmonised(told, "E12", WARTBURG, date(2020, 12, 31))
    assert found == (merged, "computed", "sum_of_rounded|territory_sum")
    alone = (Decimal(700) * 100 / 4_400).quantize(Decimal("1e-10"))
    assert harmonised(told, "E12", WARTBURG, date(2021, 12, 31)) == (alone, "computed", "")


def test_a_kreis_that_only_gives_keeps_its_rate(told: Path) -> None:
    value, method, flags = harmonised(told, "A01", "16073", date(2018, 12, 31))
    assert (value, method, flags) == (4, "estimated", WEAK)
    ((low, high),) = query(
        told,
        "select value_low, value_high from mart_indicator where territory = 'harmonised' and region_key = '16073' "
        "and indicator_id = 'A01' and period_end = '2018-12-31' and territory_date = '2021-12-31'",
    )
    assert low < 4 < high, "the shares are printed with eight digits"
    assert high - low < Decimal("1e-6")


def test_a_published_rate_is_never_converted(told: Path) -> None:
    assert query(
        told,
        "select distinct territory, status, flags, value from mart_indicator where indicator_id = 'E10' "
        "and status <> 'not_recorded' order by 1",
    ) == [
        ("as_published", "value", "", Decimal("14.5")),
        ("harmonised", "not_convertible", "published_rate", None),
    ]


def test_no_row_set_holds_a_unit_and_the_one_that_it_went_into(told: Path) -> None:
    both = """
        select count(*) from mart_indicator as one join mart_indicator as other
            using (indicator_id, variant, territory, territory_date, period_type, period_start, period_end, group_key)
        where territory = 'harmonised' and one.region_key = '16056' and other.region_key = '16063'
    """
    assert query(told, both) == [(0,)]
    assert query(
        told, "select count(*) from mart_indicator where region_key = '16056' and territory = 'harmonised'"
    ) == [(0,)]
    kreise = """
        select distinct count(distinct region_key) from mart_indicator
        where territory = 'harmonised' and region_level = 'kreis' and indicator_id = 'A00'
        group by territory_date, period_end
    """
    assert query(told, kreise) == [(22,)], "every Kreis of the day, with a value or with the reason why there is none"


def test_every_part_of_a_converted_value_is_told_with_its_share(told: Path) -> None:
    parts = query(
        told,
        "select provenance.region_key, used_value, weight, weight_quality from mart_provenance as provenance "
        "join mart_indicator using (value_id) where indicator_id = 'A00' and mart_indicator.region_key = '16063' "
        "and territory_date = '2021-12-31' and territory = 'harmonised' and mart_indicator.period_end = '2018-12-31' "
        "order by 1",
    )
    assert parts == [
        (EISENACH, 42_000, 1, "exact"),
        (WARTBURG, 120_000, Decimal("0.97318431"), ESTIMATE),
    ]
    assert sum(value * weight for _, value, weight, _ in parts) == Decimal("158782.1172")


def test_one_variant_speaks_on_a_territory_and_it_speaks_on_the_first_one(told: Path) -> None:
    spoken = "select distinct territory_date from mart_indicator where territory = 'harmonised' and is_default"
    assert query(told, spoken) == [(NEW,)]


def test_what_nobody_names_the_basis_of_is_converted_to_no_other_territory() -> None:
    """Nor does anybody name its territory then: a share could take away a second time what is gone already."""
    nameless = [
        dataset for dataset in catalog().datasets.values() if "Kreisangabe" in {rule.basis for rule in dataset.basis}
    ]
    assert nameless
    assert {measure.territory_weight for dataset in nameless for measure in dataset.measures} == {"none"}
