"""What the tests of the metadata share: a project of an office that is registered, shapes, findings."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyshacl
import yaml
from rdflib import Graph
from rdflib.namespace import SH
from release_support import PROJECT

SHAPES = PROJECT.parent / "shared" / "data" / "dcat_ap_de_2.0_shacl"
# Both profiles: the European one, and the German additions, conventions and deprecations on top of it.
PROFILES = (
    "dcat-ap_2.1.1_shacl_shapes.ttl",
    "dcat-ap-spec-german-additions.ttl",
    "dcat-ap-spec-german-messages.ttl",
    "dcat-ap-konventionen.ttl",
    "dcat-ap-de-deprecated.ttl",
)
VOCABULARY = Path(__file__).with_name("dcat_vocabulary.ttl")
OFFICE = {
    "name": "Landratsamt Musterkreis",
    "homepage": "https://www.musterkreis.example/monitor",
    "mail": "monitor@musterkreis.example",
    "contributor_id": "http://dcat-ap.de/def/contributors/transparenzportalHamburg",
    "base_uri": "https://daten.musterkreis.example/monitor/",
    "licence": "dl-de/by-2-0",
}


def project_of(folder: Path, **changes: Any) -> Path:
    """A checkout of which an office has filled in exports/publisher.yml."""
    shutil.copytree(PROJECT / "exports", folder / "exports", ignore=shutil.ignore_patterns("current"))
    shutil.copytree(PROJECT / "expectations", folder / "expectations")
    path = folder / "exports" / "publisher.yml"
    content = {**yaml.safe_load(path.read_text(encoding="utf-8")), **OFFICE, **changes}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def shapes() -> Graph:
    """The shapes of both profiles; a machine without them fails the test, for nothing is proved there."""
    found = Graph()
    for name in PROFILES:
        assert (SHAPES / name).is_file(), f"{SHAPES} must hold the shapes of DCAT-AP.de 2.0"
        found.parse(SHAPES / name)
    return found


def findings(graph: Graph) -> Counter[tuple[str, str]]:
    """What the shapes say of a catalogue: how often which severity and shape."""
    with_vocabulary = Graph()
    for triple in graph:
        with_vocabulary.add(triple)
    with_vocabulary.parse(VOCABULARY)
    _, report, _ = pyshacl.validate(with_vocabulary, shacl_graph=shapes())
    assert isinstance(report, Graph)
    return Counter(
        (_last(report.value(result, SH.resultSeverity)), _last(report.value(result, SH.sourceShape)))
        for result in report.subjects(SH.resultSeverity)
    )


def _last(iri: object) -> str:
    return str(iri).rpartition("#")[2].rpartition("/")[2]
