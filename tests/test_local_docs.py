"""The handbook's page on local data: its example is complete, and what it says of it is so."""

from __future__ import annotations

import re
from pathlib import Path

import local_wire as wire
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.sources.local_table import read_cells

PAGE = (wire.PROJECT / "docs" / "lokale-daten.md").read_text(encoding="utf-8")


def block(language: str, holding: str = "") -> str:
    [found] = [text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if holding in text]
    return found


def test_the_example_of_the_page_loads_as_it_stands_and_hides_what_the_page_says(tmp_path: Path):
    (tmp_path / "local_wohnungslose.yml").write_text(block("yaml", "columns:"), encoding="utf-8")
    catalog = load_catalog(wire.PROJECT / "catalog", local=tmp_path)
    dataset = catalog.datasets["local_wohnungslose"]
    assert not dataset.problem
    cells = read_cells(block("csv").encode(), dataset, "wohnungslose_2025.csv", catalog.regions).cells.to_pylist()
    hidden = {(row["region_label"], row["a_sex"]) for row in cells if row["value"] == "*"}
    assert hidden == {(area, sex) for area in ("Nord", "Süd") for sex in ("maennlich", "weiblich")}
    assert len(cells) == 9


def test_the_list_of_types_on_the_page_counts_as_it_stands(tmp_path: Path):
    (tmp_path / "region_types.yml").write_text(block("yaml", "versions:"), encoding="utf-8")
    found = load_indicators(load_catalog(wire.PROJECT / "catalog", local=tmp_path)).lists
    assert (found.problems, len(found.region_types)) == ((), 22)


def test_every_key_of_the_schema_stands_on_the_page():
    import json

    schema = json.loads((wire.PROJECT / "catalog/schemas/local_description.schema.json").read_text(encoding="utf-8"))
    missing = [key for key in schema["properties"] if not re.search(rf"\b{key}\b", PAGE)]
    assert missing == []
