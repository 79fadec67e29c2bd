"""The comparison with the last release: what is suspicious, what is damage, and what is nobody's fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sample_candidate
from table_damage_runner import EXPECTATIONS, Bench, bench

from integrationsmonitor import quality
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.quality import LastRelease, frames

COMPARISONS = ("qa_drift_table", "qa_drift_value", "qa_drift_period", "qa_drift_key")
GONE = "delete from mart_indicator where indicator_id = 'A02'"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("drift")
    with bench(sample_candidate.build(folder / "sample.duckdb"), folder) as tried:
        yield tried


def found(sample: Bench, *statements: str) -> dict[str, set[str]]:
    """Beginnings of the sentences that a comparison finds after the statements, by severity."""
    sample.con.begin()
    try:
        for statement in statements:
            sample.con.execute(statement)
        outcomes = [outcome for name in COMPARISONS for outcome in sample.look(name).outcomes if not outcome.success]
    finally:
        sample.con.rollback()
    return {
        severity: {" ".join(outcome.description.split()[:2]) for outcome in outcomes if outcome.severity == severity}
        for severity in ("critical", "warning")
    }


NOBODYS_FAULT = {
    "the catalogue names the indicator no longer": [GONE, "delete from dim_indicator where indicator_id = 'A02'"],
    "the catalogue names the variant no longer": [GONE, "delete from dim_indicator_variant where indicator_id = 'A02'"],
    "the catalogue says what is missing": [
        GONE,
        "update dim_indicator_variant set missing = 'not_recorded' where indicator_id = 'A02'",
    ],
    "the definition is another": [GONE, "update dim_indicator set definition_version = 2 where indicator_id = 'A02'"],
    "a person took it back": [
        "insert into mart_withdrawal select value_id, 'Irrtum', '2026-11-22', true from mart_indicator "
        "where indicator_id = 'A02' and value is not null",
        "update mart_indicator set value = null, status = 'withheld' where indicator_id = 'A02'",
    ],
    "it would tell a hidden cell": [
        "update mart_indicator set value = null, status = 'withheld' where indicator_id = 'A02' and value is not null"
    ],
    "the source hides it now": [
        "update fct_observation set value = null, status = 'secret' where dataset_id = 'local_azr_presse'",
        "update mart_indicator set value = null, status = 'secret' where indicator_id = 'A02'",
    ],
    "the source does not have it any longer": [
        "delete from fct_observation where dataset_id = 'local_azr_presse'",
        GONE,
    ],
}


@pytest.mark.parametrize("case", NOBODYS_FAULT, ids=lambda name: name.replace(" ", "_"))
def test_what_somebody_decided_or_the_source_did_closes_no_gate(case: str, sample: Bench) -> None:
    assert found(sample, *NOBODYS_FAULT[case])["critical"] == set()


def test_an_indicator_that_vanishes_under_its_observations_is_damage(sample: Bench) -> None:
    assert found(sample, GONE)["critical"] == {"Kein Indikator"}


def test_a_changed_definition_may_move_its_numbers(sample: Bench) -> None:
    moved = "update mart_indicator set value = value * 10 where unit = 'Prozent'"
    assert found(sample, moved)["warning"] == {"Kein Median", "Keine Summe"}
    assert found(sample, moved, "update mart_indicator set definition_version = 2")["warning"] == set()


def test_a_small_change_is_none(sample: Bench) -> None:
    nothing: dict[str, set[str]] = {"critical": set(), "warning": set()}
    assert found(sample, "update mart_indicator set value = value * 1.4") == nothing


OLD_RELEASES = {
    "a table less": "drop table mart_provenance",
    "a column less": "alter table mart_indicator drop definition_version",
    "a column of another type": "alter table mart_indicator alter territory_date type varchar using 'unknown'",
    "a table more": "create table mart_forgotten as from range(30)",
}


@pytest.mark.parametrize("case", OLD_RELEASES, ids=lambda name: name.replace(" ", "_"))
def test_an_old_release_of_another_shape_breaks_no_comparison(case: str, sample: Bench, tmp_path: Path) -> None:
    old = sample_candidate.build(tmp_path / "old.duckdb", [OLD_RELEASES[case]])
    with duckdb.connect(str(sample_candidate.build(tmp_path / "new.duckdb"))) as con:
        frames.declare(con, load_catalog(sample_candidate.PROJECT / "catalog"), LastRelease("old", old))
        bad = [
            outcome
            for name in COMPARISONS
            for outcome in Bench(con, sample.judge).look(name).outcomes
            if not outcome.success and outcome.severity == "critical"
        ]
    assert bad == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The suites of the comparison alone."""
    folder = tmp_path / "expectations"
    for part in ("suites", "frames"):
        (folder / part).mkdir(parents=True)
        for path in (EXPECTATIONS / part).glob("qa_drift_*"):
            (folder / part / path.name).write_bytes(path.read_bytes())
    (folder / "great_expectations.yml").write_bytes((EXPECTATIONS / "great_expectations.yml").read_bytes())
    return folder


def check(folder: Path, small: Path, last: LastRelease | None, *spoil: str) -> tuple[quality.QualityResult, str]:
    candidate = sample_candidate.build(folder / "candidate" / "warehouse.duckdb", spoil)
    catalog = load_catalog(sample_candidate.PROJECT / "catalog")
    result = quality.check(candidate, small, folder / "quality", catalog=catalog, last=last)
    return result, (folder / "quality" / "zusammenfassung.md").read_text(encoding="utf-8")


def test_the_summary_tells_what_is_lost_and_an_acceptance_opens_the_gate(tmp_path: Path, small: Path) -> None:
    released = sample_candidate.build(tmp_path / "released.duckdb")
    result, told = check(tmp_path / "1", small, LastRelease("R1", released), GONE)
    assert (result.gate, len(result.lost)) == ("failed", 1)
    assert "**Nicht bestanden.** 1 kritische Erwartung ist verletzt." in told
    assert "- `mart_indicator`, Werte je Indikator und Region" in told
    assert "Verglichen ist mit der Veröffentlichung R1." in told
    accepted = LastRelease("R1", released, "Die Quelle war falsch.")
    result, told = check(tmp_path / "2", small, accepted, GONE)
    assert (result.gate, result.lost) == ("passed", ())
    assert any("angenommen: Die Quelle war falsch." in warning for warning in result.warnings)
    assert "Was gegen sie fehlt, ist angenommen: Die Quelle war falsch." in told


def test_the_first_night_and_an_unreadable_release_compare_nothing(tmp_path: Path, small: Path) -> None:
    result, told = check(tmp_path / "1", small, None)
    assert (result.gate, result.warnings) == ("passed", [])
    assert "Es gibt noch keine Veröffentlichung" in told
    (tmp_path / "broken.duckdb").write_bytes(b"no database")
    result, told = check(tmp_path / "2", small, LastRelease("R1", tmp_path / "broken.duckdb"))
    assert (result.gate, result.warnings) == ("passed", [])
    assert "R1 lässt sich nicht lesen" in told


def test_the_summary_counts_rows_as_they_changed(tmp_path: Path, small: Path) -> None:
    released = sample_candidate.build(tmp_path / "released.duckdb")
    _, told = check(tmp_path / "1", small, LastRelease("R1", released), "delete from dim_region where rowid < 3")
    with duckdb.connect(str(released), read_only=True) as con:
        row = con.execute("select count(*) from dim_region").fetchone()
    assert row
    assert f"- `dim_region`: {row[0] - 3} Zeilen, zuvor {row[0]}" in told
