"""The page about the models is dbt's own, with our words in it and without its way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt.task.docs import DOCS_INDEX_FILE_PATH

from integrationsmonitor import model_docs
from integrationsmonitor.errors import MonitorError

NOTICE = "Aufgezeichnete Daten, kein Live-Abruf"


def manifest(**changes: Any) -> dict[str, Any]:
    """A manifest of one model, as dbt writes them."""
    model = {
        "unique_id": "model.ours.mart_a",
        "description": 'Werte </script><script src="https://evil.example"> je Kreis',
        "build_path": "/home/somebody/target/run/mart_a.sql",
        "compiled_path": "/home/somebody/target/compiled/mart_a.sql",
        "created_at": 1764350000.5,
        "columns": {"value": {"name": "value", "data_type": "decimal(28, 10)"}},
    }
    macros = {
        "macro.ours.m": {"package_name": "ours", "macro_sql": "1"},
        "macro.dbt.m": {"package_name": "dbt", "macro_sql": "2"},
    }
    documents = {"doc.ours.__overview__": {"name": "__overview__", "block_contents": "# Überblick"}}
    metadata = {
        **{"dbt_version": "1", "project_name": "ours", "adapter_type": "duckdb", "quoting": {}},
        **{"send_anonymous_usage_stats": False, "generated_at": "2026-11-28T17:25:19Z", "invocation_id": "92be3bd4"},
    }
    parts: dict[str, Any] = {
        **{"metadata": metadata, "nodes": {"model.ours.mart_a": model}, "macros": macros, "docs": documents},
        **{"sources": {}, "exposures": {}, "metrics": {}, "unit_tests": {}, "parent_map": {"model.ours.mart_a": []}},
    }
    return {**parts, **changes}


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest()), encoding="utf-8")
    folder = model_docs.write(tmp_path, tmp_path / "docs", NOTICE)
    return (folder / "index.html").read_text(encoding="utf-8")


def test_the_page_holds_the_descriptions_and_the_notice(page: str) -> None:
    assert "# Überblick" in page
    assert f"**{NOTICE}**" in page
    assert '"type":"decimal(28, 10)"' in page
    assert "INLINE DATA" not in page


def test_no_text_of_ours_ends_the_script_it_stands_in(page: str) -> None:
    assert "evil.example" in page
    assert '<script src="https://evil.example">' not in page


def test_nothing_tells_the_machine_the_moment_or_the_packages(page: str) -> None:
    assert not [word for word in ("/home/somebody", "1764350000", "2026-11-28", "92be3bd4") if word in page]
    assert '"macro.ours.m"' in page
    assert "macro.dbt.m" not in page


def test_the_reader_is_reported_to_nobody(page: str) -> None:
    original = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    for word in ("cloudfront.net", "sinter-collect"):
        assert word in original, "what is looked for is there before"
        assert word not in page
    with pytest.raises(MonitorError, match="does not track its reader as it is known to"):
        model_docs.without_tracking(original.replace("turn_on_tracking", "track"))


def test_the_order_in_which_dbt_read_the_models_changes_nothing() -> None:
    nodes = {name: {"name": name} for name in ("b", "a")}
    assert json.dumps(model_docs.shown(manifest(nodes=nodes), NOTICE)) == json.dumps(
        model_docs.shown(manifest(nodes=dict(reversed(nodes.items()))), NOTICE)
    )
