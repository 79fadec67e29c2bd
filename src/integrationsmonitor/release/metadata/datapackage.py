"""datapackage.json: what the files hold, for programs that read Frictionless Data Packages (version 1).

Comes in: the tables that left, what is true of them, who publishes. Goes out: one JSON file. The CSV for programs is a
tabular resource with types, keys and links; the other forms are listed with their size and checksum.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release.metadata import licences
from integrationsmonitor.release.metadata.forms import FORMS
from integrationsmonitor.release.metadata.texts import NAME, TITLE_DE, description
from integrationsmonitor.release.tables import Column

if TYPE_CHECKING:
    from integrationsmonitor.release.exports import Exported, File
    from integrationsmonitor.release.metadata.facts import Facts
    from integrationsmonitor.release.metadata.publisher import Publisher
    from integrationsmonitor.release.sources import Source

FILE = "datapackage.json"
# How text.write_csv writes.
_DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n", "header": True}
_TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date", "DOUBLE": "number", "FLOAT": "number"}


def write(
    target: Path,
    heading: Mapping[str, str],
    exported: Sequence[Exported],
    facts: Mapping[str, Facts],
    modified: Mapping[str, str],
    publisher: Publisher,
) -> None:
    """Write the file; `modified` says since when a table is as it is."""
    resources = [
        _resource(entry, file, facts[entry.table.name], modified[entry.table.name], publisher)
        for entry in exported
        for file in entry.files
    ]
    content = {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE_DE,
        "description": description(heading),
        **({"homepage": publisher.homepage} if publisher.homepage else {}),
        "version": heading["release_id"],
        "created": heading["released_at"],
        "licenses": _each_once(resources, "licenses"),
        "sources": _each_once(resources, "sources"),
        "contributors": [_contributor(publisher)],
        "resources": resources,
    }
    (target / FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def modified(exported: Sequence[Exported], before: Path | None, now: str) -> dict[str, str]:
    """Since when each table is as it is: as the release before said it, where the CSV is the same."""
    try:
        told = json.loads(((before or Path()) / FILE).read_text(encoding="utf-8")) if before else {}
        known = {entry["hash"]: entry["modified"] for entry in told.get("resources", []) if "modified" in entry}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        known = {}
    return {
        entry.table.name: known.get(f"sha256:{file.sha256}", now)
        for entry in exported
        for file in entry.files
        if file.form == "csv"
    }


def _each_once(resources: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, str]]:
    """What the resources say under this name, as the package says it."""
    found = {json.dumps(entry): entry for resource in resources for entry in resource[name]}
    return [found[key] for key in sorted(found)]


def _resource(entry: Exported, file: File, facts: Facts, modified: str, publisher: Publisher) -> dict[str, Any]:
    form = FORMS[file.form]
    is_table = file.form == "csv"
    return {
        "profile": "tabular-data-resource" if is_table else "data-resource",
        "type": "table" if is_table else "file",
        "name": entry.table.name if is_table else f"{entry.table.name}-{file.form}",
        "title": f"{entry.title} ({form.title_de})",
        "description": entry.table.comment,
        "path": file.path,
        "format": form.format,
        "mediatype": form.media_type,
        **({"encoding": "utf-8"} if form.format == "csv" else {}),
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        **({"modified": modified, "dialect": _DIALECT, "schema": _schema(entry, facts)} if is_table else {}),
        "licenses": _licences(entry.sources, publisher),
        "sources": [{"title": title} for title in dict.fromkeys(source.attribution for source in entry.sources)],
    }


def _schema(entry: Exported, facts: Facts) -> dict[str, Any]:
    links = [
        {"fields": [column], "reference": {"resource": table, "fields": [column]}}
        for column, table in facts.links.items()
    ]
    return {
        "fields": [_field(entry, column, facts) for column in entry.table.columns],
        "missingValues": [""],
        **({"primaryKey": list(facts.key)} if facts.key else {}),
        **({"foreignKeys": links} if links else {}),
    }


def _field(entry: Exported, column: Column, facts: Facts) -> dict[str, Any]:
    constraints = {
        **({"required": True} if column.name in facts.required else {}),
        **({"enum": list(facts.words[column.name])} if column.name in facts.words else {}),
    }
    return {
        "name": column.name,
        **dict(_type(entry.table.name, column)),
        "title": entry.headers[column.name],
        **({"description": column.comment} if column.comment else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _type(table: str, column: Column) -> Iterator[tuple[str, str]]:
    kind = column.type
    if kind.startswith("TIMESTAMP"):
        yield "type", "datetime"
        yield "format", "%Y-%m-%d %H:%M:%S"
    elif kind.startswith("DECIMAL"):
        yield "type", "number"
    elif kind.endswith(("INT", "INTEGER")):
        yield "type", "integer"
    elif kind in _TYPES:
        yield "type", _TYPES[kind]
    else:
        raise MonitorError(f"{table}.{column.name} has the type {kind}, which no data package knows; make it a text")


def _licences(sources: Sequence[Source], publisher: Publisher) -> list[dict[str, str]]:
    """Every licence of the sources, once; that of a table of our own is named even where it grants nothing."""
    found = {source.licence_id: licences.licence_of(source.licence_id) for source in sources}
    if not found:
        own = licences.of_table((), publisher)
        found = {publisher.licence or own.dcat: own}
    return [
        {"name": name, "title": licence.title, **({"path": licence.url} if licence.url else {})}
        for name, licence in found.items()
    ]


def _contributor(publisher: Publisher) -> dict[str, str]:
    told = {"title": publisher.name, "path": publisher.homepage, "email": publisher.mail, "role": "publisher"}
    return {key: word for key, word in told.items() if word}
