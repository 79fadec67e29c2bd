"""The catalogue keeps DCAT-AP.de 2.0, says what is so, and makes nothing up for an office that has not spoken."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from metadata_support import OFFICE, findings, project_of
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF
from release_support import facts_of, settings_of

from integrationsmonitor import files
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release import publish
from integrationsmonitor.release.metadata import dcat

BASE = OFFICE["base_uri"]
DCAT = Namespace("http://www.w3.org/ns/dcat#")
# A reader of the test's own library announces another one.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
LICENCES = "http://dcat-ap.de/def/licenses/"
BY_TEXT = URIRef("http://dcat-ap.de/def/dcatde/licenseAttributionByText")
CHECKSUM, CHECKSUM_VALUE = (URIRef(f"http://spdx.org/rdf/terms#{name}") for name in ("checksum", "checksumValue"))
# When a table was published first nobody knows for a home whose first releases are gone: not said, not guessed.
ISSUED = "KonvXX_dct_issued_w_Min"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory, candidate: Path, quality_dir: Path) -> Path:
    """The exports of a release of an office that has filled in publisher.yml; read-only."""
    folder = tmp_path_factory.mktemp("registered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")
        settings = settings_of(folder / "home", project_of(folder / "project"))
        return publish(settings, candidate, quality_dir, facts_of()).path / "exports"


@pytest.fixture(scope="module")
def catalogue(exports: Path) -> Graph:
    return Graph().parse(exports / "dcat.ttl")


def tables(exports: Path) -> dict[str, dict[str, str]]:
    listed = json.loads((exports / "latest.json").read_text(encoding="utf-8"))["tables"]
    return {table["table"]: {file["form"]: file["path"] for file in table["files"]} for table in listed}


def test_a_registered_office_has_no_violation_and_one_warning_that_is_meant(exports: Path, catalogue: Graph) -> None:
    assert findings(catalogue) == {("Warning", ISSUED): len(tables(exports))}


def test_who_filled_in_nothing_lacks_only_what_he_must_be_given(plain_exports: Path) -> None:
    n_tables = len(tables(plain_exports))
    found = findings(Graph().parse(plain_exports / "dcat.ttl"))
    assert {shape: count for (severity, shape), count in found.items() if severity == "Violation"} == {
        "Konv12_13_contributorID_v_List": n_tables  # GovData gives it; nobody else may
    }
    assert {shape: count for (severity, shape), count in found.items() if severity == "Warning"} == {
        ISSUED: n_tables,
        "KonvXX_dcat_landingPage_w_Min": n_tables,  # the page of the office
    }
    for name in ("dcat.ttl", "dcat.jsonld", "datapackage.json"):
        text = (plain_exports / name).read_text(encoding="utf-8")
        assert not re.search(r"mailto|example|[a-z]@[a-z]", text), f"{name} makes something up"


@pytest.mark.parametrize(
    ("predicate", "shape"),
    [
        (DCTERMS.license, "Konv31_dct_license_v_List"),
        (DCAT.accessURL, "Distribution_Property_dcat_accessURL"),
        (DCTERMS.publisher, "Konv36_dct_publisher_v_Min"),
        (DCTERMS.title, "Dataset_Property_dct_title"),
    ],
)
def test_the_shapes_refuse_a_catalogue_without(catalogue: Graph, predicate: URIRef, shape: str) -> None:
    spoiled = Graph()
    for triple in catalogue:
        if triple[1] != predicate:
            spoiled.add(triple)
    assert ("Violation", shape) in findings(spoiled)


def test_the_shapes_refuse_a_licence_of_no_list(catalogue: Graph) -> None:
    spoiled, one = Graph(), URIRef(f"{BASE}#mart_indicator-csv")
    for triple in catalogue:
        spoiled.add(triple)
    spoiled.set((one, DCTERMS.license, URIRef("https://www.govdata.de/dl-de/by-2-0")))
    assert findings(spoiled)["Violation", "Konv31_dct_license_v_List"] == 1


def test_every_file_of_figures_is_a_distribution_with_its_size_and_checksum(exports: Path, catalogue: Graph) -> None:
    listed = [path for forms in tables(exports).values() for path in forms.values()]
    assert len(listed) == len(set(catalogue.subjects(RDF.type, DCAT.Distribution)))
    for path in listed:
        (distribution,) = catalogue.subjects(DCAT.downloadURL, URIRef(BASE + path))
        assert catalogue.value(distribution, DCAT.accessURL) == URIRef(BASE + path)
        size = catalogue.value(distribution, DCAT.byteSize)
        assert isinstance(size, Literal)
        assert size.toPython() == (exports / path).stat().st_size
        checksum = catalogue.value(distribution, CHECKSUM)
        assert str(catalogue.value(checksum, CHECKSUM_VALUE)) == files.sha256_of(exports / path)


def test_the_strictest_licence_speaks_for_a_table_and_all_are_named(catalogue: Graph) -> None:
    def of(name: str) -> tuple[str, str]:
        here = URIRef(f"{BASE}#{name}")
        licence = str(catalogue.value(here, DCTERMS.license)).removeprefix(LICENCES)
        return licence, str(catalogue.value(here, BY_TEXT))

    changed = "Daten umgeformt und zu Kennzahlen verrechnet: Landratsamt Musterkreis"
    assert of("mart_indicator-csv") == ("other-closed", f"© TLS; © Statistische Ämter; {changed}"), "one is a quotation"
    assert of("mart_indicator-xlsx") == of("mart_indicator-csv")
    assert of("dim_region-csv") == ("dl-by-de/2.0", "Landratsamt Musterkreis"), "our own, as the office licenses it"


def test_coverage_in_time_is_that_of_the_rows(catalogue: Graph) -> None:
    period = catalogue.value(URIRef(f"{BASE}#mart_indicator"), DCTERMS.temporal)
    days = [str(catalogue.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)]
    assert days == ["2020-12-31", "2021-12-31"]
    assert catalogue.value(URIRef(f"{BASE}#dim_region"), DCTERMS.temporal) is None


def test_both_files_say_the_same(exports: Path, catalogue: Graph) -> None:
    assert isomorphic(Graph().parse(exports / "dcat.jsonld", format="json-ld"), catalogue)
    assert not [thing for thing in catalogue.all_nodes() if isinstance(thing, BNode)]


def test_without_an_address_the_catalogue_points_at_the_folder_it_lies_in(plain_exports: Path) -> None:
    read = [
        Graph().parse(plain_exports / name, publicID=f"https://anywhere.example/data/{name}", format=form)
        for name, form in (("dcat.ttl", "turtle"), ("dcat.jsonld", "json-ld"))
    ]
    for graph in read:
        addresses = {urlsplit(str(address)).path for address in graph.objects(None, DCAT.downloadURL)}
        assert addresses == {f"/data/{path}" for forms in tables(plain_exports).values() for path in forms.values()}
    assert set(read[0].subjects(RDF.type, DCAT.Dataset)) == set(read[1].subjects(RDF.type, DCAT.Dataset))


MADE_BY = """
import sys
from pathlib import Path
from integrationsmonitor.release.metadata import Publisher, dcat
from integrationsmonitor.release.metadata.facts import Facts
from integrationsmonitor.release.exports import Exported, File
from integrationsmonitor.release.sources import Source
from integrationsmonitor.release.tables import Column, Table
names = [f"mart_{word}" for word in "abcdefgh"]
column = Column("a", "INTEGER", False, "Zahl")
sources = [Source(word, word, f"Amt {word}", "dl-de/by-2-0", "", f"© Amt {word}", "") for word in "abc"]
tables = [
    Exported(
        table=Table(name, "main", (column,), "Inhalt", ("a",), 1), title=name, headers={"a": "A"}, chapter=None,
        sources=sources, files=[File("csv", f"csv/{name}.csv", 3, "ab" * 32)],
    )
    for name in names
]
heading = {"release_id": "r", "released_at": "2026-11-22T01:15:00Z", "notice_de": "Hinweis"}
dcat.write(Path(sys.argv[1]), heading, tables, {name: Facts() for name in names},
    dict.fromkeys(names, "2026-11-22T01:15:00Z"), Publisher("Amt"))
"""


def test_the_bytes_do_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2", "3"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", MADE_BY, str(folder)], env=environment, check=True)
        made.append([(folder / name).read_bytes() for name in ("dcat.ttl", "dcat.jsonld")])
    assert made[0] == made[1] == made[2]


def test_texts_with_quotes_and_breaks_come_through_and_half_addresses_do_not() -> None:
    text = 'Sie sagte: "1\\2"\nund\tmehr © – „so“'
    nodes = [{"@id": "https://a.example/#b", "@type": ["dcat:Dataset"], "dct:title": dcat._german(text)}]
    graph = Graph().parse(data="\n".join(dcat._turtle(nodes)), format="turtle")
    assert [str(title) for title in graph.objects(None, DCTERMS.title)] == [text]
    with pytest.raises(MonitorError, match="cannot be an address"):
        list(dcat._turtle([{**nodes[0], "@id": "https://a.example/> a"}]))
