"""The catalogue for data portals: dcat.ttl and dcat.jsonld after DCAT-AP.de 2.0.

Comes in: the tables that left, what is true of them, who publishes. Goes out: one dcat:Catalog, a dcat:Dataset per
table, a dcat:Distribution per file, each with its own licence. Addresses begin with the publisher's base_uri; without
one they are relative to the folder in which the catalogue lies. Nothing is a blank node, so the same input is the same
bytes. What the publisher does not say is left out: it is asked for where the catalogue is registered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.release.metadata import licences
from integrationsmonitor.release.metadata.forms import FORMS
from integrationsmonitor.release.metadata.texts import KEYWORDS_DE, NAME, TITLE_DE, description

if TYPE_CHECKING:
    from rdflib import Graph, URIRef
    from rdflib.term import Node

    from integrationsmonitor.release.exports import Exported, File
    from integrationsmonitor.release.metadata.facts import Facts
    from integrationsmonitor.release.metadata.publisher import Publisher

TURTLE, JSONLD = "dcat.ttl", "dcat.jsonld"
_EU = "http://publications.europa.eu/resource/authority/"
_DE = "http://dcat-ap.de/def/"
_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatde": f"{_DE}dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Published when a source has something new: asked every night, but not new every night.
_FREQUENCY, _THEME = f"{_EU}frequency/IRREG", f"{_EU}data-theme/SOCI"
_THUERINGEN, _LEVEL = f"{_DE}politicalGeocoding/stateKey/16", f"{_DE}politicalGeocoding/Level/state"


def write(
    target: Path,
    heading: Mapping[str, str],
    exported: Sequence[Exported],
    facts: Mapping[str, Facts],
    modified: Mapping[str, str],
    publisher: Publisher,
) -> None:
    """Write both files; `modified` says since when a table is as it is."""
    catalogue = _Catalogue(publisher)
    catalogue.describe(heading, exported, facts, modified)
    (target / TURTLE).write_text(catalogue.graph.serialize(format="turtle"), encoding="utf-8")
    # The library orders what it writes in Turtle, but not in JSON; no list of ours has an order that means something.
    plain = json.loads(catalogue.graph.serialize(format="json-ld", context=_PREFIXES, auto_compact=False))
    (target / JSONLD).write_text(
        json.dumps(_sorted(plain), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def _sorted(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {key: _sorted(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return sorted(map(_sorted, thing), key=lambda entry: json.dumps(entry, sort_keys=True))
    return thing


class _Catalogue:
    """A graph, and the few ways in which something is added to it."""

    def __init__(self, publisher: Publisher) -> None:
        from rdflib import Graph, URIRef

        self.graph: Graph = Graph(bind_namespaces="none")
        for prefix, iri in _PREFIXES.items():
            self.graph.bind(prefix, iri)
        self.publisher, self._iri = publisher, URIRef

    def describe(
        self,
        heading: Mapping[str, str],
        exported: Sequence[Exported],
        facts: Mapping[str, Facts],
        modified: Mapping[str, str],
    ) -> None:
        here = self._here("katalog")
        self._is(here, "dcat:Catalog")
        self._text(here, "dct:title", TITLE_DE)
        self._text(here, "dct:description", description(heading))
        self._moment(here, "dct:modified", heading["released_at"])
        self._points(here, "dct:language", f"{_EU}language/DEU")
        self._points(here, "dct:spatial", _THUERINGEN)
        self._points(here, "dcat:themeTaxonomy", f"{_EU}data-theme")
        self._points(here, "dct:publisher", self._publisher())
        if self.publisher.homepage:
            self._points(here, "foaf:homepage", self.publisher.homepage)
        if self.publisher.licence:
            self._points(here, "dct:license", self._licence((), self.publisher))
        for entry in exported:
            name = entry.table.name
            self._points(here, "dcat:dataset", self._dataset(entry, facts[name], modified[name]))

    def _dataset(self, entry: Exported, facts: Facts, modified: str) -> URIRef:
        here = self._here(entry.table.name)
        self._is(here, "dcat:Dataset")
        self._text(here, "dct:title", entry.title)
        self._text(here, "dct:description", entry.table.comment or entry.title)
        self._plain(here, "dct:identifier", f"{NAME}/{entry.table.name}")
        self._moment(here, "dct:modified", modified)
        for word in KEYWORDS_DE:
            self._text(here, "dcat:keyword", word)
        for name, iri in (
            ("dct:language", f"{_EU}language/DEU"),
            ("dcat:theme", _THEME),
            ("dct:accrualPeriodicity", _FREQUENCY),
            ("dct:spatial", _THUERINGEN),
            ("dcatde:politicalGeocodingURI", _THUERINGEN),
            ("dcatde:politicalGeocodingLevelURI", _LEVEL),
            ("dct:publisher", self._here("herausgeber")),
            ("dcatde:contributorID", self.publisher.contributor_id),
            ("dcat:landingPage", self.publisher.homepage),
            ("dcat:contactPoint", self._contact()),
        ):
            if iri:
                self._points(here, name, iri)
        for source in dict.fromkeys(source.publisher for source in entry.sources):
            self._points(here, "dcatde:originator", self._originator(source))
        if any(facts.period):
            self._points(here, "dct:temporal", self._period(entry.table.name, facts))
        for file in entry.files:
            self._points(here, "dcat:distribution", self._distribution(entry, file, modified))
        return here

    def _distribution(self, entry: Exported, file: File, modified: str) -> URIRef:
        form, here = FORMS[file.form], self._here(f"{entry.table.name}-{file.form}")
        address = self._iri(self.publisher.base_uri + file.path)
        self._is(here, "dcat:Distribution")
        self._text(here, "dct:title", f"{entry.title} ({form.title_de})")
        self._points(here, "dcat:accessURL", address)
        self._points(here, "dcat:downloadURL", address)
        self._points(here, "dct:format", f"{_EU}file-type/{form.file_type}")
        self._points(here, "dcat:mediaType", f"https://www.iana.org/assignments/media-types/{form.media_type}")
        self._points(here, "dct:language", f"{_EU}language/DEU")
        self._points(here, "dct:license", self._licence(entry.sources, self.publisher))
        self._text(here, "dcatde:licenseAttributionByText", licences.attribution(entry.sources, self.publisher))
        self._text(here, "dct:rights", " ".join(licences.terms(entry.sources, self.publisher)))
        self._moment(here, "dct:modified", modified)
        self._plain(here, "dcat:byteSize", str(file.bytes), "xsd:decimal")
        checksum = self._here(f"{entry.table.name}-{file.form}-pruefsumme")
        self._points(here, "spdx:checksum", checksum)
        self._is(checksum, "spdx:Checksum")
        self._points(checksum, "spdx:algorithm", f"{_DE}hashAlgorithms/sha/256")
        self._plain(checksum, "spdx:checksumValue", file.sha256, "xsd:hexBinary")
        return here

    def _publisher(self) -> URIRef:
        here = self._here("herausgeber")
        self._is(here, "foaf:Agent", "foaf:Organization")
        self._text(here, "foaf:name", self.publisher.name)
        if self.publisher.homepage:
            self._points(here, "foaf:homepage", self.publisher.homepage)
        return here

    def _originator(self, name: str) -> URIRef:
        """Who made the figures; an office is called as the catalogue of datasets calls it."""
        from urllib.parse import quote

        here = self._here("quelle-" + quote(name.lower().replace(" ", "-"), safe="-"))
        self._is(here, "foaf:Agent", "foaf:Organization")
        self._text(here, "foaf:name", name)
        return here

    def _contact(self) -> URIRef | None:
        """Where to ask; None where the publisher names neither a mailbox nor a page."""
        if not (self.publisher.mail or self.publisher.homepage):
            return None
        here = self._here("kontakt")
        self._is(here, "vcard:Kind", "vcard:Organization")
        self._text(here, "vcard:fn", self.publisher.name)
        if self.publisher.mail:
            self._points(here, "vcard:hasEmail", f"mailto:{self.publisher.mail}")
        if self.publisher.homepage:
            self._points(here, "vcard:hasURL", self.publisher.homepage)
        return here

    def _period(self, table: str, facts: Facts) -> URIRef:
        here = self._here(f"{table}-zeitraum")
        self._is(here, "dct:PeriodOfTime")
        for name, day in zip(("dcat:startDate", "dcat:endDate"), facts.period, strict=True):
            if day:
                self._plain(here, name, day.isoformat(), "xsd:date")
        return here

    def _licence(self, *table: Any) -> str:
        return f"{_DE}licenses/{licences.of_table(*table).dcat}"

    def _here(self, name: str) -> URIRef:
        """A thing of this catalogue; the same one whichever of the two files is read."""
        return self._iri(f"{self.publisher.base_uri or './'}#{name}")

    def _is(self, thing: URIRef, *classes: str) -> None:
        from rdflib.namespace import RDF

        for name in classes:
            self.graph.add((thing, RDF.type, self._named(name)))

    def _points(self, thing: URIRef, name: str, iri: str) -> None:
        self._add(thing, name, self._iri(iri))

    def _text(self, thing: URIRef, name: str, text: str) -> None:
        from rdflib import Literal

        self._add(thing, name, Literal(text, lang="de"))

    def _moment(self, thing: URIRef, name: str, moment: str) -> None:
        self._plain(thing, name, moment, "xsd:dateTime")

    def _plain(self, thing: URIRef, name: str, text: str, kind: str | None = None) -> None:
        from rdflib import Literal

        datatype = self._named(kind) if kind else None
        self._add(thing, name, Literal(text, datatype=datatype, normalize=False))

    def _add(self, thing: URIRef, name: str, entry: Node) -> None:
        self.graph.add((thing, self._named(name), entry))

    def _named(self, name: str) -> URIRef:
        """The IRI of a prefixed name."""
        prefix, _, local = name.partition(":")
        return self._iri(_PREFIXES[prefix] + local)
