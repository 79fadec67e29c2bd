"""What our own values would tell of a hidden cell is withheld in the warehouse itself."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_fixture import PROJECT, Landing, settings_for

from integrationsmonitor import confidentiality, publications
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.night import protected
from integrationsmonitor.progress import silent

KNOWN = datetime(2026, 7, 1, 8, 0)
EARLIER, DAY, LATER = date(2018, 12, 31), date(2019, 12, 31), date(2020, 12, 31)
TABLE, WITH_LAND = "regio_12411_01_01_4", "regio_12411_03_03_4"
KREISE = load_catalog(PROJECT / "catalog").kreise_at(DAY)


LAND = "7b03d568863da0b4"  # the inhabitants of the Land on DAY, as published


def people(region: str, day: date, value: int | None) -> dict[str, Any]:
    number = {"value": value} if value is not None else {"value": None, "sign": ".", "status": "unknown_or_secret"}
    place = {"basis": "Fortschreibung_Zensus2011", "place": "Wohnort"}
    return {"region_key": region, "measure": "bevoelkerung", "period_end": day} | number | place


@pytest.fixture(scope="module")
def built(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table adds up to a Land that another one hides; a year later both print their Kreise only, or the Land.

    The year before, only the Kreise of the one are there, and all of them.
    """
    shutil.rmtree(dbt_home / "landing", ignore_errors=True)
    landing = Landing(dbt_home)
    of_table = [people(key, day, 1_000 + int(key)) for key in KREISE for day in (EARLIER, DAY, LATER)]
    hidden_land = [people("16", DAY, None), *(people(key, DAY, 1_000 + int(key)) for key in KREISE)]
    hidden_kreise = [
        people("16", LATER, sum(1_000 + int(key) for key in KREISE) + 9),
        *(people(key, LATER, None) | {"nationality": "auslaendisch"} for key in KREISE),
    ]
    landing.answer(TABLE, of_table, raw="a", known=KNOWN)
    landing.answer(WITH_LAND, [*hidden_land, *hidden_kreise], raw="b", known=KNOWN)
    published = [publications.Row(value_id, 1, "r1", KNOWN, Decimal(9), "value", 1) for value_id in (LAND, "f" * 16)]
    tables = landing.write() | {"publication": publications.table(published)}
    result = protected.build(settings_for(dbt_home), tables, silent)
    copy = tmp_path_factory.mktemp("confidential")
    shutil.copy(result.path, copy / "warehouse.duckdb")
    shutil.copytree(result.path.parent / "inputs", copy / "inputs")
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


def test_what_was_published_of_it_before_is_told_without_a_number_too(built: Path) -> None:
    of_land = "select value_id from mart_indicator where territory = 'as_published' and status = 'withheld'"
    assert (LAND,) in query(built, of_land)
    assert query(built, "select value_id, status, value from mart_publication order by 1") == [
        (LAND, "withheld", None),
        ("f" * 16, "value", 9),
    ]


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


# --- what stands in mart_indicator counts, not what its parts ought to make -------------------------------------------

OF_EARLIER = f"from mart_indicator where indicator_id = 'A00' and period_end = '{EARLIER}' and status = 'value'"
MADE_OF = f"""
    select distinct value_id {OF_EARLIER} and value_id in (
        select value_id from mart_provenance where dataset_id = '{TABLE}' and region_key in ({{keys}})
    ) order by 1
"""


def planted(built: Path, folder: Path, *statements: str) -> Path:
    """A copy of the warehouse in which something went wrong."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)
    return folder


def hide(*keys: str) -> str:
    """The source hides the figures of these Kreise; our values of them are left standing."""
    return (
        "update fct_observation set value = null, value_low = null, value_high = null, printed = '.', "
        f"status = 'secret' where dataset_id = '{TABLE}' and period_end = '{EARLIER}' "
        f"and region_key in ({quoted(*keys)})"
    )


def quoted(*keys: str) -> str:
    return ", ".join(f"'{key}'" for key in keys)


def check(folder: Path) -> confidentiality.Found:
    return confidentiality.check(folder / "warehouse.duckdb", folder / "inputs")


def test_a_value_that_still_tells_a_figure_its_source_hides_is_withheld(built: Path, tmp_path: Path) -> None:
    key = KREISE[0]
    found = check(planted(built, tmp_path, hide(key)))
    made_of = {value_id for (value_id,) in query(built, MADE_OF.format(keys=quoted(key)))}
    places = query(built, f"select distinct region_key, territory {OF_EARLIER} and value_id in ({quoted(*made_of)})")
    assert {(key, "as_published"), (key, "harmonised")} <= set(places), "the Kreis itself and where it is repeated"
    assert found.withheld.keys() == made_of, "each of them tells the figure"
    assert all("berechnen" in reason and TABLE in reason for reason in found.withheld.values())


def test_a_value_made_of_hidden_figures_is_withheld_even_where_it_tells_none_of_them(
    built: Path, tmp_path: Path
) -> None:
    hidden = KREISE[:2]
    silent_kreise = (
        "update mart_indicator set value = null, value_low = null, value_high = null, numerator = null, "
        f"status = 'secret' where region_level = 'kreis' and period_end = '{EARLIER}'"
    )
    folder = planted(built, tmp_path, hide(*hidden), silent_kreise)
    left = {value_id for (value_id,) in query(folder, MADE_OF.format(keys=quoted(*hidden)))}
    assert left, "the sum of the Land still stands"
    found = check(folder)
    assert found.withheld.keys() == left
    assert set(found.withheld.values()) == {f"Dieser Wert ist aus einer Zahl gemacht, die {TABLE} nicht nennt."}


def test_a_number_that_its_parts_do_not_make_stops_everything(built: Path, tmp_path: Path) -> None:
    """A hidden figure in a sum whose provenance does not name it: nobody knows what the sum tells."""
    lost = f"delete from mart_provenance where region_key = '{KREISE[0]}' and is_part_of_sum"
    with pytest.raises(MonitorError, match=r"numerator of mart_indicator to be the sum of its parts.*nothing is rel"):
        check(planted(built, tmp_path, lost))


def test_the_bounds_of_a_hidden_figure_are_withheld_too(built: Path, tmp_path: Path) -> None:
    key = KREISE[1]
    of_kreis = f"region_key = '{key}' and period_end = '{EARLIER}'"
    folder = planted(
        built, tmp_path, hide(key), f"update mart_indicator set value = null, numerator = null where {of_kreis}"
    )
    left = {value_id for (value_id,) in query(folder, MADE_OF.format(keys=quoted(key)))}
    bounds = query(folder, f"select value_id {OF_EARLIER} and {of_kreis} and value_high is not null")
    assert bounds, "the bounds were left"
    assert check(folder).withheld.keys() == left
    assert {value_id for (value_id,) in bounds} <= left


def test_as_it_was_built_nothing_more_is_withheld(built: Path, tmp_path: Path) -> None:
    assert check(planted(built, tmp_path)).withheld == {}
