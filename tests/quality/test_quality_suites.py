"""Every expectation says what it means, how grave it is, and who it is, in files that a check never writes."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

EXPECTATIONS = Path(__file__).resolve().parents[2] / "expectations"
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


def test_the_promised_tables_have_suites() -> None:
    tables = {suite["meta"]["table"] for suite in SUITES.values()}
    promised = {"dim_region", "dim_dataset", "dim_indicator", "dim_period", "fct_observation", "mart_indicator"}
    assert promised <= tables
