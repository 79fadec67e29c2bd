"""What the recorded release says of its own files holds: the data package, the catalogue, the licences."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import frictionless
import pytest
from rdflib import Graph

from night_support import PROJECT, Night

sys.path.insert(0, str(PROJECT / "tests" / "release"))
from metadata_support import findings

# Enough to notice a column that is told wrongly; all rows are read by the slow test below.
ROWS = 200


def exports(night: Night) -> Path:
    return night.home / "current" / "exports"


def problems(path: Path, **options: Any) -> list[list[Any]]:
    report = frictionless.Package(str(path)).validate(**options)
    return list(report.flatten(["name", "rowNumber", "fieldName", "type", "note"]))


def test_the_first_rows_of_every_table_are_as_the_data_package_says(recorded_home: Night, tmp_path: Path) -> None:
    folder = exports(recorded_home)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["type"] == "table"]
    for resource in package["resources"]:
        resource["schema"].pop("foreignKeys", None)  # they would read other tables to their end
        resource.pop("hash")
        resource.pop("bytes")
        (tmp_path / resource["path"]).parent.mkdir(exist_ok=True)
        (tmp_path / resource["path"]).symlink_to(folder / resource["path"])
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert problems(tmp_path / "datapackage.json", limit_rows=ROWS) == []


@pytest.mark.slow
def test_every_row_key_and_link_is_as_the_data_package_says(recorded_home: Night) -> None:
    assert problems(exports(recorded_home) / "datapackage.json") == []


def test_the_tables_have_the_keys_and_links_that_a_reader_expects(recorded_home: Night) -> None:
    package = json.loads((exports(recorded_home) / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {r["name"]: r["schema"] for r in package["resources"] if r["type"] == "table"}
    keys = {name: schema["primaryKey"] for name, schema in schemas.items() if "primaryKey" in schema}
    assert keys["mart_indicator"] == ["value_id"]
    assert keys["mart_provenance"] == ["value_id", "role", "part_no"]
    assert {name for name in schemas if name.startswith("dim_")} - keys.keys() <= {
        "dim_reception_centre",
        "dim_region_type",
    }, "a row there may begin at no known day"
    links = {(name, *link["fields"], link["reference"]["resource"]) for name, schema in schemas.items()
             for link in schema.get("foreignKeys", [])}  # fmt: skip
    assert {
        ("mart_provenance", "value_id", "mart_indicator"),
        ("mart_indicator_flag", "value_id", "mart_indicator"),
        ("mart_nationalities", "region_key", "dim_region"),
    } <= links
    assert not {link for link in links if link[0] in ("mart_publication", "mart_withdrawal")}


def test_the_catalogue_of_the_recorded_release_lacks_only_what_an_office_fills_in(recorded_home: Night) -> None:
    found = findings(Graph().parse(exports(recorded_home) / "dcat.ttl"))
    assert {shape for severity, shape in found if severity == "Violation"} == {"Konv12_13_contributorID_v_List"}
    assert {shape for severity, shape in found if severity == "Warning"} == {
        "KonvXX_dcat_landingPage_w_Min",
        "KonvXX_dct_issued_w_Min",
    }


def test_tables_with_quoted_figures_are_not_called_open(recorded_home: Night) -> None:
    package = json.loads((exports(recorded_home) / "datapackage.json").read_text(encoding="utf-8"))
    licences = {r["name"]: {licence["name"] for licence in r["licenses"]} for r in package["resources"]}
    assert licences["rpt_diagramm_1"] == {"dl-de/by-2-0"}
    assert licences["mart_indicator"] == {"dl-de/by-2-0", "quotation"}
    page = (exports(recorded_home) / "LIZENZEN.md").read_text(encoding="utf-8")
    of_values = page.split("(mart_indicator)\n")[1].split("\n### ")[0]
    assert "Lizenz: einzelne zitierte Zahlen" in of_values
    assert "Tabelle 12411-03-03-4" in of_values
    assert "Ausländerzentralregister, zitiert nach Presse" in of_values
