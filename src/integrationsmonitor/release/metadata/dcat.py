"""The catalogue for data portals: dcat.ttl and dcat.jsonld after DCAT-AP.de 2.0.

Comes in: the tables that left, what is true of them, who publishes. Goes out: one dcat:Catalog, a dcat:Dataset per
table, a dcat:Distribution per file, each with its own licence. Addresses begin with the publisher's base_uri; without
one they are relative to the folder in which the catalogue lies. What the publisher does not say is left out: it is
asked for where the catalogue is registered.

Everything has an address and an order of its own, so the same input is the same bytes; one list of nodes is both files.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.metadata import licences
from integrationsmonitor.release.metadata.forms import FORMS
from integrationsmonitor.release.metadata.texts import KEYWORDS_DE, NAME, TITLE_DE, description

if TYPE_CHECKING:
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
_THUERINGEN, _GERMAN = f"{_DE}politicalGeocoding/stateKey/16", f"{_EU}language/DEU"
# Stands for the folder of the catalogue while the library, which knows no relative address, has it.
_NOWHERE = "https://folder.invalid/"
_NOT_IN_AN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_Node = dict[str, Any]


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
    nodes = [
        {name: values for name, values in node.items() if values}
        for node in catalogue.nodes(heading, exported, facts, modified)
    ]
    content = {"@context": _PREFIXES, "@graph": nodes}
    (target / JSONLD).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (target / TURTLE).write_text(_turtle(content), encoding="utf-8")


class _Catalogue:
    """What the catalogue says, node by node; values are lists, empty ones are left out."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher

    def nodes(
        self,
        heading: Mapping[str, str],
        exported: Sequence[Exported],
        facts: Mapping[str, Facts],
        modified: Mapping[str, str],
    ) -> Iterator[_Node]:
        yield {
            "@id": self._here("katalog"),
            "@type": ["dcat:Catalog"],
            "dct:title": _german(TITLE_DE),
            "dct:description": _german(description(heading)),
            "dct:modified": _typed("dateTime", heading["released_at"]),
            "dct:language": _iris(_GERMAN),
            "dct:spatial": _iris(_THUERINGEN),
            "dct:publisher": _iris(self._here("herausgeber")),
            "dct:license": _iris(self._licence(()) if self.publisher.licence else ""),
            "dcat:themeTaxonomy": _iris(f"{_EU}data-theme"),
            "foaf:homepage": _iris(self.publisher.homepage),
            "dcat:dataset": _iris(*(self._here(entry.table.name) for entry in exported)),
        }
        yield from self._agents(exported)
        for entry in exported:
            yield from self._table(entry, facts[entry.table.name], modified[entry.table.name])

    def _agents(self, exported: Sequence[Exported]) -> Iterator[_Node]:
        """Who publishes, whom to ask, who made the figures."""
        name, homepage, mail = self.publisher.name, self.publisher.homepage, self.publisher.mail
        yield {
            "@id": self._here("herausgeber"),
            "@type": ["foaf:Agent", "foaf:Organization"],
            "foaf:name": _german(name),
            "foaf:homepage": _iris(homepage),
        }
        if self._contact():
            yield {
                "@id": self._contact(),
                "@type": ["vcard:Kind", "vcard:Organization"],
                "vcard:fn": _german(name),
                "vcard:hasEmail": _iris(f"mailto:{quote(mail, safe='@+')}" if mail else ""),
                "vcard:hasURL": _iris(homepage),
            }
        for office in sorted({source.publisher for entry in exported for source in entry.sources}):
            yield {
                "@id": self._office(office),
                "@type": ["foaf:Agent", "foaf:Organization"],
                "foaf:name": _german(office),
            }

    def _table(self, entry: Exported, facts: Facts, modified: str) -> Iterator[_Node]:
        name = entry.table.name
        period = self._here(f"{name}-zeitraum") if any(facts.period) else ""
        yield {
            "@id": self._here(name),
            "@type": ["dcat:Dataset"],
            "dct:identifier": [{"@value": f"{NAME}/{name}"}],
            "dct:title": _german(entry.title),
            "dct:description": _german(entry.table.comment or entry.title),
            "dct:modified": _typed("dateTime", modified),
            # Published when a source has something new: asked every night, but not new every night.
            "dct:accrualPeriodicity": _iris(f"{_EU}frequency/IRREG"),
            "dct:language": _iris(_GERMAN),
            "dct:spatial": _iris(_THUERINGEN),
            "dcatde:politicalGeocodingURI": _iris(_THUERINGEN),
            "dcatde:politicalGeocodingLevelURI": _iris(f"{_DE}politicalGeocoding/Level/state"),
            "dct:temporal": _iris(period),
            "dct:publisher": _iris(self._here("herausgeber")),
            "dcatde:originator": _iris(*sorted({self._office(source.publisher) for source in entry.sources})),
            "dcatde:contributorID": _iris(self.publisher.contributor_id),
            "dcat:contactPoint": _iris(self._contact()),
            "dcat:landingPage": _iris(self.publisher.homepage),
            "dcat:theme": _iris(f"{_EU}data-theme/SOCI"),
            "dcat:keyword": _german(*KEYWORDS_DE),
            "dcat:distribution": _iris(*(self._here(f"{name}-{file.form}") for file in entry.files)),
        }
        if period:
            first, last = ((day.isoformat(),) if day else () for day in facts.period)
            yield {
                "@id": period,
                "@type": ["dct:PeriodOfTime"],
                "dcat:startDate": _typed("date", *first),
                "dcat:endDate": _typed("date", *last),
            }
        for file in entry.files:
            yield from self._file(entry, file, modified)

    def _file(self, entry: Exported, file: File, modified: str) -> Iterator[_Node]:
        form, here = FORMS[file.form], self._here(f"{entry.table.name}-{file.form}")
        yield {
            "@id": here,
            "@type": ["dcat:Distribution"],
            "dct:title": _german(f"{entry.title} ({form.title_de})"),
            "dcat:accessURL": _iris(self.publisher.base_uri + file.path),
            "dcat:downloadURL": _iris(self.publisher.base_uri + file.path),
            "dct:format": _iris(f"{_EU}file-type/{form.file_type}"),
            "dcat:mediaType": _iris(f"https://www.iana.org/assignments/media-types/{form.media_type}"),
            "dct:language": _iris(_GERMAN),
            "dct:modified": _typed("dateTime", modified),
            "dct:license": _iris(self._licence(entry.sources)),
            "dcatde:licenseAttributionByText": _german(licences.attribution(entry.sources, self.publisher)),
            "dct:rights": _german(" ".join(licences.terms(entry.sources, self.publisher))),
            "dcat:byteSize": _typed("decimal", f"{file.bytes}.0"),
            "spdx:checksum": _iris(f"{here}-pruefsumme"),
        }
        yield {
            "@id": f"{here}-pruefsumme",
            "@type": ["spdx:Checksum"],
            "spdx:algorithm": _iris(f"{_DE}hashAlgorithms/sha/256"),
            "spdx:checksumValue": _typed("hexBinary", file.sha256),
        }

    def _contact(self) -> str:
        """Whom to ask; nobody where the publisher names neither a mailbox nor a page."""
        return self._here("kontakt") if self.publisher.mail or self.publisher.homepage else ""

    def _office(self, name: str) -> str:
        return self._here("quelle-" + quote(name.lower().replace(" ", "-"), safe="-"))

    def _licence(self, sources: Sequence[Any]) -> str:
        return f"{_DE}licenses/{licences.of_table(sources, self.publisher).dcat}"

    def _here(self, name: str) -> str:
        """A thing of this catalogue; the same one whichever of the two files is read."""
        return f"{self.publisher.base_uri or './'}#{name}"


def _iris(*iris: str) -> list[_Node]:
    return [{"@id": iri} for iri in iris if iri]


def _german(*texts: str) -> list[_Node]:
    return [{"@value": text, "@language": "de"} for text in texts]


def _typed(kind: str, *texts: str) -> list[_Node]:
    return [{"@value": text, "@type": f"xsd:{kind}"} for text in texts]


def _turtle(content: Mapping[str, Any]) -> str:
    """The same as Turtle; addresses that are relative stay so."""
    from rdflib import Graph

    for iri in _addresses(content["@graph"]):
        if _NOT_IN_AN_IRI.search(iri):
            raise MonitorError(f"{iri!r} cannot be an address in the catalogue; see exports/publisher.yml")
    with warnings.catch_warnings():
        # the library's reader of JSON-LD uses a class that the library calls deprecated: nothing for an operator
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = Graph(bind_namespaces="none").parse(data=json.dumps(content), format="json-ld", base=_NOWHERE)
    return graph.serialize(format="turtle").replace(f"<{_NOWHERE}", "<./")


def _addresses(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict) and "@id" in thing:
        yield thing["@id"]
    for part in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from _addresses(part)
