"""Every expectation says what it means, how grave it is, and who it is, in files that a check never writes."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import sample_candidate
import yaml

PROJECT = Path(__file__).resolve().parents[2]
EXPECTATIONS = PROJECT / "expectations"
SUITES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((EXPECTATIONS / "suites").glob("*"))
}


def test_every_expectation_has_a_severity_an_id_of_its_own_and_a_sentence() -> None:
    ids = []
    for name, suite in SUITES.items():
        assert suite["name"] == name
        assert set(suite["meta"]) == {"table", "title_de", "key"}
        ids.append(suite["id"])
        for expectation in suite["expectations"]:
            assert expectation["severity"] in {"critical", "warning"}, (name, expectation["type"])
            assert len(expectation["description"]) > 10, (name, expectation["type"])
            ids.append(expectation["id"])
    assert len(ids) == len(set(ids))


def test_every_suite_has_an_asset_and_every_frame_a_suite() -> None:
    context = yaml.safe_load((EXPECTATIONS / "great_expectations.yml").read_text(encoding="utf-8"))
    assert set(context["fluent_datasources"]["candidate"]["assets"]) == set(SUITES)
    assert {path.stem for path in (EXPECTATIONS / "frames").glob("*.sql")} <= set(SUITES)
    assert context["analytics_enabled"] is False


def test_every_published_table_has_a_suite_or_a_frame_that_speaks_of_it() -> None:
    """All that dbt builds and exports.yml lets out; meta_release is written only at publication."""
    contract = yaml.safe_load((PROJECT / "exports" / "exports.yml").read_text(encoding="utf-8"))
    models = {path.stem for path in (PROJECT / "dbt_project" / "models").rglob("*.sql")}
    published = {model for model in models if any(fnmatchcase(model, pattern) for pattern in contract["warehouse"])}
    assert len(published) > 30
    assert {suite["meta"]["table"] for suite in SUITES.values()} - {"alle"} == published


def test_the_sample_candidate_has_every_published_table_of_the_suites() -> None:
    assert {suite["meta"]["table"] for suite in SUITES.values()} - {"alle"} == set(sample_candidate.TABLES)


def test_heavy_tables_are_looked_at_through_profiles() -> None:
    assert not {"fct_observation", "fct_observation_vintage", "mart_indicator_vintage", "mart_provenance"} & set(SUITES)


def test_what_only_time_tells_closes_no_gate_but_for_plain_damage() -> None:
    critical = [
        expectation["description"]
        for name, suite in SUITES.items()
        if name.startswith("qa_drift_")
        for expectation in suite["expectations"]
        if expectation["severity"] == "critical"
    ]
    assert len(critical) == 1
    assert critical[0].startswith("Kein Indikator und keine Region verliert alle Werte")
