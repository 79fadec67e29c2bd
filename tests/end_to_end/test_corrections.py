"""Known errors of a source, written into the catalogue: what is published instead, and what is said about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from night_support import Night, Outcome, copy_home, differing_tables, edit_yaml

POPULATION, INHABITANTS, RATE = "regio_12411_03_03_4", "regio_12411_01_01_4", "regio_12511_04_01_4"


def _correction(name: str, dataset: str, region: str, day: str, action: str, **more: Any) -> dict[str, Any]:
    cells = {"regions": [region], "period_from": day, "period_to": day, **more.pop("cells", {})}
    return {
        "id": name,
        "dataset": dataset,
        "cells": cells,
        "action": action,
        "reason_de": f"Ein bekannter Fehler der Quelle: {name}.",
        "reported": {"to": "Landesamt für Statistik", "date": "2026-11-01"},
        "status": "open",
        **more,
    }


def _corrections(printed: int) -> list[dict[str, Any]]:
    """One of each kind; `printed` is what the source says of the foreigners of Gera."""
    foreigners = {
        "measures": ["bevoelkerung"],
        "nationality": "auslaendisch",
        "sex": "insgesamt",
        "age_group": "insgesamt",
    }
    rate = {"measures": ["einbuergerungsquote"]}
    day = "2020-12-31"
    return [
        _correction("dropped", POPULATION, "16051", day, "drop", cells=foreigners),
        _correction("replaced", POPULATION, "16052", day, "override", cells=foreigners, value=5000, expect=printed),
        _correction("marked", RATE, "16053", day, "flag", flag="doubtful_source"),
        _correction("revised", RATE, "16054", day, "override", cells=rate, value=1.5, expect=99.9),
        _correction("nothing", INHABITANTS, "16051", "1850-12-31", "drop"),
        _correction("over", RATE, "16055", day, "drop", status="corrected_by_source"),
    ]


@pytest.fixture(scope="session")
def corrected(published: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The night after somebody wrote six corrections into the catalogue."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog")

    def make(folder: Path) -> Outcome:
        copy_home(published.home, folder / "home")
        shutil.copytree(published.extra["MONITOR_CATALOG"], folder / "catalog")
        corrections = _corrections(int(_foreigners(published, "16052")))
        edit_yaml(folder / "catalog" / "corrections.yml", lambda raw: raw.update(corrections=corrections))
        return night(folder).monitor("build")

    folder, outcome = once("corrected", make)
    assert outcome.code == 0, outcome.err[-3000:]
    return night(folder)


def _foreigners(night: Night, region: str, column: str = "value") -> Any:
    ((found,),) = night.query(
        f"select {column} from fct_observation where dataset_id = ? and region_key = ? and period_end = '2020-12-31' "
        "and nationality = 'auslaendisch' and sex = 'insgesamt' and age_group = 'insgesamt'",
        *(POPULATION, region),
    )
    return found


def _indicator(night: Night, indicator: str, region: str) -> tuple[Any, ...]:
    (row,) = night.query(
        "select value, numerator, status, numerator_status, flags from mart_indicator "
        "where indicator_id = ? and region_key = ? and period_end = '2020-12-31' and is_default "
        "and territory = 'as_published'",
        *(indicator, region),
    )
    return row


def test_a_dropped_figure_is_withheld_and_so_is_what_is_computed_from_it(corrected: Night) -> None:
    assert _foreigners(corrected, "16051", "(value, status, flags)") == (None, "withheld", "dropped_by_us")
    assert _indicator(corrected, "A01", "16051") == (None, None, "withheld", "withheld", "dropped_by_us")


def test_a_replaced_figure_is_ours_and_marked_everywhere(published: Night, corrected: Night) -> None:
    assert _foreigners(corrected, "16052", "(value, status, flags)") == (Decimal(5000), "value", "replaced_by_us")
    value, numerator, status, _, flags = _indicator(corrected, "A01", "16052")
    assert (numerator, status, flags) == (Decimal(5000), "value", "replaced_by_us")
    assert value != _indicator(published, "A01", "16052")[0]


def test_a_marked_figure_stays_as_it_is(published: Night, corrected: Night) -> None:
    before, after = _indicator(published, "B01", "16053"), _indicator(corrected, "B01", "16053")
    assert after == (*before[:-1], "doubtful_source")


def test_an_override_that_the_source_has_overtaken_stops_and_says_so(published: Night, corrected: Night) -> None:
    assert _indicator(corrected, "B01", "16054") == _indicator(published, "B01", "16054")
    warned = [text for text in corrected.release["quality"]["warnings"] if "ist überholt" in text]
    assert len(warned) == 1
    assert "correction_id=revised" in warned[0]


def test_a_correction_of_nothing_says_so(corrected: Night) -> None:
    warned = [text for text in corrected.release["quality"]["warnings"] if "geht ins Leere" in text]
    assert len(warned) == 1
    assert "correction_id=nothing" in warned[0]


def test_a_correction_that_has_ended_changes_nothing(published: Night, corrected: Night) -> None:
    assert _indicator(corrected, "B01", "16055") == _indicator(published, "B01", "16055")


def test_every_correction_is_listed_with_both_figures_and_where_it_stands(published: Night, corrected: Night) -> None:
    printed = {region: _foreigners(published, region) for region in ("16051", "16052")}
    listed = corrected.query(
        "select correction_id, action, printed_value, published_value, published_status, is_applied, "
        "not_applied_because from mart_correction where correction_id in ('dropped', 'replaced', 'nothing') order by 1"
    )
    assert listed == [
        ("dropped", "drop", printed["16051"], None, "withheld", True, None),
        ("nothing", "drop", None, None, None, False, "no_cell"),
        ("replaced", "override", printed["16052"], Decimal(5000), "value", True, None),
    ]
    why = corrected.query(
        "select correction_id, not_applied_because from mart_correction where not is_applied order by 1"
    )
    assert why == [("nothing", "no_cell"), ("over", "ended"), ("revised", "source_changed")]
    told = corrected.query("select distinct reported_to, reported_at::varchar, status from mart_correction order by 3")
    assert told == [(*("Landesamt für Statistik", "2026-11-01"), word) for word in ("corrected_by_source", "open")]


def test_what_the_source_printed_stays_beside_our_number(corrected: Night, published: Night) -> None:
    assert int(_foreigners(corrected, "16051", "printed")) == _foreigners(published, "16051")
    assert _foreigners(corrected, "16051") != _foreigners(published, "16051")


def test_the_doubtful_employees_of_2019_are_marked_and_nobody_else(recorded_home: Night) -> None:
    marked = "select count(*), min(period_end)::varchar, max(period_end)::varchar, min(region_key), max(region_key) "
    where = "from fct_observation where list_contains(string_split(flags, '|'), 'doubtful_source')"
    assert recorded_home.query(marked + where) == [(24 * 6, "2019-06-30", "2019-06-30", "16", "16077")]
    assert recorded_home.query("select count(*), bool_and(is_applied) from mart_correction") == [(24 * 6, True)]


def test_without_corrections_everything_is_as_before(published: Night, corrected: Night, tmp_path: Path) -> None:
    night = corrected.copied_to(tmp_path / "home").with_(catalog=published.extra["MONITOR_CATALOG"])
    built = night.monitor("build")
    assert built.code == 0, built.err[-3000:]
    assert differing_tables(published.warehouse, night.warehouse) == {}
