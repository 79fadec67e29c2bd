"""The gate closes on what would be a wrong number, stays open on a warning, and names what it found."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sample_candidate

from integrationsmonitor import quality
from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.errors import MonitorError

PROJECT = Path(__file__).resolve().parents[2]
EXPECTATIONS = PROJECT / "expectations"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(PROJECT / "catalog")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> quality.QualityResult:
    """The check of the sample candidate as it is."""
    folder = tmp_path_factory.mktemp("whole")
    candidate = sample_candidate.build(folder / "warehouse.duckdb")
    before = tree(EXPECTATIONS), tree(candidate)
    result = quality.check(candidate, EXPECTATIONS, folder / "quality", catalog=catalog)
    assert (tree(EXPECTATIONS), tree(candidate)) == before, "the check must only read"
    return result


def tree(path: Path) -> dict[str, str]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_sound_candidate_passes_every_expectation(whole: quality.QualityResult) -> None:
    assert (whole.gate, whole.critical, whole.warnings) == ("passed", [], [])
    assert whole.passed == whole.expectations > 60
    told = json.loads((whole.page.parent / "quality.json").read_text(encoding="utf-8"))
    assert told["gate"] == "passed"
    assert {suite["suite"] for suite in told["suites"]} >= {"mart_indicator", "qa_profile_fct_observation"}


@pytest.fixture
def only(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of expectations/ that holds one suite."""

    def copy(suite: str) -> Path:
        folder = tmp_path / "expectations"
        shutil.copytree(EXPECTATIONS, folder)
        for path in (folder / "suites").iterdir():
            if path.stem != suite:
                path.unlink()
        return folder

    return copy


def test_a_finding_names_observed_and_example_rows(
    tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    spoil = ["update mart_indicator set value = 110 where region_key = '16051' and unit = 'Prozent'"]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", spoil)
    result = quality.check(candidate, only("mart_indicator"), tmp_path / "quality", catalog=catalog)
    found = next(text for text in result.critical if "zwischen 0 und 100" in text)
    assert "4 von 158 Zeilen" in found
    assert "indicator_id=A01, variant=fortschreibung, region_key=16051, period_end=2020-12-31" in found
    assert "value=110.0" in found
    page = result.page.read_text(encoding="utf-8")
    assert "Nicht bestanden" in page
    assert "region_key=16051" in page


def test_a_warning_does_not_close_the_gate(tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]) -> None:
    spoil = ["update dim_indicator set n_values = 0 where indicator_id = 'A02'"]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", spoil)
    result = quality.check(candidate, only("dim_indicator"), tmp_path / "quality", catalog=catalog)
    assert (result.gate, result.critical) == ("passed", [])
    assert len(result.warnings) == 1
    assert "indicator_id=A02" in result.warnings[0]


def test_a_hidden_cell_among_citizenships_is_told_to_a_person(
    tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    spoil = ["update mart_citizenship set status = 'secret', value = null where citizenship_key = 'st152'"]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", spoil)
    result = quality.check(candidate, only("mart_citizenship"), tmp_path / "quality", catalog=catalog)
    assert (result.gate, len(result.warnings)) == ("passed", 1)
    assert "citizenship_key=st152" in result.warnings[0]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("no_cell", "Keine Berichtigung geht ins Leere"),
        ("source_changed", "Keine Berichtigung ist überholt"),
        ("several_cells", "Jede Ersetzung meint genau eine Zahl"),
        ("overruled", "keine Berichtigung steht einer anderen im Weg"),
        ("ended", None),
    ],
)
def test_a_correction_without_effect_warns_unless_it_was_ended(
    reason: str, sentence: str | None, tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    spoil = [f"update mart_correction set is_applied = false, not_applied_because = '{reason}'"]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", spoil)
    result = quality.check(candidate, only("mart_correction"), tmp_path / "quality", catalog=catalog)
    assert (result.gate, result.critical, len(result.warnings)) == ("passed", [], 1 if sentence else 0)
    assert all(str(sentence) in text and "correction_id=sample" in text for text in result.warnings)


@pytest.mark.parametrize(("flags", "warnings"), [("withdrawn", 0), ("provisional|withdrawn", 0), ("provisional", 1)])
def test_a_withdrawn_value_may_speak_without_a_number_and_no_other(
    flags: str, warnings: int, tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    change = f"value = null, status = 'withheld', flags = '{flags}'"
    spoil = [
        f"update mart_indicator set {change} where is_default and region_key = '16070' and period_end = '2021-12-31'"
    ]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", spoil)
    result = quality.check(candidate, only("qa_default_mart_indicator"), tmp_path / "quality", catalog=catalog)
    assert (result.gate, len(result.warnings)) == ("passed", warnings)


def unlisted(**changes: str) -> list[str]:
    """A sum of Thüringen that does not hold, that was promised, and of which the catalogue knows nothing."""
    plain = {"sum_id": "'b'", "region_key": "'16070'", "scope": "'Thüringen'", "explanation_id": "null", **changes}
    replaced = ", ".join(f"{value} as {name}" for name, value in plain.items())
    return [f"insert into mart_sum_violation select * replace ({replaced}) from mart_sum_violation"]


@pytest.mark.parametrize(
    ("changes", "gate", "sentence"),
    [
        ({}, "failed", "In Thüringen gehen zugesagte Summen auf"),
        ({"is_promised": "false"}, "passed", "Auch nicht zugesagte Summen"),
        ({"scope": "'Vergleich'"}, "passed", "Auch in den Vergleichsregionen"),
        ({"has_own_figure": "true"}, "passed", "wo wir eine Zahl ersetzt haben"),
        ({"explanation_id": "'hessen'"}, "passed", ""),
    ],
    ids=["promised", "not_promised", "comparator", "our_own_figure", "listed"],
)
def test_a_sum_that_does_not_hold_is_named_unless_the_catalogue_names_it(
    changes: dict[str, str], gate: str, sentence: str, tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", unlisted(**changes))
    result = quality.check(candidate, only("mart_sum_violation"), tmp_path / "quality", catalog=catalog)
    assert result.gate == gate
    told = [*result.critical, *result.warnings]
    assert len(told) == (1 if sentence else 0)
    assert all(sentence in text and "region_key=16070, total=100.0, parts=99.0" in text for text in told)


@pytest.mark.parametrize(
    ("spoil", "suite", "sentence"),
    [
        ("update dim_sum_explanation set n_violated = 0", "dim_sum_explanation", "Keine Erklärung ist überholt"),
        ("update mart_sum_check set n_compared = 0, n_violated = 0", "mart_sum_check", "Es gibt Summen"),
    ],
)
def test_an_explanation_that_rots_and_a_comparison_of_nothing_warn(
    spoil: str, suite: str, sentence: str, tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", [spoil])
    result = quality.check(candidate, only(suite), tmp_path / "quality", catalog=catalog)
    assert (result.gate, len(result.warnings)) == ("passed", 1)
    assert sentence in result.warnings[0]


def test_a_candidate_that_is_not_there_is_an_error(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(MonitorError, match=r"nowhere\.duckdb cannot be opened"):
        quality.check(tmp_path / "nowhere.duckdb", EXPECTATIONS, tmp_path / "quality", catalog=catalog)


def test_no_page_loads_or_links_another_host(whole: quality.QualityResult) -> None:
    pages = list(whole.page.parent.rglob("*.html"))
    assert len(pages) > 30
    foreign = re.compile(
        r"""(href|src|srcset|action|data|poster)\s*=\s*["']?\s*(https?:)?//|@import|url\(|<script""", re.I
    )
    for page in pages:
        found = foreign.search(page.read_text(encoding="utf-8"))
        assert found is None, (page, found)
    assert not [path for path in whole.page.parent.rglob("*") if path.suffix in {".css", ".js"}]


def test_every_link_of_every_page_leads_to_a_file_of_the_result(whole: quality.QualityResult) -> None:
    for page in whole.page.parent.rglob("*.html"):
        for target in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page, target)


def test_no_absolute_path_stands_in_the_results(whole: quality.QualityResult) -> None:
    for path in whole.page.parent.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert str(PROJECT).encode() not in data, path
            assert str(whole.page.parent).encode() not in data, path
