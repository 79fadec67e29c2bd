"""What our own values would tell of a hidden cell is withheld in the warehouse itself."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_fixture import PROJECT, Landing, settings_for

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.night import protected
from integrationsmonitor.progress import silent

KNOWN = datetime(2026, 7, 1, 8, 0)
DAY, LATER = date(2019, 12, 31), date(2020, 12, 31)
TABLE, WITH_LAND = "regio_12411_01_01_4", "regio_12411_03_03_4"
KREISE = load_catalog(PROJECT / "catalog").kreise_at(DAY)


def people(region: str, day: date, value: int | None) -> dict[str, Any]:
    number = {"value": value} if value is not None else {"value": None, "sign": ".", "status": "unknown_or_secret"}
    place = {"basis": "Fortschreibung_Zensus2011", "place": "Wohnort"}
    return {"region_key": region, "measure": "bevoelkerung", "period_end": day} | number | place


@pytest.fixture(scope="module")
def built(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table adds up to a Land that another one hides; a year later both print their Kreise only, or the Land."""
    shutil.rmtree(dbt_home / "landing", ignore_errors=True)
    landing = Landing(dbt_home)
    of_table = [people(key, day, 1_000 + int(key)) for key in KREISE for day in (DAY, LATER)]
    hidden_land = [people("16", DAY, None), *(people(key, DAY, 1_000 + int(key)) for key in KREISE)]
    hidden_kreise = [
        people("16", LATER, sum(1_000 + int(key) for key in KREISE) + 9),
        *(people(key, LATER, None) | {"nationality": "auslaendisch"} for key in KREISE),
    ]
    landing.answer(TABLE, of_table, raw="a", known=KNOWN)
    landing.answer(WITH_LAND, [*hidden_land, *hidden_kreise], raw="b", known=KNOWN)
    result = protected.build(settings_for(dbt_home), landing.write(), silent)
    copy = tmp_path_factory.mktemp("confidential")
    shutil.copy(result.path, copy / "warehouse.duckdb")
    shutil.copy(result.path.parent / "confidentiality.json", copy)
    return copy


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_sum_that_tells_a_hidden_land_is_withheld_on_every_territory(built: Path) -> None:
    found = query(
        built,
        "select distinct status, flags, coalesce(value, value_low, value_high, numerator) from mart_indicator "
        f"where indicator_id = 'A00' and region_key = '16' and period_end = '{DAY}' and status <> 'not_recorded'",
    )
    assert found == [("withheld", "confidential|sum_of_parts", None)]
    vintages = f"select count(value) from mart_indicator_vintage where region_key = '16' and period_end = '{DAY}'"
    assert query(built, vintages) == [(0,)]
    numbers = f"""
        select count(used_value), count(printed) from mart_provenance join mart_indicator using (value_id)
        where mart_indicator.region_key = '16' and mart_indicator.period_end = '{DAY}'
    """
    assert query(built, numbers) == [(0, 0)]


def test_nothing_else_is_withheld(built: Path) -> None:
    assert query(built, "select distinct region_key, period_end from mart_indicator where status = 'withheld'") == [
        ("16", DAY)
    ]
    assert query(
        built, f"select count(distinct region_key) from mart_indicator where period_end = '{DAY}' and value > 0"
    ) == [(len(KREISE),)]
    later = f"select distinct value is not null from mart_indicator where region_key = '16' and period_end = '{LATER}'"
    assert (True,) in query(built, later), "Kreise that another cell hides say nothing of this Land"


def test_the_operator_is_told_where_and_never_what(built: Path) -> None:
    account = json.loads((built / "confidentiality.json").read_text(encoding="utf-8"))
    assert account["withheld"] == {}, "of what is left nothing tells a hidden cell"
    assert account["left_by_source"] == [
        {
            "dataset_id": WITH_LAND,
            "region_key": "16",
            "period_end": "2019-12-31",
            "cell": "bevoelkerung insgesamt insgesamt insgesamt insgesamt ",
            "sums_over": "region",
        }
    ]
