"""What was known when: the vintages of a small landing, against those that one would write down by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_fixture import Landing, settings_for

from integrationsmonitor import warehouse
from integrationsmonitor.progress import silent

DATASET, YEARS, NATURALISED = "regio_12411_03_03_4", "regio_12411_01_01_4", "regio_12511_01_01_4"
DAY = date(2019, 12, 31)
Z11, Z22 = "Fortschreibung_Zensus2011", "Fortschreibung_Zensus2022"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def kreis(key: str, foreign: float | None, total: float | None = None, day: date = DAY, **more: Any) -> list[Any]:
    """Foreign and all inhabitants of a Kreis; without a number it is hidden."""
    rows = []
    for nationality, value in (("auslaendisch", foreign), ("insgesamt", total)):
        if value is not None or nationality == "auslaendisch":
            told = {"value": value} if value is not None else {"sign": ".", "status": "unknown_or_secret"}
            common = {"region_key": key, "measure": "bevoelkerung", "period_end": day, "place": "Wohnort"}
            rows.append(common | {"basis": Z11, "nationality": nationality} | told | more)
    return rows


@pytest.fixture(scope="module")
def build(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Landing], Path]:
    """Build a landing; a copy, because the next build starts from nothing."""

    def run(landing: Landing) -> Path:
        shutil.rmtree(dbt_home / "landing", ignore_errors=True)
        made = warehouse.build(settings_for(dbt_home), landing.write(), silent)
        copy = tmp_path_factory.mktemp("vintages") / "warehouse.duckdb"
        shutil.copy(made.path, copy)
        return copy

    return run


def story(home: Path) -> Landing:
    """Two deliveries with everything that may happen to a figure between them, and a correction of our own.

    Gera is revised, Jena repeated, Suhl hidden at first, Weimar withdrawn, Eichsfeld not in the partial answer's scope,
    Nordhausen misread by us until we noticed. Erfurt is counted on two bases; a thousand nights repeat one figure.
    """
    landing = Landing(home)
    always = [*kreis("16053", 20, 200), *kreis("16061", 40, 400, date(2018, 12, 31))]
    once = [*kreis("16052", 10, 100), *kreis("16054", None, 300), *kreis("16055", 50, 500)]
    misread, right = kreis("16062", 6, 600), kreis("16062", 60, 600)
    first = {"raw": "r1", "known": at("2020-07-01 08:00"), "recorded": at("2026-01-01 01:00")}
    landing.answer(DATASET, [*always, *once, *misread], **first, parse="p0", parse_seq=0, current=False)
    landing.answer(DATASET, [*always, *once, *right], **first, parse="p1", parse_seq=1, parsed=at("2026-01-05 01:00"))
    later = [*kreis("16053", 20, 200), *kreis("16052", 12, 100), *kreis("16054", 30, 300), *right]
    landing.answer(
        DATASET,
        later,
        raw="r2",
        known=at("2021-07-01 08:00"),
        recorded=at("2026-02-01 01:00"),
        parse="p1",
        parse_seq=1,
        scope=(date(2019, 1, 1), date(2019, 12, 31)),
    )
    of_2022 = {"region_key": "16051", "measure": "bevoelkerung", "period_end": date(2022, 12, 31), "place": "Wohnort"}
    for raw, known, value, basis in (("c1", "2023-06-30", 214969, Z11), ("c2", "2024-07-01", 218769, Z22)):
        landing.answer(YEARS, [of_2022 | {"value": value, "basis": basis}], raw=raw, known=at(known))
    naturalised = {"region_key": "16", "measure": "einbuergerungen", "period_end": DAY, "value": 7}
    for night in range(1000):
        known, recorded = (at(f"{year}-01-01 08:00") + timedelta(days=night) for year in (2020, 2021))
        landing.answer(NATURALISED, [naturalised], raw=f"n{night}", known=known, recorded=recorded)
    return landing


@pytest.fixture(scope="module")
def told(build: Callable[[Landing], Path], dbt_home: Path) -> Path:
    return build(story(dbt_home))


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def of_foreigners(path: Path, axis: str) -> list[tuple[Any, ...]]:
    rows = query(
        path,
        f"""
        select region_key, vintage_no, revision_kind, value::integer, status, known_from, known_to
        from fct_observation_vintage
        where axis = '{axis}' and dataset_id = '{DATASET}' and nationality = 'auslaendisch'
        order by region_key, vintage_no
        """,
    )
    return [(*row[:5], *(moment and f"{moment:%Y-%m-%d}" for moment in row[5:])) for row in rows]


def test_two_deliveries_leave_the_vintages_that_one_would_write_down(told: Path) -> None:
    assert of_foreigners(told, "source") == [
        ("16052", 1, "first", 10, "value", "2020-07-01", "2021-07-01"),
        ("16052", 2, "correction", 12, "value", "2021-07-01", None),
        ("16053", 1, "first", 20, "value", "2020-07-01", None),
        ("16054", 1, "first", None, "unknown_or_secret", "2020-07-01", "2021-07-01"),
        ("16054", 2, "correction", 30, "value", "2021-07-01", None),
        ("16055", 1, "first", 50, "value", "2020-07-01", "2021-07-01"),
        ("16055", 2, "withdrawn", None, "not_published", "2021-07-01", None),
        ("16061", 1, "first", 40, "value", "2020-07-01", None),
        ("16062", 1, "own_correction", 60, "value", "2020-07-01", None),
    ]


def test_our_archive_held_the_mistake_until_we_noticed(told: Path) -> None:
    assert [row for row in of_foreigners(told, "recorded") if row[0] in ("16052", "16062")] == [
        ("16052", 1, "first", 10, "value", "2026-01-01", "2026-02-01"),
        ("16052", 2, "correction", 12, "value", "2026-02-01", None),
        ("16062", 1, "first", 6, "value", "2026-01-01", "2026-01-05"),
        ("16062", 2, "own_correction", 60, "value", "2026-01-05", None),
    ]


def test_a_share_has_the_vintages_of_its_parts(told: Path) -> None:
    shares = query(
        told,
        """
        select region_key, vintage_no, revision_kind, value::double, numerator::integer, known_to is null
        from mart_indicator_vintage where axis = 'source' and indicator_id = 'A01' and variant like 'fort%'
            and territory = 'as_published' order by region_key, vintage_no
        """,
    )
    assert shares == [
        ("16052", 1, "first", 10, 10, False),
        ("16052", 2, "correction", 12, 12, True),
        ("16053", 1, "first", 10, 20, True),
        ("16054", 1, "first", None, None, False),
        ("16054", 2, "correction", 10, 30, True),
        ("16055", 1, "first", 10, 50, False),  # until its parts were withdrawn
        ("16061", 1, "first", 10, 40, True),
        ("16062", 1, "own_correction", 10, 60, True),
    ]


def test_what_changed_after_its_first_publication_is_a_revision(told: Path) -> None:
    rows = query(
        told,
        """
        select region_key, first_value::integer, latest_value::integer, difference::integer, revision_kinds,
            days_to_latest
        from mart_revision join fct_observation_vintage using (observation_id, region_key)
        where axis = 'source' and vintage_no = 1 and nationality = 'auslaendisch' order by 1
        """,
    )
    assert rows == [("16052", 10, 12, 2, "correction", 365), ("16055", 50, None, None, "withdrawn", 365)]


MOMENTS = {
    "source": ["2020-06-30", "2020-07-01 08:00", "2021-06-30", "2021-07-01 07:59:59", "2021-07-01 08:00", "2030-01-01"],
    "recorded": ["2025-12-31", "2026-01-01 01:00", "2026-01-04", "2026-01-05 01:00", "2026-01-31", "2026-02-02"],
}


def test_as_of_knows_what_was_known_then_and_nothing_later(told: Path) -> None:
    def values(function: str, moment: str, axis: str) -> dict[str, Any]:
        of_shares = "and indicator_id = 'A01' and variant like 'fort%'" if function.startswith("indicator") else ""
        sql = f"""
            select region_key, value::double from {function}('{moment}', axis := '{axis}') where true {of_shares}
            {f"and dataset_id = '{DATASET}' and nationality = 'auslaendisch'" if not of_shares else ""} order by 1
        """
        return dict(query(told, sql))

    then = [values("observation_as_of", moment, "source") for moment in MOMENTS["source"]]
    early = {"16052": 10, "16053": 20, "16054": None, "16055": 50, "16061": 40, "16062": 60}
    late = {"16052": 12, "16053": 20, "16054": 30, "16061": 40, "16062": 60}
    assert then == [{}, early, early, early, late, late]
    ours = [values("indicator_as_of", moment, "recorded") for moment in MOMENTS["recorded"]]
    misread = {"16052": 10, "16053": 10, "16054": None, "16055": 10, "16061": 10, "16062": 1}
    assert ours[0] == {}
    assert ours[1] == ours[2] == misread
    assert ours[3] == ours[4] == misread | {"16062": 10}
    assert ours[5] == {"16052": 12, "16053": 10, "16054": 10, "16061": 10, "16062": 10}


def test_an_axis_that_nobody_knows_is_an_error_and_no_empty_table(told: Path) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="axis publication: expected source or recorded"):
        query(told, "from indicator_as_of('2021-01-01', axis := 'publication')")


def test_the_latest_moment_is_today(told: Path) -> None:
    for table, function in (("fct_observation", "observation_as_of"), ("mart_indicator", "indicator_as_of")):
        recorded = "where dataset_ids <> ''" if table == "mart_indicator" else ""  # gaps are told by today's table only
        today = f"from {table} {recorded}"
        for one, other in ((f"from {function}('2030-01-01')", today), (today, f"from {function}('2030-01-01')")):
            assert query(told, f"select count(*) from ({one} except {other})") == [(0,)]


def test_a_warehouse_built_as_of_a_moment_says_what_as_of_says(
    build: Callable[[Landing], Path], told: Path, dbt_home: Path
) -> None:
    moment = "2020-12-31"
    then = build(replace(story(dbt_home), as_of=at(moment)))
    for table, function in (("fct_observation", "observation_as_of"), ("mart_indicator", "indicator_as_of")):
        columns = "* exclude (definition_version)" if table == "mart_indicator" else "*"
        recorded = "where dataset_ids <> ''" if table == "mart_indicator" else ""
        built = set(query(then, f"select {columns} from {table} {recorded}"))
        assert built == set(query(told, f"select {columns} from {function}('{moment}')"))
        assert built


def test_a_thousand_unchanged_answers_add_no_row(told: Path) -> None:
    for axis, since in (("source", "2020-01-01"), ("recorded", "2021-01-01")):
        counted = query(
            told,
            f"""
            select count(*), min(known_from)::date::varchar, max(known_to)
            from fct_observation_vintage where axis = '{axis}' and dataset_id = '{NATURALISED}'
            """,
        )
        assert counted == [(1, since, None)]


def test_both_bases_of_a_day_are_figures_of_their_own(told: Path) -> None:
    rows = query(
        told,
        f"""
        select basis, value::integer, revision_kind
        from fct_observation_vintage where axis = 'source' and dataset_id = '{YEARS}' order by 1
        """,
    )
    assert rows == [(Z11, 214969, "first"), (Z22, 218769, "census_rebase")]
