"""docs/kennzahlen.md says of every indicator what the recordings give, no more and no less."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from night_support import PROJECT, Night


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made", PROJECT / "scripts" / "make_indicators_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """The cells of the table in the docs, by indicator."""
    text = (PROJECT / "docs" / "kennzahlen.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:2] == "| "]
    return {row[0]: row[1:] for row in cells if re.fullmatch(r"[A-Z]\d\d", row[0])}


def test_the_page_is_what_the_recordings_give(script: ModuleType, recorded_home: Night) -> None:
    told = (PROJECT / "docs" / "kennzahlen.md").read_text(encoding="utf-8")
    assert told == script.page(recorded_home.warehouse), "run `make kennzahlen`"


def test_every_number_of_values_is_that_of_the_release(rows: dict[str, list[str]], recorded_home: Night) -> None:
    """Counted once more, without the page's own queries."""
    counted = {
        (indicator, variant): (published, first, second)
        for indicator, variant, published, first, second in recorded_home.query(
            "select indicator_id, variant, count(*) filter (territory = 'as_published'), "
            "count(*) filter (territory = 'harmonised' and territory_date = '2021-12-31'), "
            "count(*) filter (territory = 'harmonised' and territory_date = '2024-01-01') "
            "from mart_indicator where value is not null group by all"
        )
    }
    told = {
        (indicator, variant): tuple(int(number.replace(" ", "")) for number in numbers.split("/"))
        for indicator, cells in rows.items()
        for variant, numbers in re.findall(r"`([a-z0-9_]+)`[*]? ([0-9 /]+)", cells[-1])
    }
    assert {key: numbers for key, numbers in told.items() if any(numbers)} == counted


def test_every_indicator_has_a_row_and_what_is_missing_its_reason(
    rows: dict[str, list[str]], recorded_home: Night
) -> None:
    known = recorded_home.query("select indicator_id, name_de, missing_de from dim_indicator order by 1")
    assert [*rows] == [indicator for indicator, _, _ in known]
    text = (PROJECT / "docs" / "kennzahlen.md").read_text(encoding="utf-8")
    for indicator, name, missing in known:
        assert rows[indicator][0] == name
        assert (rows[indicator][4] == "gerechnet") == (missing is None)
        assert missing is None or missing in text


def test_a_release_of_live_answers_is_refused(script: ModuleType, small_project: Night, tmp_path: Path) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copy(small_project.warehouse, copy)
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as con:
        con.execute("update meta_release set source_mode = 'live'")
    with pytest.raises(SystemExit, match="the page tells of the recordings"):
        script.page(copy)


def test_a_home_without_a_release_says_what_makes_one(script: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no release there; `make run`"):
        script.main(["--home", str(tmp_path)])


def test_a_page_that_says_something_else_is_noticed(
    script: ModuleType, recorded_home: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["--check", "--home", str(recorded_home.home)]
    assert script.main(asked) == 0
    other = tmp_path / "kennzahlen.md"
    other.write_text(script.PAGE.read_text(encoding="utf-8").replace("gerechnet", "erfunden", 1), encoding="utf-8")
    monkeypatch.setattr(script, "PAGE", other)
    assert script.main(asked) == 1
