"""What changed in the tables themselves is counted: rows, rows per year, keys. No number of a cell is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrationsmonitor.release import diff, news, news_pages, shapes

IN_ERFURT = "region_key = '16051' and indicator_id = 'A01' and variant = 'fortschreibung' and period_end = '2021-12-31'"
Compare = Callable[[list[str], list[str]], dict[str, Any]]


def test_where_nothing_changed_nothing_is_told(compare: Compare) -> None:
    found = compare([], [])["tables"]
    assert {part: content for part, content in found.items() if content} == {}
    assert "## Tabellen" not in news_pages.page(compare([], []))


def test_rows_are_counted_per_year_where_they_differ(compare: Compare) -> None:
    found = compare([], ["delete from mart_indicator where period_end = '2021-12-31' and region_key = '16052'"])
    (years,) = [found["tables"]["rows_per_year"]["mart_indicator"]]
    assert years.keys() == {"2021"}
    before, now = years["2021"]
    assert before - now == found["counts"]["gone"] > 0
    line = next(line for line in news_pages.page(found).splitlines() if line.startswith("| `mart_indicator` |"))
    assert line.endswith(f"| 2021: {before} → {now} |")


def test_keys_that_came_and_went_are_counted_and_the_first_are_named(compare: Compare) -> None:
    moved = "update dim_region set region_key = '16999' where region_key = '16051'"
    gone = "delete from mart_indicator where region_level = 'kreis' and variant = 'andere'"
    keys = compare([], [moved, gone])["tables"]["keys"]
    assert keys["dim_region"] == {
        "key": ["region_key"], "appeared": 1, "appeared_first": [["16999"]], "gone": 1, "gone_first": [["16051"]],
    }  # fmt: skip
    indicator = keys["mart_indicator"]
    assert indicator["gone"] > len(indicator["gone_first"]) == shapes.EXAMPLES
    assert indicator["gone_first"] == sorted(indicator["gone_first"]), "in the order of the export"
    assert "meta_release" not in keys, "it names the release, and always another one"


def test_a_release_of_an_older_version_may_lack_what_the_key_is_made_of(compare: Compare) -> None:
    found = compare(["alter table dim_period drop column period_start", "drop table mart_signal"], [])
    assert found["tables"]["keys_not_compared"] == ["dim_period"]
    assert found["tables"]["added"] == ["mart_signal"]
    assert found["tables"]["columns"]["dim_period"]["added"] == ["period_start"]
    assert "dim_period" not in found["tables"]["keys"]
    assert "dim_period.period_start" in "\n".join(news.lines(found))


@pytest.mark.parametrize("backwards", [False, True])
def test_the_key_of_a_value_that_is_no_longer_said_is_counted_and_not_named(compare: Compare, backwards: bool) -> None:
    ids = f"(select value_id from mart_indicator where {IN_ERFURT})"
    flagged = f"insert into mart_indicator_flag select value_id, 'derived' from mart_indicator where {IN_ERFURT}"
    silent = [
        f"update mart_indicator set value = null, status = 'withheld', flags = 'confidential' where {IN_ERFURT}",
        f"delete from mart_indicator_wide where value_id in {ids}",
        "update meta_release set released_at = released_at + interval 1 day",
    ]
    said = compare([flagged], [silent[1]])["tables"]["keys"]
    assert said["mart_indicator_flag"]["gone_first"], "of another value it is"
    found = compare(silent, [flagged]) if backwards else compare([flagged], silent)
    word = "appeared" if backwards else "gone"
    for table in ("mart_indicator_flag", "mart_indicator_wide"):
        keys = found["tables"]["keys"].get(table)
        assert keys is None or (keys[word], keys[f"{word}_first"]) == (1, []), table
    assert found["tables"]["keys"]["mart_indicator_flag"][word] == 1


KEYS = st.lists(st.tuples(st.none() | st.integers(0, 6), st.integers(2019, 2023)), unique=True, max_size=20)


@settings(max_examples=60, deadline=None)
@given(old=KEYS, new=KEYS)
def test_the_counts_are_those_of_the_sets(old: list[tuple[int | None, int]], new: list[tuple[int | None, int]]) -> None:
    with duckdb.connect() as con:
        for side, rows in (("old", old), ("new", new)):
            con.execute(f"attach ':memory:' as {side}")
            con.execute(f"create table {side}.main.t (a integer, period_end date)")
            for key, year in rows:
                con.execute(f"insert into {side}.main.t values (?, make_date(?, 12, 31))", [key, year])
        columns = {side: shapes.columns_of(con, side) for side in shapes.SIDES}
        found = shapes.compared(con, columns, {"t": ["a", "period_end"]}, [])
    keys = found["keys"].get("t", {"appeared": 0, "gone": 0, "appeared_first": [], "gone_first": []})
    came, went = set(new) - set(old), set(old) - set(new)
    assert (keys["appeared"], keys["gone"]) == (len(came), len(went))
    named = [(key, day.year) for key, day in keys["appeared_first"]]
    assert named == sorted(came, key=lambda key: (key[0] is None, key))[: shapes.EXAMPLES]
    counted = {str(year): [sum(row[1] == year for row in rows) for rows in (old, new)] for _, year in {*old, *new}}
    assert found["rows_per_year"].get("t", {}) == {year: two for year, two in counted.items() if two[0] != two[1]}
    assert found["rows"].get("t", [0, 0]) == ([len(old), len(new)] if len(old) != len(new) else [0, 0])


def test_what_is_told_per_region_adds_up_to_what_is_told_in_all(compare: Compare) -> None:
    changes = [
        "update mart_indicator set value = value + 1 where region_key in ('16051', '16')",
        "delete from mart_indicator where region_key = '16052'",
        "update mart_indicator set flags = 'provisional' where region_key = '16053'",
        "update mart_indicator set value = null, status = 'secret' where region_key = '16054'",
    ]
    found = compare([], changes)
    assert {region["region_key"] for region in found["regions"]} == {"16", "16051", "16052", "16053", "16054"}
    for kind, count in found["counts"].items():
        assert sum(region[kind] for region in found["regions"]) == count, kind
    silent = next(region for region in found["regions"] if region["region_key"] == "16054")
    assert silent["no_longer_said"] == silent["changed"] > 0
    assert diff.as_json(news.of_region(found, "16054", "Suhl")["regions"][0]) == diff.as_json(silent)
