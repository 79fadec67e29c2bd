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

SIGNAL = (
    "insert into mart_signal by name select now.value_id, before.value_id as previous_value_id, now.indicator_id, "
    "now.region_key, now.period_end, now.group_key, persons, persons_before, 'Erfurt: 1 Hinweis.' as text_de "
    "from mart_indicator as now inner join found using (value_id) "
    "inner join mart_indicator as before on found.previous_value_id = before.value_id"
)


def signal(persons_before: str, where: str) -> str:
    """A signal about one of the sample's changes."""
    return (
        "with found as (select value_id, compared_value_id as previous_value_id, 30 as persons, "
        f"{persons_before} as persons_before from mart_indicator_change where {where} limit 1) {SIGNAL}"
    )


# One damage each: the statement, the suite that must catch it, words of its finding.
CRITICAL = {
    "a value twice": (
        "insert into mart_indicator select * replace ('x' as value_id) from mart_indicator limit 1",
        "mart_indicator",
        "genau eine Zeile",
    ),
    "two defaults": ("update mart_indicator set is_default = true", "qa_default_mart_indicator", "genau eine Variante"),
    "no default": ("update mart_indicator set is_default = false", "qa_default_mart_indicator", "genau eine Variante"),
    "a Kreis missing in the mart": (
        "delete from mart_indicator where region_key = '16070' and variant = 'fortschreibung'",
        "qa_complete_mart_indicator",
        "jeder Kreis des Zeitraums",
    ),
    "a Kreis missing in the observations": (
        "delete from fct_observation where region_key = '16070' and sex = 'weiblich'",
        "qa_complete_fct_observation",
        "in jeder Gliederung",
    ),
    "a share of 110 percent": (
        "update mart_indicator set value = 110 where region_key = '16051' and unit = 'Prozent'",
        "mart_indicator",
        "zwischen 0 und 100 Prozent",
    ),
    "a share that is not its quotient": (
        "update mart_indicator set value = 10.5 where region_key = '16051' and unit = 'Prozent'",
        "qa_arithmetic_mart_indicator",
        "Zähler durch Nenner",
    ),
    "an estimate that is not its quotient": (
        "update mart_indicator set value = 10.5, method = 'estimated' where region_key = '16051' and unit = 'Prozent'",
        "qa_arithmetic_mart_indicator",
        "Zähler durch Nenner",
    ),
    "two converted territories that both speak": (
        "insert into mart_indicator select * exclude (day) replace (concat(value_id, day) as value_id, "
        "'harmonised' as territory, day as territory_date) "
        "from mart_indicator, (values (date '2021-12-31'), (date '2024-01-01')) as target(day)",
        "qa_default_mart_indicator",
        "genau eine Variante",
    ),
    "a change between two territories": (
        "update mart_indicator set territory = 'harmonised' where region_key = '16051' and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    "a citizenship twice": (
        "update mart_citizenship set citizenship_key = 'st475'",
        "mart_citizenship",
        "genau einmal",
    ),
    "an upper bound below the number": (
        "update mart_citizenship set value_high = 99",
        "mart_citizenship",
        "Die obere Grenze",
    ),
    "a lower bound above the number": (
        "update mart_citizenship set value_low = 101",
        "mart_citizenship",
        "Die untere Grenze",
    ),
    "a worst rank before the best": (
        "update mart_citizenship set rank_low = 3",
        "mart_citizenship",
        "Der schlechteste Rang",
    ),
    "more nationalities than are named": (
        "update mart_nationalities set n_at_least = 3",
        "mart_nationalities",
        "als genannt sind",
    ),
    "a region counted twice": (
        "insert into mart_nationalities from mart_nationalities",
        "mart_nationalities",
        "genau einmal",
    ),
    "parts that are not the total": (
        "update mart_sum_violation set scope = 'Thüringen', explanation_id = null",
        "mart_sum_violation",
        "In Thüringen gehen zugesagte Summen auf",
    ),
    "a value that leads to no observation": (
        "delete from mart_provenance where value_id = (select min(value_id) from mart_indicator)",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    "a place that is none": (
        "update mart_provenance set raw_locator = 'somewhere' where observation_id = "
        "(select min(observation_id) from mart_provenance)",
        "mart_provenance",
        "Jede Fundstelle nennt",
    ),
    "a value where the status says none": (
        "update fct_observation set value = 7 where status = 'secret'",
        "qa_profile_fct_observation",
        "Kein Wert steht da",
    ),
    "no value where the status says one": (
        "update mart_indicator set value = null where region_key = 'DG'",
        "mart_indicator",
        "Ein Wert steht da",
    ),
    "a change that is not the difference": (
        "update mart_indicator_change set value = 1 where value is not null",
        "qa_change_mart_indicator",
        "Jedes Ergebnis ist das",
    ),
    "a change across two bases": (
        "update mart_indicator set basis = 'Fortschreibung_ZER' where region_key = '16051' and year(period_end) = 2020",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    "a change out of a doubtful figure": (
        "update mart_indicator set flags = 'doubtful_source' where region_key = '16051' and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    "a difference of two regions that is none": (
        "update mart_comparison set difference = 1",
        "qa_comparison_mart_indicator",
        "minus der Wert der Vergleichsregion",
    ),
    "a comparison across two bases": (
        "update mart_indicator set basis = 'Fortschreibung_ZER' where region_key = '16'",
        "qa_comparison_mart_indicator",
        "dieselbe Gruppe und Grundlage",
    ),
    "a comparison with another region": (
        "update mart_comparison set comparator_key = '14'",
        "qa_comparison_mart_indicator",
        "dieselbe Gruppe und Grundlage",
    ),
    "a comparison of a doubtful figure": (
        "update mart_indicator set flags = 'doubtful_source' where region_key = '16051' and unit = 'Prozent'",
        "qa_comparison_mart_indicator",
        "aus unzweifelhaften Zahlen",
    ),
    "a field without an indicator that gives no reason": (
        "update mart_coverage set gap_de = null",
        "mart_coverage",
        "steht der Grund",
    ),
    "an indicator that says not what it lacks": (
        "update mart_coverage set missing_de = null",
        "mart_coverage",
        "was eintreffen müsste",
    ),
    "more Kreise with a value than there were": (
        "update mart_coverage set n_kreise_last_year = 23 where indicator_id = 'A01'",
        "mart_coverage",
        "als es gab",
    ),
    "a break that nobody described": (
        "update mart_indicator_change set reason = 'break:unknown' where value is null",
        "qa_links",
        "zeigt ins Leere",
    ),
    "a place that another Kreis has": (
        "insert into mart_indicator_change select value_id, 'position', 2, 2, 2, 'Platz', null, null, 17, null "
        "from mart_indicator where region_key = '16070' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Jedes Ergebnis ist das",
    ),
    "a place among too few": (
        "insert into mart_indicator_change select value_id, 'position', 1, 1, 1, 'Platz', null, null, 5, null "
        "from mart_indicator where region_key = '16055' and is_default and unit = 'Prozent'",
        "qa_change_mart_indicator",
        "Verglichen wird nur",
    ),
    "a signal where nothing became worse": (
        signal("30", "value = 0"),
        "qa_signal_mart_signal",
        "Ungünstiger ist",
    ),
    "a signal across a break": (
        signal("30", "reason like 'break:%'"),
        "qa_signal_mart_signal",
        "über einem Bruch",
    ),
    "a signal of a few people": (
        signal("19.9", "true"),
        "mart_signal",
        "weniger als 20 Personen",
    ),
    "a wide row that stands twice": (
        "insert into mart_indicator_wide from mart_indicator_wide limit 1",
        "mart_indicator_wide",
        "genau eine Zeile",
    ),
    "two last values": (
        "insert into mart_indicator_latest from mart_indicator_latest limit 1",
        "mart_indicator_latest",
        "genau ein letzter Wert",
    ),
    "a change that is missing without a reason": (
        "update mart_indicator_change set reason = null where value is null",
        "mart_indicator_change",
        "steht der Grund",
    ),
    "an unknown flag": ("insert into mart_indicator_flag values ('x', 'misspelt')", "mart_indicator_flag", "bekannt"),
    "an unknown dataset": (
        "insert into mart_indicator_dataset select value_id, 'nowhere' from mart_indicator limit 1",
        "qa_links",
        "zeigt ins Leere",
    ),
    "a withdrawn value that can be computed again": (
        "insert into mart_withdrawal select value_id, 'Irrtum', '2026-11-22', true from mart_indicator limit 1",
        "qa_withdrawn_mart_indicator",
        "keine Zahl übrig",
    ),
    "a dropped figure that is there": (
        "update mart_correction set action = 'drop' where published_value is not null",
        "mart_correction",
        "Was wir zurückhalten, hat keine Zahl",
    ),
    "a correction of nothing published": (
        "update mart_correction set observation_id = 'x' where published_value is null",
        "qa_links",
        "zeigt ins Leere",
    ),
    "a vintage that does not end": (
        "update mart_indicator_vintage set known_to = null where axis = 'source'",
        "qa_vintages",
        "bevor die vorige endet",
    ),
    "a vintage that ends before it begins": (
        "update fct_observation_vintage set known_to = known_from - interval 1 day",
        "qa_vintages",
        "bevor sie beginnt",
    ),
    "an empty mart": ("delete from mart_indicator", "mart_indicator", "Werte sind da"),
    "a table that is not there": ("drop table dim_period", "dim_period", "lässt sich lesen"),
    "a column that is not there": ("alter table dim_dataset drop attribution", "dim_dataset", "Quellenangabe"),
}


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


@pytest.mark.parametrize("damage", CRITICAL, ids=lambda name: name.replace(" ", "_"))
def test_a_damage_closes_the_gate_and_is_named(
    damage: str, tmp_path: Path, catalog: Catalog, only: Callable[[str], Path]
) -> None:
    statement, suite, sentence = CRITICAL[damage]
    candidate = sample_candidate.build(tmp_path / "warehouse.duckdb", [statement])
    result = quality.check(candidate, only(suite), tmp_path / "quality", catalog=catalog)
    assert result.gate == "failed"
    named = [text for text in result.critical if f"({suite})" in text and sentence in text]
    assert named, result.critical


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
        ("update mart_sum_check set n_compared = 0", "mart_sum_check", "Es gibt Summen"),
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
