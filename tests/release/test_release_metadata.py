"""datapackage.json holds what it promises; LIZENZEN.md names everybody; publisher.yml is read strictly."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest
import sample_candidate
from metadata_support import project_of
from release_support import PROJECT, facts_of

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.release import Release, publish
from integrationsmonitor.release.metadata import Publisher, licences, load_publisher
from integrationsmonitor.release.sources import Source
from integrationsmonitor.settings import Settings


@pytest.fixture
def spoiled(plain_exports: Path, tmp_path: Path) -> Callable[..., set[str]]:
    """Change something of the package and tell which kinds of errors a reader finds then."""
    folder = tmp_path / "exports"
    shutil.copytree(plain_exports, folder)

    def change(table: str, edit: Callable[[str], str], **properties: Any) -> set[str]:
        path = folder / "csv" / f"{table}.csv"
        path.chmod(0o644)
        path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
        package = read(folder)
        for resource in package["resources"]:  # size and checksum would be noticed before anything else
            if resource["path"] == f"csv/{table}.csv":
                del resource["bytes"], resource["hash"]
        (folder / "changed.json").write_text(json.dumps(package), encoding="utf-8")
        report = frictionless.Package(str(folder / "changed.json")).validate(name=table)
        return {kind for kind, *_ in report.flatten(["type"])}

    return change


def read(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "datapackage.json").read_text(encoding="utf-8")))


def tables(package: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {resource["name"]: resource for resource in package["resources"] if resource["type"] == "table"}


def test_the_whole_package_is_valid_with_all_its_rows(plain_exports: Path) -> None:
    report = frictionless.Package(str(plain_exports / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "note"]) == []
    assert {task.name for task in report.tasks} == {resource["name"] for resource in read(plain_exports)["resources"]}
    counted = {task.name: task.stats.get("rows", 0) for task in report.tasks if task.type == "table"}
    listed = json.loads((plain_exports / "latest.json").read_text(encoding="utf-8"))["tables"]
    assert counted == {table["table"]: table["rows"] for table in listed}, "every CSV was read to its end"


def test_a_reader_notices_what_no_longer_holds(spoiled: Callable[..., set[str]]) -> None:
    def twice(text: str) -> str:
        head, first, *rest = text.splitlines(keepends=True)
        return "".join([head, first, first, *rest])

    assert spoiled("dim_region", twice) == {"primary-key"}
    assert spoiled("mart_indicator_flag", lambda text: text.replace("provisional", "made_up", 1)) == {
        "constraint-error"
    }
    assert spoiled("mart_indicator_dataset", lambda text: text.rstrip("\n") + "x\n") == {"foreign-key"}
    assert spoiled("mart_indicator", lambda text: text.replace("2021-12-31", "31.12.2021")) == {"type-error"}


def test_a_changed_file_is_noticed_by_its_checksum(plain_exports: Path, tmp_path: Path) -> None:
    shutil.copytree(plain_exports, tmp_path / "exports")
    path = tmp_path / "exports" / "xlsx" / "dim_region.xlsx"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")
    report = frictionless.Package(str(path.parents[1] / "datapackage.json")).validate()
    assert {tuple(found) for found in report.flatten(["type"])} == {("hash-count",), ("byte-count",)}


def test_fields_carry_what_the_warehouse_and_the_names_say(plain_exports: Path) -> None:
    schema = tables(read(plain_exports))["mart_indicator"]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert (schema["primaryKey"], schema["missingValues"]) == (["value_id"], [""])
    assert fields["value"] == {
        "name": "value",
        "type": "number",
        "title": "Wert",
        "description": "Wert der Kennzahl; bei Anteilen in Prozent",
    }
    assert (fields["period_end"]["type"], fields["is_default"]["type"]) == ("date", "boolean")
    assert (fields["recorded_at"]["type"], fields["recorded_at"]["format"]) == ("datetime", "%Y-%m-%d %H:%M:%S")
    assert "not_recorded" in fields["status"]["constraints"]["enum"]
    links = {(*link["fields"], link["reference"]["resource"]) for link in schema["foreignKeys"]}
    assert links == {
        ("indicator_id", "dim_indicator"),
        ("region_key", "dim_region"),
        ("group_key", "dim_group"),
    }


def test_what_is_not_so_is_not_claimed(settings: Settings, quality_dir: Path, tmp_path: Path) -> None:
    kept = ("dim_group", "dim_indicator", "dim_region", "mart_indicator")
    spoil = [
        *(f"drop table {name}" for name in sample_candidate.TABLES if name not in kept),
        "insert into dim_group by name "
        "select 'x' as group_key, '' as label_de, 'auslaendisch' as nationality, 'insgesamt' as sex",
        "insert into dim_region select * from dim_region where region_key = '16051'",
        "update mart_indicator set group_key = 'niemand' where value_id = (select min(value_id) from mart_indicator)",
    ]
    path = sample_candidate.build(tmp_path / "candidate.duckdb", spoil)
    told = tables(read(publish(settings, path, quality_dir, facts_of()).path / "exports"))
    assert "primaryKey" not in told["dim_region"]["schema"], "two rows have it"
    links = {link["fields"][0] for link in told["mart_indicator"]["schema"]["foreignKeys"]}
    assert links == {"indicator_id"}, "region_key is no key any more, one group_key points to nothing"
    label = {field["name"]: field for field in told["dim_group"]["schema"]["fields"]}["label_de"]
    assert "constraints" not in label, "one cell is empty, though the warehouse calls it a text"


def test_a_table_says_since_when_it_is_as_it_is(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, small_candidate: Path, quality_dir: Path
) -> None:
    def publish_on(day: int) -> Release:
        monkeypatch.setenv("MONITOR_NOW", f"2026-11-{day}T02:15:00+01:00")
        return publish(settings, small_candidate, quality_dir, facts_of(day))

    publish_on(22)
    second = publish_on(23)
    told = {name: resource["modified"] for name, resource in tables(read(second.path / "exports")).items()}
    assert told.pop("meta_release") == "2026-11-23T01:15:00Z"
    assert set(told.values()) == {"2026-11-22T01:15:00Z"}
    path = second.path / "exports" / "datapackage.json"
    path.chmod(0o644)
    path.write_text("{", encoding="utf-8")
    told = {name: resource["modified"] for name, resource in tables(read(publish_on(24).path / "exports")).items()}
    assert set(told.values()) == {"2026-11-24T01:15:00Z"}, "what cannot be read says nothing"


def source(licence_id: str, attribution: str = "© Amt") -> Source:
    return Source("a_dataset", "Titel", "Amt", licence_id, "", attribution, "")


@pytest.mark.parametrize(
    ("licence_ids", "dcat"),
    [
        (["dl-de/by-2-0"], "dl-by-de/2.0"),
        (["dl-de/by-2-0", "dl-de/zero-2-0"], "dl-by-de/2.0"),
        (["dl-de/zero-2-0"], "dl-zero-de/2.0"),
        (["cc-by-4.0", "dl-de/by-2-0"], "cc-by/4.0"),
        (["dl-de/by-2-0", "ba-statistik"], "other-closed"),
        (["quotation"], "other-closed"),
        (["dl-de/by-2-0", "intern"], "other-closed"),
        (["never described", "dl-de/zero-2-0"], "other-closed"),
    ],
)
def test_of_several_licences_the_strictest_counts(licence_ids: list[str], dcat: str) -> None:
    for order in (licence_ids, licence_ids[::-1]):
        assert licences.of_table([source(licence_id) for licence_id in order], Publisher("Amt")).dcat == dcat


def test_figures_of_the_bundesagentur_are_never_called_open() -> None:
    mixed = [source("dl-de/by-2-0", "© Ämter"), source("ba-statistik", "© Statistik der Bundesagentur für Arbeit")]
    said = " ".join(licences.terms(mixed, Publisher("Amt")))
    assert "keine offene Lizenz" in said
    assert "https://www.govdata.de/dl-de/by-2-0" in said
    assert licences.attribution(mixed, Publisher("Amt")).startswith("© Ämter; © Statistik der Bundesagentur für Arbeit")


def test_an_own_table_is_granted_to_nobody_until_the_office_says_so() -> None:
    assert licences.of_table((), Publisher("Amt")).dcat == "other-closed"
    assert licences.of_table((), Publisher("Amt", licence="dl-de/zero-2-0")).dcat == "dl-zero-de/2.0"


def test_every_licence_of_the_catalogue_is_described() -> None:
    from integrationsmonitor.catalog import load_catalog

    used = {dataset.licence["id"] for dataset in load_catalog(PROJECT / "catalog").datasets.values()}
    schema = json.loads((PROJECT / "catalog" / "schemas" / "local_description.schema.json").read_text(encoding="utf-8"))
    unknown = licences.licence_of("never described")
    for licence_id in used | set(schema["properties"]["licence"]["enum"]):
        assert licences.licence_of(licence_id) != unknown, licence_id


def test_lizenzen_md_is_ready_to_be_copied(plain_exports: Path) -> None:
    page = (plain_exports / "LIZENZEN.md").read_text(encoding="utf-8")
    assert "Aufgezeichnete Daten, kein Live-Abruf." in page
    assert "## Datenlizenz Deutschland – Namensnennung – Version 2.0 (dl-de/by-2-0)" in page
    assert "> © TLS; © Statistische Ämter; Daten umgeformt und zu Kennzahlen verrechnet: Integrationsmonitor" in page
    listed = json.loads((plain_exports / "latest.json").read_text(encoding="utf-8"))["tables"]
    assert [table["table"] for table in listed if f"({table['table']})\n" not in page] == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"homepage": "musterkreis.example"}, "homepage"),
        ({"mail": "nobody"}, "mail"),
        ({"base_uri": "https://daten.musterkreis.example/monitor"}, "base_uri"),
        ({"contributor_id": "https://www.govdata.de/musterkreis"}, "contributor_id"),
        ({"licence": "public domain"}, "licence"),
        ({"phone": "0361"}, "phone"),
        ({"name": ""}, "name"),
    ],
)
def test_a_mistake_in_publisher_yml_names_file_and_key(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    path = project_of(tmp_path / "project", **changes) / "exports" / "publisher.yml"
    with pytest.raises(ConfigError, match=rf"publisher\.yml: .*{complaint}"):
        load_publisher(path)
